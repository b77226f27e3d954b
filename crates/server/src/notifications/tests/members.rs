//! Who came to a group and who left it, as those are told who follow it.

use super::grants::granted;
use super::{subscribe, told, world};
use crate::changes::Kind;
use crate::graph::{Caller, Permission};
use crate::groups::{Relation, store};
use crate::platform::ids::{GroupId, UserId};
use crate::testing::{TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Makes a group; its id.
async fn group(server: &TestServer, caller: &Caller) -> String {
    let body = json!({
        "displayName": "Auditors", "mailNickname": "auditors", "mailEnabled": false, "securityEnabled": true,
    });
    let made = server.api_as(caller, Method::POST, "/v1.0/groups", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn add(server: &TestServer, caller: &Caller, group: &str, member: UserId) {
    let body = json!({ "@odata.id": format!("http://localhost:8080/v1.0/directoryObjects/{member}") });
    let path = format!("/v1.0/groups/{group}/members/$ref");
    let added = server.api_as(caller, Method::POST, &path, &body).await;
    assert_eq!(added.status, StatusCode::NO_CONTENT, "{}", added.text);
}

async fn delete(server: &TestServer, caller: &Caller, path: &str) {
    let gone = server.api_as(caller, Method::DELETE, path, &Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{path}: {}", gone.text);
}

async fn rename(server: &TestServer, caller: &Caller, group: &str, name: &str) {
    let path = format!("/v1.0/groups/{group}");
    let renamed = server.api_as(caller, Method::PATCH, &path, &json!({ "displayName": name })).await;
    assert_eq!(renamed.status, StatusCode::NO_CONTENT, "{}", renamed.text);
}

/// What the one item says of members; nothing if it says nothing.
fn members(items: &[Value]) -> Option<&Value> {
    assert_eq!(items.len(), 1, "{items:?}");
    items[0]["resourceData"].get("members@delta")
}

#[tokio::test]
async fn whoever_follows_groups_is_told_who_came_and_who_left() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let (ada, bob) = (server.member(&tenant, "ada", &[]).await.id, server.member(&tenant, "bob", &[]).await.id);
        let group = group(&server, &administrator).await;
        let made = subscribe(&server, &administrator, &address, json!({ "resource": "groups" })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);

        add(&server, &administrator, &group, ada).await;
        add(&server, &administrator, &group, bob).await;
        let of_ada = format!("/v1.0/groups/{group}/members/{ada}/$ref");
        delete(&server, &administrator, &of_ada).await;
        let items = told(&server, &receiver).await;
        let both = json!([{ "id": bob }, { "id": ada, "@removed": "deleted" }]);
        assert_eq!(members(&items), Some(&both), "each once, as it is after the last change");
        assert_eq!((&items[0]["changeType"], &items[0]["resourceData"]["id"]), (&json!("updated"), &json!(group)));

        add(&server, &administrator, &group, ada).await;
        rename(&server, &administrator, &group, "Examiners").await;
        let items = told(&server, &receiver).await;
        assert_eq!(members(&items), Some(&json!([{ "id": ada }])), "and nobody whom the message before named");
        rename(&server, &administrator, &group, "Auditors").await;
        assert_eq!(members(&told(&server, &receiver).await), None, "nobody came or went");

        delete(&server, &administrator, &of_ada).await;
        delete(&server, &administrator, &format!("/v1.0/groups/{group}")).await;
        delete(&server, &administrator, &format!("/v1.0/directory/deletedItems/{group}")).await;
        let items = told(&server, &receiver).await;
        assert_eq!(members(&items), None, "what is gone has no members");
        assert_eq!(items[0]["changeType"], "deleted");
    })
    .await;
}

#[tokio::test]
async fn whoever_may_read_members_alone_is_told_of_them_and_follows_no_groups() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let (reader, grant) = granted(&server, &tenant, &administrator, Permission::GroupMemberReadAll).await;
        let group = group(&server, &administrator).await;
        let refused = subscribe(&server, &reader, &address, json!({ "resource": "groups" })).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        let resource = json!({ "resource": format!("groups/{group}/members") });
        let made = subscribe(&server, &reader, &address, resource).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);

        rename(&server, &administrator, &group, "Examiners").await;
        assert!(told(&server, &receiver).await.is_empty(), "no member came or went");
        let ada = server.member(&tenant, "ada", &[]).await.id;
        add(&server, &administrator, &group, ada).await;
        assert_eq!(members(&told(&server, &receiver).await), Some(&json!([{ "id": ada }])));

        delete(&server, &administrator, &grant).await;
        delete(&server, &administrator, &format!("/v1.0/groups/{group}/members/{ada}/$ref")).await;
        assert!(told(&server, &receiver).await.is_empty(), "whoever may not read them any more hears of none");
    })
    .await;
}

#[tokio::test]
async fn the_members_beyond_one_message_come_in_the_next() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let group = group(&server, &administrator).await;
        let made = subscribe(&server, &administrator, &address, json!({ "resource": "groups" })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let edge: (Relation, GroupId) = (Relation::Members, group.parse().expect("an id"));
        let mut came = BTreeSet::new();
        let mut tx = server.write().await.expect("a transaction");
        for _ in 0..250 {
            let user = server.entropy.random_uuid();
            let now = server.clock.now();
            assert!(store::insert_edge(&mut tx, tenant.id, edge, (Kind::User, user), now).await.expect("an edge"));
            came.insert(user.to_string());
        }
        tx.commit().await.expect("a commit");
        let mut named = BTreeSet::new();
        for count in [200, 50] {
            let items = told(&server, &receiver).await;
            let list = members(&items).and_then(Value::as_array).expect("members");
            assert_eq!(list.len(), count);
            for member in list {
                assert!(named.insert(member["id"].as_str().expect("an id").to_owned()), "twice: {member}");
            }
        }
        assert_eq!(named, came);
        assert!(told(&server, &receiver).await.is_empty());
    })
    .await;
}
