//! A subscription with a lifecycle address of its own.

use super::{Receiver, events, heard, subscribe, told, world};
use crate::jobs;
use crate::notifications::delivery::ATTEMPTS;
use crate::notifications::{purge, store};
use crate::testing::on_both_engines;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

fn ids(items: &[Value]) -> Vec<Value> {
    items.iter().map(|item| item["resourceData"]["id"].clone()).collect()
}

#[tokio::test]
async fn neither_address_waits_for_the_other() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let lifecycle = Receiver::default();
        let with = json!({ "lifecycleNotificationUrl": lifecycle.listen().await });
        assert_eq!(subscribe(&server, &administrator, &address, with).await.status, StatusCode::CREATED);

        // The subscription ends soon, and nobody answers who is to hear of it.
        server.clock.advance(Duration::from_mins(50));
        lifecycle.with(|heard| heard.refuses = true);
        let ada = server.member(&tenant, "ada", &[]).await;
        assert_eq!(ids(&told(&server, &receiver).await), [json!(ada.id)]);
        let bob = server.member(&tenant, "bob", &[]).await;
        assert_eq!(ids(&told(&server, &receiver).await), [json!(bob.id)], "also while the event waits");
        assert!(heard(&lifecycle).is_empty());

        lifecycle.with(|heard| heard.refuses = false);
        receiver.with(|heard| heard.refuses = true);
        let eve = server.member(&tenant, "eve", &[]).await;
        server.clock.advance(Duration::from_mins(1));
        assert!(told(&server, &receiver).await.is_empty());
        assert_eq!(events(&heard(&lifecycle)), ["reauthorizationRequired"]);

        receiver.with(|heard| heard.refuses = false);
        server.clock.advance(Duration::from_mins(1));
        assert_eq!(ids(&told(&server, &receiver).await), [json!(eve.id)]);
        assert!(heard(&lifecycle).is_empty(), "once");
    })
    .await;
}

#[tokio::test]
async fn a_removal_that_nobody_hears_of_ends_with_the_last_try() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let lifecycle = Receiver::default();
        let with = json!({ "lifecycleNotificationUrl": lifecycle.listen().await });
        assert_eq!(subscribe(&server, &administrator, &address, with).await.status, StatusCode::CREATED);
        lifecycle.with(|heard| heard.refuses = true);
        server.clock.advance(Duration::from_hours(2));
        server.member(&tenant, "ada", &[]).await;
        assert_eq!(purge(&server).await.expect("a purge"), 0, "it is told first");
        let left = async || {
            let mut tx = server.read().await.expect("a connection");
            store::count(&mut tx, tenant.id).await.expect("a number")
        };
        for _ in 0..ATTEMPTS {
            assert_eq!(left().await, 1);
            assert!(told(&server, &receiver).await.is_empty(), "it has lapsed");
            server.clock.advance(Duration::from_hours(2));
        }
        assert_eq!(left().await, 0);
        assert!(heard(&lifecycle).is_empty());
    })
    .await;
}

#[test]
fn a_message_is_given_up_about_four_hours_after_the_first_try() {
    let all: Duration = (1..ATTEMPTS).map(jobs::pause).sum();
    assert!((Duration::from_hours(4)..Duration::from_mins(260)).contains(&all), "{all:?}");
}
