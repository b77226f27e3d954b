//! What changes about groups and who belongs to them, as programs follow it.

use super::{add, call, get, group, refusal};
use crate::changes::Kind;
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission};
use crate::groups::{Relation, store};
use crate::platform::ids::GroupId;
use crate::testing::{TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DELTA: &str = "/v1.0/groups/delta?$select=displayName,members";

/// Every page of a round, and the link to the next one.
async fn round(server: &TestServer, caller: &Caller, start: &str) -> (Vec<Vec<Value>>, String) {
    let (mut pages, mut next) = (Vec::new(), start.to_owned());
    loop {
        let answer = get(server, caller, &next).await;
        assert_eq!(answer.status, 200, "{next}: {}", answer.text);
        let body = answer.json();
        pages.push(body["value"].as_array().expect("objects").clone());
        let (name, is_last) = if body.get("@odata.deltaLink").is_some() {
            ("@odata.deltaLink", true)
        } else {
            ("@odata.nextLink", false)
        };
        let link = body[name].as_str().expect("a link");
        next = link[link.find("/v1.0/").expect("an address of the API")..].to_owned();
        if is_last {
            return (pages, next);
        }
    }
}

/// The objects of a round whose pages are one.
async fn one(server: &TestServer, caller: &Caller, start: &str) -> (Vec<Value>, String) {
    let (mut pages, next) = round(server, caller, start).await;
    assert_eq!(pages.len(), 1);
    (pages.remove(0), next)
}

async fn delete(server: &TestServer, caller: &Caller, path: &str) {
    assert_eq!(call(server, caller, Method::DELETE, path, Value::Null).await.status, 204, "{path}");
}

#[tokio::test]
async fn a_round_tells_groups_and_members_that_came_and_went() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (ada, sam) =
            (server.member(&tenant, "ada", &[]).await.id, server.guest(&tenant, "sam@partner.example").await.id);
        let (first, second) = (group(&server, &admin, "First").await, group(&server, &admin, "Second").await);
        assert_eq!(add(&server, &admin, &first, ada).await.status, 204);
        let (all, link) = one(&server, &admin, DELTA).await;
        let user = |id| json!({ "@odata.type": "#microsoft.graph.user", "id": id });
        let of = |items: &[Value], id: &str| items.iter().find(|item| item["id"] == id).cloned().expect("the group");
        assert_eq!(of(&all, &first)["members@delta"], json!([user(ada)]));
        assert_eq!(
            (&of(&all, &second)["displayName"], of(&all, &second).get("members@delta")),
            (&json!("Second"), None)
        );
        let (none, link) = one(&server, &admin, &link).await;
        assert!(none.is_empty(), "{none:?}");

        assert_eq!(add(&server, &admin, &first, sam).await.status, 204);
        assert_eq!(add(&server, &admin, &first, &second).await.status, 204);
        delete(&server, &admin, &format!("/v1.0/groups/{first}/members/{ada}/$ref")).await;
        let (some, link) = one(&server, &admin, &link).await;
        let removed = json!({ "@odata.type": "#microsoft.graph.user", "id": ada, "@removed": { "reason": "deleted" } });
        let nested = json!({ "@odata.type": "#microsoft.graph.group", "id": second });
        assert_eq!(some.len(), 1, "{some:?}");
        assert_eq!(some[0]["members@delta"], json!([user(sam), nested, removed]));

        delete(&server, &admin, &format!("/v1.0/groups/{second}")).await;
        let (gone, link) = one(&server, &admin, &link).await;
        assert_eq!(gone, [json!({ "id": second, "@removed": { "reason": "changed" } })]);
        delete(&server, &admin, &format!("/v1.0/directory/deletedItems/{second}")).await;
        let (gone, link) = one(&server, &admin, &link).await;
        assert_eq!(of(&gone, &second), json!({ "id": second, "@removed": { "reason": "deleted" } }));
        let left =
            json!({ "@odata.type": "#microsoft.graph.group", "id": second, "@removed": { "reason": "deleted" } });
        assert_eq!(of(&gone, &first)["members@delta"], json!([left]));

        // A user who is gone for good is taken off; one who can be brought back is told by the delta of users.
        delete(&server, &admin, &format!("/v1.0/users/{sam}")).await;
        let (none, link) = one(&server, &admin, &link).await;
        assert!(none.is_empty(), "{none:?}");
        delete(&server, &admin, &format!("/v1.0/directory/deletedItems/{sam}")).await;
        let (some, _) = one(&server, &admin, &link).await;
        assert_eq!(some[0]["members@delta"][0]["@removed"], json!({ "reason": "deleted" }));
    })
    .await;
}

#[tokio::test]
async fn members_are_told_if_they_are_asked_for_and_in_both_forms_of_the_function() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await.id;
        let id = group(&server, &admin, "First").await;
        assert_eq!(add(&server, &admin, &id, ada).await.status, 204);
        for path in ["/v1.0/groups/delta()", "/v1.0/groups/microsoft.graph.delta()", "/v1.0/groups/delta"] {
            let (all, _) = one(&server, &admin, path).await;
            assert_eq!(all[0]["members@delta"][0]["id"], json!(ada), "{path}");
            let (all, _) = one(&server, &admin, &format!("{path}?$select=displayName")).await;
            assert_eq!((&all[0]["displayName"], all[0].get("members@delta")), (&json!("First"), None), "{path}");
        }
        let (none, link) = one(&server, &admin, "/v1.0/groups/delta?$deltatoken=latest").await;
        assert!(none.is_empty());
        delete(&server, &admin, &format!("/v1.0/groups/{id}/members/{ada}/$ref")).await;
        assert_eq!(one(&server, &admin, &link).await.0.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_group_with_many_members_comes_again_with_further_ones() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let mut groups = Vec::new();
        for name in ["Small", "Large", "Empty", "Other"] {
            groups.push(group(&server, &admin, name).await);
        }
        let mut wanted: BTreeSet<(String, String)> = BTreeSet::new();
        for (group, count) in [(&groups[0], 3_usize), (&groups[1], 2_100), (&groups[3], 2)] {
            let id: GroupId = group.parse().expect("an id");
            for chunk in 0..(count / 500 + 1) {
                let mut tx = server.write().await.expect("a transaction");
                for _ in 0..(count - chunk * 500).min(500) {
                    let user = server.entropy.random_uuid();
                    let edge = (Relation::Members, id);
                    let now = server.clock.now();
                    assert!(
                        store::insert_edge(&mut tx, tenant.id, edge, (Kind::User, user), now).await.expect("an edge")
                    );
                    wanted.insert((group.clone(), user.to_string()));
                }
                tx.commit().await.expect("a commit");
            }
        }
        let (pages, _) = round(&server, &admin, DELTA).await;
        let size = |page: &Vec<Value>| -> usize {
            page.iter().map(|item| item["members@delta"].as_array().map_or(0, Vec::len)).sum()
        };
        assert_eq!(pages.iter().map(size).collect::<Vec<_>>(), [1_000, 1_000, 105]);
        let mut told = BTreeSet::new();
        for item in pages.iter().flatten() {
            for member in item["members@delta"].as_array().into_iter().flatten() {
                let edge = (item["id"].as_str().unwrap_or_default(), member["id"].as_str().unwrap_or_default());
                assert!(told.insert((edge.0.to_owned(), edge.1.to_owned())), "twice: {edge:?}");
            }
        }
        assert_eq!(told, wanted);
        let seen: BTreeSet<&str> = pages.iter().flatten().filter_map(|item| item["id"].as_str()).collect();
        assert_eq!(seen, groups.iter().map(String::as_str).collect());
    })
    .await;
}

#[tokio::test]
async fn changes_of_groups_are_for_those_who_may_list_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        group(&server, &admin, "First").await;
        let guest = server.guest(&tenant, "sam@partner.example").await;
        for level in [guest_level::LIMITED, guest_level::RESTRICTED] {
            let mut caller = person(&guest, Vec::new());
            if let Actor::User(user) = &mut caller.actor {
                user.level = level;
            }
            assert_eq!(refusal(&get(&server, &caller, DELTA).await).0, 403);
            let latest = get(&server, &caller, "/v1.0/groups/delta?$deltatoken=latest").await;
            assert_eq!(refusal(&latest).0, 403);
        }
        let (_, link) = one(&server, &admin, DELTA).await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.application(other.id, &[Permission::GroupReadAll]);
        assert_eq!(get(&server, &stranger, &link).await.status, 400, "a link is good in its tenant only");
        assert!(one(&server, &stranger, DELTA).await.0.is_empty());
        let weak = server.application(tenant.id, &[Permission::UserReadAll]);
        assert_eq!(refusal(&get(&server, &weak, DELTA).await).0, 403);
    })
    .await;
}
