//! What a receiver knows our messages by (`clientState`).

use super::{subscribe, told, world};
use crate::backups::reseal;
use crate::notifications::{operations, store};
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

/// Earlier versions exchanged the master key and left these behind.
#[tokio::test]
async fn x9_a_client_state_that_the_key_does_not_open_keeps_nobody_from_exchanging_it() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let lost = subscribe(&server, &administrator, &address, json!({})).await.json()["id"].clone();
        let key = |text: &str| MasterKey::parse(&text.repeat(32)).expect("a key");
        let mut tx = server.write().await.expect("a transaction");
        let [(_, id, _)] = store::list_sealed(&mut tx).await.expect("a list")[..] else { panic!("one subscription") };
        let sealed = key("77").seal(&operations::place(id), b"the word of then", &server.entropy);
        store::set_sealed(&mut tx, tenant.id, id, sealed).await.expect("a change");
        tx.commit().await.expect("a commit");
        assert_eq!(subscribe(&server, &administrator, &address, json!({})).await.status, StatusCode::CREATED);

        let resealed = reseal(&server.database, &key("5a"), &key("0f"), &server.entropy).await.expect("sealed anew");
        assert_eq!((resealed.client_states, resealed.client_states_left), (1, 1));
        let mut settings = server.settings.clone();
        settings.keys.master_key = Some("0f".repeat(32));
        let after = server.twin_with(settings).await;
        after.member(&tenant, "ada", &[]).await;
        let items = told(&after, &receiver).await;
        assert_eq!(items.len(), 1, "{items:?}");
        assert_eq!(items[0]["clientState"], "the word between us");
        assert_ne!(items[0]["subscriptionId"], lost);
    })
    .await;
}
