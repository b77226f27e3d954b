//! Groups within groups.

use super::{add, call, column, get, get_eventual, group, refusal};
use crate::groups::store;
use crate::platform::ids::{GroupId, PrincipalId};
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use database::Statement;
use serde_json::Value;

async fn link(server: &TestServer, caller: &crate::graph::Caller, edges: &[(&String, &String)]) {
    for (outer, inner) in edges {
        assert_eq!(add(server, caller, outer, inner).await.status, 204);
    }
}

#[tokio::test]
async fn a_group_never_belongs_to_itself() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let [a, b, c] =
            [group(&server, &admin, "a").await, group(&server, &admin, "b").await, group(&server, &admin, "c").await];
        link(&server, &admin, &[(&a, &b), (&b, &c)]).await;
        for (outer, inner) in [(&a, &a), (&b, &a), (&c, &a), (&c, &b)] {
            let answer = add(&server, &admin, outer, inner).await;
            assert_eq!(refusal(&answer).0, 400, "{}", answer.text);
            assert!(refusal(&answer).2.contains("cannot belong to itself"));
        }
        assert!(column(&get(&server, &admin, &format!("/v1.0/groups/{c}/members")).await, "id").is_empty());
        // What runs through a deleted group is there again when it is brought back.
        assert_eq!(call(&server, &admin, Method::DELETE, &format!("/v1.0/groups/{b}"), Value::Null).await.status, 204);
        assert_eq!(refusal(&add(&server, &admin, &c, &a).await).0, 400);
    })
    .await;
}

#[tokio::test]
async fn two_who_nest_at_the_same_time_make_no_circle() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for round in 0..5 {
            let a = group(&server, &admin, &format!("a{round}")).await;
            let b = group(&server, &admin, &format!("b{round}")).await;
            let (one, other) = tokio::join!(add(&server, &admin, &a, &b), add(&server, &admin, &b, &a));
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [204, 400], "{} {}", one.text, other.text);
        }
    })
    .await;
}

#[tokio::test]
async fn members_and_memberships_are_found_through_groups() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let [a, b, c] =
            [group(&server, &admin, "a").await, group(&server, &admin, "b").await, group(&server, &admin, "c").await];
        link(&server, &admin, &[(&a, &b), (&b, &c), (&a, &c)]).await;
        let mut people = Vec::new();
        for (name, of) in [("ada", &a), ("bob", &b), ("cid", &c)] {
            let id = server.member(&tenant, name, &[]).await.id;
            people.push(id);
            assert_eq!(add(&server, &admin, of, id).await.status, 204);
        }
        assert_eq!(add(&server, &admin, &c, people[0]).await.status, 204);

        let mut all = vec![b.clone(), c.clone()];
        all.sort();
        let mut users: Vec<_> = people.iter().map(ToString::to_string).collect();
        users.sort();
        all.extend(users);
        let path = format!("/v1.0/groups/{a}/transitiveMembers");
        assert_eq!(column(&get(&server, &admin, &path).await, "id"), all, "each once");
        let counted = get_eventual(&server, &admin, &format!("{path}?$count=true&$top=2")).await;
        assert_eq!(counted.json()["@odata.count"], 5);
        let mut paged = column(&counted, "id");
        let mut next = counted.json()["@odata.nextLink"].as_str().map(str::to_owned);
        while let Some(link) = next {
            let page = get(&server, &admin, link.strip_prefix("http://localhost:8080").expect("our address")).await;
            paged.extend(column(&page, "id"));
            next = page.json()["@odata.nextLink"].as_str().map(str::to_owned);
        }
        assert_eq!(paged, all, "page by page");
        let filtered = format!("{path}/microsoft.graph.user?$filter=startsWith(displayName,'B')");
        assert_eq!(column(&get(&server, &admin, &filtered).await, "displayName"), ["bob"]);
        let number = get_eventual(&server, &admin, &format!("{path}/microsoft.graph.user/$count")).await;
        assert_eq!(number.text, "3");

        let cid = people[2];
        let direct = get(&server, &admin, &format!("/v1.0/users/{cid}/memberOf")).await;
        assert_eq!(column(&direct, "displayName"), ["c"]);
        let above = get(
            &server,
            &admin,
            &format!("/v1.0/users/{cid}/transitiveMemberOf/microsoft.graph.group?$orderby=displayName"),
        )
        .await;
        assert_eq!(column(&above, "displayName"), ["a", "b", "c"]);
        assert_eq!(call(&server, &admin, Method::DELETE, &format!("/v1.0/groups/{b}"), Value::Null).await.status, 204);
        let above = get(&server, &admin, &format!("/v1.0/users/{cid}/transitiveMemberOf?$orderby=displayName")).await;
        assert_eq!(column(&above, "displayName"), ["a", "c"], "through the edge that is left");
        assert_eq!(column(&get(&server, &admin, &format!("/v1.0/groups/{c}/memberOf")).await, "id"), [a]);
    })
    .await;
}

#[tokio::test]
async fn every_step_of_membership_follows_an_index() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let mut tx = server.read().await.expect("a connection");
        let group = GroupId(server.entropy.random_uuid());
        // Running them is enough: the statements are read as they ran, and their plans below.
        assert!(store::list_nested(&mut tx, tenant, group).await.expect("groups").is_empty());
        assert!(store::list_transitive_above(&mut tx, tenant, PrincipalId(group.0)).await.expect("groups").is_empty());
        let is_ours = |statement: &&Statement| {
            let files = ["nesting.rs", "belonging.rs", "linked.rs"];
            let is_there = files.iter().any(|file| statement.file.ends_with(&format!("groups/store/{file}")));
            is_there && (2..=3).contains(&statement.placeholders)
        };
        for statement in database::registered().filter(is_ours) {
            let mut query = tx.query(statement).bind(tenant);
            for _ in 1..statement.placeholders {
                query = query.bind(group);
            }
            let plan = query.explain().await.expect("a plan");
            // By the tenant alone, an index finds everything the tenant has. Only SQLite writes it so.
            assert!(!plan.contains("(tenant_id=?)"), "{}\n{plan}", statement.place());
            for table in ["group_member", "group_owner", "directory_group", "user_account"] {
                let scans = [format!("SCAN {table}"), format!("Seq Scan on {table}")];
                assert!(!scans.iter().any(|scan| plan.contains(scan)), "{}\n{plan}", statement.place());
            }
            for alias in ["SCAN m", "SCAN g", "SCAN u", "SCAN d"] {
                assert!(!plan.lines().any(|line| line.trim_end().ends_with(alias)), "{}\n{plan}", statement.place());
            }
        }
    })
    .await;
}
