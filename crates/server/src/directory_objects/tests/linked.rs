//! Filters, orders and searches over what hangs on groups and what an object belongs to. Groups with more than four members of
//! a kind are gone through another way here than smaller ones.

use super::get;
use crate::graph::query::{Condition, Order, Slice};
use crate::graph::{Caller, Permission};
use crate::groups::resource::MEMBER_USERS;
use crate::groups::store::hangs_on;
use crate::platform::ids::GroupId;
use crate::testing::{ADDRESS, TestServer, on_both_engines, on_sqlite};
use crate::users::USER;
use axum::http::Method;
use database::{Query, Statement, sql};
use serde_json::{Value, json};
use uuid::Uuid;

const PEOPLE: [&str; 7] = ["anna", "Anton", "Bea", "berta-anna", "carl", "Dora", "emil"];

/// A group with members and owners.
async fn group(server: &TestServer, caller: &Caller, name: &str, members: &[String], owners: &[String]) -> String {
    let bound = |ids: &[String]| -> Vec<String> {
        ids.iter().map(|id| format!("{ADDRESS}/v1.0/directoryObjects/{id}")).collect()
    };
    let body = json!({
        "displayName": name, "mailNickname": "group", "mailEnabled": false, "securityEnabled": true,
        "description": format!("All of {name}"),
        "members@odata.bind": bound(members), "owners@odata.bind": bound(owners),
    });
    let made = server.api_as(caller, Method::POST, "/v1.0/groups", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().expect("an id").to_owned()
}

/// Follows a question to its end by pages of two; the names in the order they came. The header and the count are there, and
/// the count is that of what came.
async fn followed(server: &TestServer, caller: &Caller, path: &str, options: &str) -> Vec<String> {
    let options = options.replace(' ', "%20").replace('"', "%22");
    let mut path = format!("{path}?$top=2&$count=true&{options}");
    let (mut names, mut count) = (Vec::new(), None);
    loop {
        let header = [("ConsistencyLevel", "eventual")];
        let answer = server.api_with(caller, Method::GET, &path, &header, &Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let body = answer.json();
        let page = body["value"].as_array().expect("a collection");
        assert!(page.len() <= 2, "{path}");
        names.extend(page.iter().map(|object| object["displayName"].as_str().unwrap_or_default().to_owned()));
        count = count.or_else(|| body["@odata.count"].as_u64());
        match body["@odata.nextLink"].as_str() {
            Some(link) => link.strip_prefix(ADDRESS).expect("our own address").clone_into(&mut path),
            None => break,
        }
    }
    assert_eq!(count, u64::try_from(names.len()).ok(), "{path}");
    names
}

/// A small group and one of everybody, which holds the small one too; the paths of both.
async fn two_groups(server: &TestServer) -> (Caller, [String; 2], Vec<String>) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let admin = server.administrator(&tenant).await;
    let mut people = Vec::new();
    for name in PEOPLE {
        people.push(server.member(&tenant, name, &[]).await.id.to_string());
    }
    // Whoever belongs to no group is found in none.
    server.member(&tenant, "annabel", &[]).await;
    let few = group(server, &admin, "Few and anna", &people[..3], &people[3..5]).await;
    let many = group(server, &admin, "Many", &[people.clone(), vec![few.clone()]].concat(), &people[..1]).await;
    (admin, [format!("/v1.0/groups/{few}"), format!("/v1.0/groups/{many}")], people)
}

#[tokio::test]
async fn members_are_filtered_sorted_and_searched_whatever_they_are() {
    on_both_engines(async |server| {
        let (admin, [few, many], _) = two_groups(&server).await;
        for (path, options, expected) in [
            (&few, "$orderby=displayName", vec!["anna", "Anton", "Bea"]),
            (&few, "$orderby=displayName desc", vec!["Bea", "Anton", "anna"]),
            (&few, "$filter=startsWith(displayName,'an')", vec!["anna", "Anton"]),
            (&few, "$search=\"displayName:anna\"", vec!["anna"]),
            (&few, "$search=\"displayName:many\"", vec![]),
            (&few, "$filter=not startsWith(displayName,'an')", vec!["Bea"]),
            (
                &many,
                "$orderby=displayName",
                vec!["anna", "Anton", "Bea", "berta-anna", "carl", "Dora", "emil", "Few and anna"],
            ),
            (&many, "$search=\"displayName:anna\"", vec!["anna", "berta-anna", "Few and anna"]),
            (
                &many,
                "$search=\"displayName:anna\"&$orderby=displayName desc",
                vec!["Few and anna", "berta-anna", "anna"],
            ),
            (&many, "$filter=displayName ge 'd' and displayName ne 'emil'", vec!["Dora", "Few and anna"]),
            (&many, "$filter=displayName in ('carl','few and ANNA')", vec!["carl", "Few and anna"]),
        ] {
            let found = followed(&server, &admin, &format!("{path}/members"), options).await;
            assert_eq!(found, expected, "{path} {options}");
            // The small group adds nobody who is not there already.
            let found = followed(&server, &admin, &format!("{path}/transitiveMembers"), options).await;
            assert_eq!(found, expected, "{path} {options}, also through groups");
        }
    })
    .await;
}

#[tokio::test]
async fn t2_no_order_tells_names_to_those_who_may_not_read_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let mut people = Vec::new();
        for name in ["zoe", "yan", "xim", "wu", "vic", "uli"] {
            people.push(server.member(&tenant, name, &[]).await.id.to_string());
        }
        let group = group(&server, &admin, "Many", &people, &[]).await;
        let reader = server.application(tenant.id, &[Permission::GroupReadAll]);
        let asked = format!("id%20in%20('{}','{}')", people[0], people[5]);
        let mut path = format!("/v1.0/groups/{group}/members?$top=1&$filter={asked}&$count=true");
        let mut found = Vec::new();
        loop {
            let header = [("ConsistencyLevel", "eventual")];
            let answer = server.api_with(&reader, Method::GET, &path, &header, &Value::Null).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let body = answer.json();
            found.extend(body["value"].as_array().expect("a collection").iter().map(|object| object["id"].clone()));
            match body["@odata.nextLink"].as_str() {
                Some(link) => link.strip_prefix(ADDRESS).expect("our own address").clone_into(&mut path),
                None => break,
            }
        }
        let mut wanted = [people[0].clone(), people[5].clone()];
        wanted.sort();
        assert_eq!(found, wanted.map(|id| json!(id)), "by id, each once");
    })
    .await;
}

#[tokio::test]
async fn members_of_one_type_are_asked_by_what_this_type_has() {
    on_both_engines(async |server| {
        let (admin, [few, many], people) = two_groups(&server).await;
        let users = |path: &str| format!("{path}/members/microsoft.graph.user");
        for (path, options, expected) in [
            (users(&few), "$orderby=userPrincipalName desc", vec!["Bea", "Anton", "anna"]),
            (users(&few), "$filter=startsWith(userPrincipalName,'an')&$orderby=displayName", vec!["anna", "Anton"]),
            (users(&many), "$orderby=userPrincipalName desc", PEOPLE.into_iter().rev().collect()),
            (
                users(&many),
                "$search=\"userPrincipalName:an\"&$orderby=displayName",
                vec!["anna", "Anton", "berta-anna"],
            ),
            (users(&many), "$search=\"displayName:anton\" OR \"displayName:berta\"", vec!["Anton", "berta-anna"]),
            (users(&many), "$filter=startsWith(displayName,'b') and userType eq 'Member'", vec!["Bea", "berta-anna"]),
            (users(&many), "$filter=userType eq 'Guest'", vec![]),
            (format!("{many}/members/microsoft.graph.group"), "$filter=securityEnabled eq true", vec!["Few and anna"]),
            (format!("{many}/members/microsoft.graph.group"), "$search=\"description:few\"", vec!["Few and anna"]),
            (format!("{many}/members/microsoft.graph.servicePrincipal"), "$orderby=displayName", vec![]),
            (format!("{few}/owners"), "$orderby=displayName desc", vec!["carl", "berta-anna"]),
            (format!("{few}/owners"), "$search=\"displayName:anna\"", vec!["berta-anna"]),
            (format!("{few}/owners/microsoft.graph.user"), "$filter=displayName eq 'carl'", vec!["carl"]),
        ] {
            assert_eq!(followed(&server, &admin, &path, options).await, expected, "{path} {options}");
        }
        let gone = format!("/v1.0/users/{}", people[1]);
        assert_eq!(server.api_as(&admin, Method::DELETE, &gone, &Value::Null).await.status, 204);
        for path in [&few, &many] {
            let found = followed(&server, &admin, &users(path), "$filter=startsWith(displayName,'an')").await;
            assert_eq!(found, ["anna"], "{path}");
        }
        let plain = get(&server, &admin, &format!("{few}/members?$search=%22displayName:anna%22")).await;
        assert_eq!((plain.status.as_u16(), &plain.json()["error"]["code"]), (400, &json!("Request_UnsupportedQuery")));
        let mail = get(&server, &admin, &format!("{few}/members?$orderby=mail")).await;
        assert_eq!((mail.status.as_u16(), &mail.json()["error"]["target"]), (400, &json!("mail")));
    })
    .await;
}

#[tokio::test]
async fn what_somebody_belongs_to_is_filtered_sorted_and_searched() {
    on_both_engines(async |server| {
        let (admin, _, people) = two_groups(&server).await;
        for name in ["Alpha", "Omega"] {
            group(&server, &admin, name, &people[..1], &[]).await;
        }
        // Nobody belongs to it.
        group(&server, &admin, "Many others", &[], &[]).await;
        let path = format!("/v1.0/users/{}", people[0]);
        for (way, options, expected) in [
            ("memberOf", "$orderby=displayName", vec!["Alpha", "Few and anna", "Many", "Omega"]),
            ("memberOf", "$orderby=displayName desc", vec!["Omega", "Many", "Few and anna", "Alpha"]),
            ("memberOf", "$filter=startsWith(displayName,'m')", vec!["Many"]),
            (
                "memberOf",
                "$search=\"displayName:anna\" OR \"description:omega\"&$orderby=displayName",
                vec!["Few and anna", "Omega"],
            ),
            (
                "memberOf/microsoft.graph.group",
                "$filter=endsWith(displayName,'a')&$orderby=displayName",
                vec!["Alpha", "Few and anna", "Omega"],
            ),
            ("transitiveMemberOf", "$filter=startsWith(displayName,'m')&$orderby=displayName", vec!["Many"]),
            (
                "transitiveMemberOf/microsoft.graph.group",
                "$search=\"description:all\"&$orderby=displayName",
                vec!["Alpha", "Few and anna", "Many", "Omega"],
            ),
        ] {
            let found = followed(&server, &admin, &format!("{path}/{way}"), options).await;
            assert_eq!(found, expected, "{way} {options}");
        }
    })
    .await;
}

/// What leads SQLite astray: its planner would go by these through the whole tenant. `{}` is the alias of the objects.
const CONDITIONS: [&str; 3] = [
    "",
    " AND ({}.display_name_folded >= 'a' AND {}.display_name_folded < 'b')",
    " AND ({}.display_name_folded LIKE '%a%')",
];
const ORDERS: [&str; 2] = [" ORDER BY {}.display_name_folded, {}.id LIMIT 10", " ORDER BY {}.id LIMIT 10"];

/// Continues a statement with a text that names an alias.
fn push(query: &mut Query<'_>, text: &'static str, alias: &'static str) {
    for (at, piece) in text.split("{}").enumerate() {
        if at > 0 {
            query.push(alias);
        }
        query.push(piece);
    }
}

/// The alias of the objects that a statement joins to their edges.
fn joined(statement: &Statement) -> Option<&'static str> {
    let tables = [("user_account u", "u"), ("directory_group g", "g"), ("service_principal s", "s")];
    let found = tables.into_iter().find(|(table, _)| statement.text.contains(&format!("CROSS JOIN {table}")));
    let files = ["directory_objects/store.rs", "groups/store/belonging.rs", "users/edges.rs"];
    found.map(|(_, alias)| alias).filter(|_| files.iter().any(|file| statement.file.ends_with(file)))
}

#[tokio::test]
async fn the_edges_come_first_whatever_is_asked() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let mut seen = 0;
        for statement in database::registered() {
            let Some(alias) = joined(statement) else { continue };
            let is_count = statement.text.starts_with("SELECT COUNT");
            for condition in CONDITIONS {
                for order in ORDERS {
                    let mut query = tx.query(statement);
                    for _ in 0..statement.placeholders {
                        query = query.bind(Uuid::nil());
                    }
                    if statement.placeholders == 1 {
                        query.push(" AND (m.group_id IN ('x', 'y'))");
                    }
                    push(&mut query, condition, alias);
                    push(&mut query, if is_count { "" } else { order }, alias);
                    let plan = query.explain().await.expect("a plan");
                    let mut searches = plan.lines().filter(|line| line.contains("SEARCH"));
                    let first = searches.clone().next().unwrap_or_default();
                    assert!(first.contains("SEARCH m "), "{}\n{plan}", statement.place());
                    let objects = searches.find(|line| line.contains(&format!("SEARCH {alias} "))).unwrap_or_default();
                    assert!(objects.contains("(tenant_id=? AND id=?)"), "{}\n{plan}", statement.place());
                    seen += 1;
                }
            }
        }
        assert!(seen >= 6 * 16, "{seen} plans: fewer statements join edges with objects than there were");
    })
    .await;
}

#[tokio::test]
async fn a_large_group_is_met_in_the_order_of_an_index() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let statement = sql!("SELECT u.id FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL");
        let mut query = tx.query(statement).bind(Uuid::nil());
        let groups = [GroupId(Uuid::nil()), GroupId(Uuid::max())];
        let condition = Condition::Exists { related: &MEMBER_USERS, condition: Box::new(hangs_on(&groups)) };
        let order = Order::by(&USER, "displayName");
        Slice { condition: Some(condition), order, after: None, size: 100 }.write(&mut query);
        let plan = query.explain().await.expect("a plan");
        assert!(plan.contains("user_by_display_name"), "{plan}");
        assert!(plan.contains("group_member_by_object (tenant_id=? AND object_id=? AND group_id=?)"), "{plan}");
        assert!(!plan.contains("ORDER BY"), "nothing is sorted: {plan}");
    })
    .await;
}
