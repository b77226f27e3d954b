//! What is deleted, brought back and removed for good.

use super::{Added, send};
use crate::extensions::purge;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};

async fn set_up(server: &TestServer) -> (Added, String, String) {
    let added = Added::new(server).await;
    let name = added.define(server, "code", "String", &["User"]).await;
    let anna = format!("/v1.0/users/{}", server.member(&added.tenant, "anna", &[]).await.id);
    assert_eq!(added.patch(server, &anna, &json!({ name.as_str(): "A1" })).await.status, 204);
    (added, name, anna)
}

/// How many values and definitions the organisation has rows of.
async fn rows(server: &TestServer, added: &Added) -> (i64, i64) {
    let mut tx = server.read().await.expect("a connection");
    let mut counts = Vec::new();
    for statement in [
        sql!("SELECT COUNT(*) FROM extension_value WHERE tenant_id = $1"),
        sql!("SELECT COUNT(*) FROM extension_property WHERE tenant_id = $1"),
    ] {
        let (count,): (i64,) = tx.query(statement).bind(added.tenant.id).fetch_one().await.expect("a number");
        counts.push(count);
    }
    (counts[0], counts[1])
}

async fn status(server: &TestServer, added: &Added, path: &str) -> u16 {
    send(server, &added.admin, Method::GET, path, &Value::Null).await.status.as_u16()
}

#[tokio::test]
async fn values_of_a_deleted_definition_are_hidden_at_once_and_removed_later() {
    on_both_engines(async |server| {
        let (added, name, anna) = set_up(&server).await;
        let list = format!("{}/extensionProperties", added.app);
        let id = added.get(&server, &list).await["value"][0]["id"].as_str().expect("an id").to_owned();
        let start = "/v1.0/users/delta?$select=id&$deltatoken=latest";
        let link = added.get(&server, start).await["@odata.deltaLink"].as_str().expect("a link").to_owned();
        let link = link[link.find("/v1.0/").expect("an address")..].to_owned();
        let one = format!("{list}/{id}");
        assert_eq!(send(&server, &added.admin, Method::DELETE, &one, &Value::Null).await.status, 204);
        for path in [format!("{anna}?$select={name}"), format!("/v1.0/users?$filter={name} eq 'A1'")] {
            assert_eq!(status(&server, &added, &path).await, 400, "{path}");
        }
        assert_eq!(added.patch(&server, &anna, &json!({ name.as_str(): "A2" })).await.status, 400);

        // A new one of the same name does not get the old values.
        assert_eq!(added.define(&server, "code", "String", &["User"]).await, name);
        assert!(added.get(&server, &format!("{anna}?$select={name}")).await.get(&name).is_none());
        assert_eq!(rows(&server, &added).await, (1, 2));
        assert_eq!(purge(&server).await.expect("a purge"), 1);
        assert_eq!(rows(&server, &added).await, (0, 1));
        assert_eq!(purge(&server).await.expect("a purge"), 0);
        let told = added.get(&server, &link).await["value"].clone();
        assert_eq!(told.as_array().map(Vec::len), Some(1), "whoever follows the user is told: {told}");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_app_takes_its_properties_along_and_brings_them_back() {
    on_both_engines(async |server| {
        let (added, name, anna) = set_up(&server).await;
        let selected = format!("{anna}?$select={name}");
        assert_eq!(send(&server, &added.admin, Method::DELETE, &added.app, &Value::Null).await.status, 204);
        assert_eq!(status(&server, &added, &selected).await, 400);
        assert_eq!(purge(&server).await.expect("a purge"), 0, "it may come back");
        let id = added.app.rsplit('/').next().expect("an id").to_owned();
        let gone = format!("/v1.0/directory/deletedItems/{id}");
        let back = send(&server, &added.admin, Method::POST, &format!("{gone}/restore"), &Value::Null).await;
        assert_eq!(back.status, 200, "{}", back.text);
        assert_eq!(added.get(&server, &selected).await[&name], "A1");

        assert_eq!(send(&server, &added.admin, Method::DELETE, &added.app, &Value::Null).await.status, 204);
        assert_eq!(send(&server, &added.admin, Method::DELETE, &gone, &Value::Null).await.status, 204);
        assert_eq!(purge(&server).await.expect("a purge"), 1);
        assert_eq!(rows(&server, &added).await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_user_who_comes_back_has_their_values_and_one_who_is_purged_leaves_none() {
    on_both_engines(async |server| {
        let (added, name, anna) = set_up(&server).await;
        let id = anna.rsplit('/').next().expect("an id").to_owned();
        let gone = format!("/v1.0/directory/deletedItems/{id}");
        assert_eq!(send(&server, &added.admin, Method::DELETE, &anna, &Value::Null).await.status, 204);
        let sought = format!("/v1.0/users?$filter={name} eq 'A1'");
        assert_eq!(added.get(&server, &sought).await["value"], json!([]));
        let back = send(&server, &added.admin, Method::POST, &format!("{gone}/restore"), &Value::Null).await;
        assert_eq!(back.status, 200, "{}", back.text);
        assert_eq!(added.get(&server, &format!("{anna}?$select={name}")).await[&name], "A1");

        assert_eq!(send(&server, &added.admin, Method::DELETE, &anna, &Value::Null).await.status, 204);
        assert_eq!(send(&server, &added.admin, Method::DELETE, &gone, &Value::Null).await.status, 204);
        assert_eq!(rows(&server, &added).await, (0, 1));
    })
    .await;
}
