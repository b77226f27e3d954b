//! What a receiver knows our messages by (`clientState`).

use super::{subscribe, told, world};
use crate::backups::reseal;
use crate::platform::MasterKey;
use crate::testing::on_both_engines;
use axum::http::{Method, StatusCode};
use database::sql;
use serde_json::{Value, json};

#[tokio::test]
async fn nothing_is_told_without_the_client_state_that_was_agreed_on() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let id = subscribe(&server, &administrator, &address, json!({})).await.json()["id"].clone();
        let mut tx = server.write().await.expect("a transaction");
        let damage = tx.query(sql!("UPDATE subscription SET client_state = $2 WHERE tenant_id = $1"));
        damage.bind(tenant.id).bind(vec![1_u8; 40]).execute().await.expect("damage");
        tx.commit().await.expect("a commit");
        server.member(&tenant, "ada", &[]).await;
        assert!(told(&server, &receiver).await.is_empty(), "the receiver would take it for somebody else's");
        let path = format!("/vestibule/v1/subscriptions/{}", id.as_str().expect("an id"));
        let ours = server.api_as(&administrator, Method::GET, &path, &Value::Null).await.json();
        assert!(ours["lastError"].as_str().is_some_and(|error| error.contains("clientState")), "{ours}");
    })
    .await;
}

#[tokio::test]
async fn x9_the_client_state_outlives_the_master_key() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        assert_eq!(subscribe(&server, &administrator, &address, json!({})).await.status, StatusCode::CREATED);
        let nameless = json!({ "clientState": null });
        assert_eq!(subscribe(&server, &administrator, &address, nameless).await.status, StatusCode::CREATED);
        let key = |text: &str| MasterKey::parse(&text.repeat(32)).expect("a key");
        let resealed = reseal(&server.database, &key("5a"), &key("0f"), &server.entropy).await.expect("sealed anew");
        assert_eq!(resealed.client_states, 1);
        let mut settings = server.settings.clone();
        settings.keys.master_key = Some("0f".repeat(32));
        let after = server.twin_with(settings).await;
        after.member(&tenant, "ada", &[]).await;
        let states: Vec<Value> = told(&after, &receiver).await.iter().map(|item| item["clientState"].clone()).collect();
        assert_eq!(states.len(), 2, "{states:?}");
        assert!(states.contains(&json!("the word between us")) && states.contains(&Value::Null), "{states:?}");
    })
    .await;
}
