//! Subscriptions with a real receiver on the loopback interface.

mod grants;
mod lifecycle;
mod members;
mod pages;
mod states;
mod tenants;

use super::delivery::ATTEMPTS;
use super::settle;
use crate::graph::{Caller, Permission, Role};
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the receiver got, and how it answers.
#[derive(Default)]
struct Heard {
    messages: Vec<(String, String)>,
    proves_nothing: bool,
    refuses: bool,
}

#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Heard>>);

impl Receiver {
    fn with<T>(&self, act: impl FnOnce(&mut Heard) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was told since the last time: signature and body.
    fn take(&self) -> Vec<(String, String)> {
        self.with(|heard| std::mem::take(&mut heard.messages))
    }

    /// Listens on a port of its own; its address.
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let router = Router::new().route("/hook", post(hear)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }
}

async fn hear(
    State(receiver): State<Receiver>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(token) = query.as_deref().and_then(|query| query.strip_prefix("validationToken=")) {
        let answer = if receiver.with(|heard| heard.proves_nothing) { "something else" } else { token };
        return answer.to_owned().into_response();
    }
    if receiver.with(|heard| heard.refuses) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let signature = headers.get("vestibule-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let message = (signature.to_owned(), String::from_utf8_lossy(&body).into_owned());
    receiver.with(|heard| heard.messages.push(message));
    StatusCode::ACCEPTED.into_response()
}

/// A server that may reach the loopback interface.
async fn reaching(server: &TestServer) -> TestServer {
    let mut settings = server.settings.clone();
    settings.outbound.allow_networks = vec!["127.0.0.0/8".parse().expect("a network")];
    server.twin_with(settings).await
}

async fn subscribe(server: &TestServer, caller: &Caller, address: &str, change: Value) -> Answer {
    let until = crate::platform::clock::rfc3339(server.clock.now().plus(Duration::from_hours(1)));
    let mut body = json!({
        "resource": "users",
        "changeType": "updated,deleted",
        "notificationUrl": address,
        "clientState": "the word between us",
        "expirationDateTime": until,
    });
    if let (Some(body), Some(change)) = (body.as_object_mut(), change.as_object()) {
        body.extend(change.clone());
    }
    server.api_as(caller, Method::POST, "/v1.0/subscriptions", &body).await
}

async fn told(server: &TestServer, receiver: &Receiver) -> Vec<Value> {
    settle(server).await.expect("a look");
    server.run_due_jobs().await;
    heard(receiver)
}

/// What was told since the last time, item by item.
fn heard(receiver: &Receiver) -> Vec<Value> {
    let messages = receiver.take();
    messages.iter().flat_map(|(_, body)| read(body)["value"].as_array().cloned().unwrap_or_default()).collect()
}

fn read(body: &str) -> Value {
    serde_json::from_str(body).expect("JSON")
}

async fn world(server: &TestServer) -> (TestServer, Tenant, Caller, Receiver, String) {
    let server = reaching(server).await;
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let administrator = server.administrator(&tenant).await;
    let receiver = Receiver::default();
    let address = receiver.listen().await;
    (server, tenant, administrator, receiver, address)
}

#[tokio::test]
async fn a_program_is_told_what_changes_and_each_change_once() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let made = subscribe(&server, &administrator, &address, json!({})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let subscription = made.json();
        let place = format!("/v1.0/subscriptions/{}", subscription["id"].as_str().expect("an id"));
        assert!(made.header("location").ends_with(&place), "{}", made.header("location"));
        assert_eq!(subscription["clientState"], "the word between us");
        let nameless = subscribe(&server, &administrator, &address, json!({ "clientState": null })).await.json();
        assert_eq!(nameless["clientState"], Value::Null);
        let gone = format!("/v1.0/subscriptions/{}", nameless["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&administrator, Method::DELETE, &gone, &Value::Null).await.status, 204);
        let until = json!({ "expirationDateTime": subscription["expirationDateTime"] });
        for (method, path, body) in [
            (Method::GET, place.as_str(), &Value::Null),
            (Method::GET, "/v1.0/subscriptions", &Value::Null),
            (Method::PATCH, place.as_str(), &until),
        ] {
            let read = server.api_as(&administrator, method, path, body).await;
            assert!(read.status == 200 && !read.text.contains("the word between us"), "{path}: {}", read.text);
        }
        assert!(told(&server, &receiver).await.is_empty(), "nothing of before is told");
        let ada = server.member(&tenant, "ada", &[]).await;
        let path = format!("/v1.0/users/{}", ada.id);
        server.api_as(&administrator, Method::PATCH, &path, &json!({ "jobTitle": "Auditor" })).await;
        let items = told(&server, &receiver).await;
        assert_eq!(items.len(), 1, "two changes of one person are one message about her: {items:?}");
        let id = items[0]["id"].as_str().expect("an id").to_owned();
        assert_eq!(items[0]["changeType"], "updated");
        assert_eq!(items[0]["clientState"], "the word between us");
        assert_eq!(items[0]["resource"], format!("Users/{}", ada.id));
        assert_eq!(items[0]["resourceData"]["id"], json!(ada.id));
        assert_eq!(items[0]["subscriptionId"], subscription["id"]);
        assert_eq!(items[0]["tenantId"], json!(tenant.id));
        assert!(told(&server, &receiver).await.is_empty(), "once");
        server.api_as(&administrator, Method::PATCH, &path, &json!({ "jobTitle": "Controller" })).await;
        let next = told(&server, &receiver).await;
        assert!(next[0]["id"].as_str().is_some_and(|next| next != id), "each item has an id of its own: {next:?}");
    })
    .await;
}

#[tokio::test]
async fn x5_a_notification_is_signed_with_its_time() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let id = subscribe(&server, &administrator, &address, json!({})).await.json()["id"].clone();
        let path = format!("/vestibule/v1/subscriptions/{}", id.as_str().expect("an id"));
        let ours = server.api_as(&administrator, Method::GET, &path, &Value::Null).await.json();
        let secret = ours["signingSecret"].as_str().expect("a secret").to_owned();
        server.member(&tenant, "ada", &[]).await;
        settle(&server).await.expect("a look");
        server.run_due_jobs().await;
        let (signature, body) = receiver.take().pop().expect("a message");
        let (time, tag) = signature.split_once(",v1=").expect("a time and a tag");
        let time = time.strip_prefix("t=").expect("a time");
        assert_eq!(time, server.clock.now().seconds().to_string());
        let tag: Vec<u8> = (0..tag.len() / 2)
            .map(|at| u8::from_str_radix(&tag[at * 2..at * 2 + 2], 16).expect("hexadecimal digits"))
            .collect();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        assert!(hmac::verify(&key, format!("{time}.{body}").as_bytes(), &tag).is_ok());
        assert!(hmac::verify(&key, format!("{time}1.{body}").as_bytes(), &tag).is_err(), "the time is signed too");
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_fails_is_told_again_and_nothing_is_lost() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let id = subscribe(&server, &administrator, &address, json!({})).await.json()["id"].clone();
        receiver.with(|heard| heard.refuses = true);
        let ada = server.member(&tenant, "ada", &[]).await;
        assert!(told(&server, &receiver).await.is_empty());
        let path = format!("/vestibule/v1/subscriptions/{}", id.as_str().expect("an id"));
        let ours = server.api_as(&administrator, Method::GET, &path, &Value::Null).await.json();
        assert!(ours["lastError"].as_str().is_some_and(|error| error.contains("503")), "{ours}");
        receiver.with(|heard| heard.refuses = false);
        let bob = server.member(&tenant, "bob", &[]).await;
        server.clock.advance(Duration::from_mins(1));
        let ids: Vec<Value> =
            told(&server, &receiver).await.iter().map(|item| item["resourceData"]["id"].clone()).collect();
        assert_eq!(ids, [json!(ada.id), json!(bob.id)]);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_proves_nothing_gets_nothing() {
    on_both_engines(async |server| {
        let (reaching, _, administrator, receiver, address) = world(&server).await;
        receiver.with(|heard| heard.proves_nothing = true);
        let refused = subscribe(&reaching, &administrator, &address, json!({})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["error"]["code"], "ValidationError", "{}", refused.text);
        // F13: without the operator's word, nobody reaches through the server what only the server can reach.
        for inside in [address.as_str(), "https://127.0.0.1/", "https://169.254.169.254/", "https://localhost/", "x"] {
            let refused = subscribe(&server, &administrator, inside, json!({})).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{inside}: {}", refused.text);
            assert_eq!(refused.json()["error"]["target"], "notificationUrl", "{inside}: {}", refused.text);
        }
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_its_name() {
    on_both_engines(async |server| {
        let (server, _, administrator, _, address) = world(&server).await;
        for (change, target) in [
            (json!({ "resource": "messages" }), "resource"),
            (json!({ "changeType": "created" }), "changeType"),
            (json!({ "expirationDateTime": "2020-01-01T00:00:00Z" }), "expirationDateTime"),
            (json!({ "expirationDateTime": "2099-01-01T00:00:00Z" }), "expirationDateTime"),
            (json!({ "clientState": "x".repeat(129) }), "clientState"),
            (json!({ "latestSupportedTlsVersion": "v1_0" }), "latestSupportedTlsVersion"),
            (json!({ "includeResourceData": true }), "includeResourceData"),
            (json!({ "encryptionCertificate": "x" }), "encryptionCertificate"),
        ] {
            let refused = subscribe(&server, &administrator, &address, change.clone()).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{change}: {}", refused.text);
            assert_eq!(refused.json()["error"]["target"], target, "{change}: {}", refused.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_subscription_ends_with_the_right_to_read_and_is_nobody_elses() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let user = server.member(&tenant, "eve", &[Role::UserAdministrator]).await;
        let eve = person(&user, vec![Role::UserAdministrator]);
        let id = subscribe(&server, &eve, &address, json!({})).await.json()["id"].clone();
        let path = format!("/v1.0/subscriptions/{}", id.as_str().expect("an id"));
        let other = server.application(tenant.id, &[Permission::UserReadAll]);
        assert_eq!(server.api_as(&other, Method::GET, &path, &Value::Null).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.api_as(&administrator, Method::GET, &path, &Value::Null).await.status, StatusCode::OK);
        let blocked = json!({ "accountEnabled": false });
        server.api_as(&administrator, Method::PATCH, &format!("/v1.0/users/{}", user.id), &blocked).await;
        assert!(told(&server, &receiver).await.is_empty(), "whoever is blocked is told nothing");
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.administrator(&fabrikam).await;
        assert_eq!(server.api_as(&stranger, Method::GET, &path, &Value::Null).await.status, StatusCode::NOT_FOUND);
        let until = crate::platform::clock::rfc3339(server.clock.now().plus(Duration::from_hours(2)));
        let renewed = json!({ "expirationDateTime": until });
        let answer = server.api_as(&administrator, Method::PATCH, &path, &renewed).await;
        assert_eq!(answer.json()["expirationDateTime"], until, "{}", answer.text);
        let reauthorize = format!("{path}/reauthorize");
        assert_eq!(server.api_as(&administrator, Method::POST, &reauthorize, &json!({})).await.status, 204);
        assert_eq!(server.api_as(&administrator, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(server.api_as(&administrator, Method::GET, &path, &Value::Null).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn what_has_lapsed_is_told_nothing_and_removed() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        subscribe(&server, &administrator, &address, json!({})).await;
        server.clock.advance(Duration::from_hours(2));
        server.member(&tenant, "ada", &[]).await;
        assert!(told(&server, &receiver).await.is_empty());
        assert_eq!(super::purge(&server).await.expect("a purge"), 1);
    })
    .await;
}

/// The lifecycle events among what was told.
fn events(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|item| item["lifecycleEvent"].as_str()).collect()
}

fn after(server: &TestServer, hours: u64) -> Value {
    json!(crate::platform::clock::rfc3339(server.clock.now().plus(Duration::from_hours(hours))))
}

#[tokio::test]
async fn a_subscription_asks_to_be_renewed_and_says_that_it_has_lapsed() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let with = json!({ "lifecycleNotificationUrl": address });
        let made = subscribe(&server, &administrator, &address, with).await.json();
        let path = format!("/v1.0/subscriptions/{}", made["id"].as_str().expect("an id"));
        assert!(told(&server, &receiver).await.is_empty());
        server.clock.advance(Duration::from_mins(50));
        let asked = told(&server, &receiver).await;
        assert_eq!(events(&asked), ["reauthorizationRequired"]);
        assert_eq!(asked[0]["clientState"], "the word between us");
        assert_eq!((&asked[0]["subscriptionId"], &asked[0]["tenantId"]), (&made["id"], &json!(tenant.id)));
        assert!(told(&server, &receiver).await.is_empty(), "once");
        let renewed = json!({ "expirationDateTime": after(&server, 1) });
        assert_eq!(server.api_as(&administrator, Method::PATCH, &path, &renewed).await.status, 200);
        assert!(told(&server, &receiver).await.is_empty());
        server.clock.advance(Duration::from_mins(50));
        assert_eq!(events(&told(&server, &receiver).await), ["reauthorizationRequired"], "again after it was renewed");

        server.clock.advance(Duration::from_mins(20));
        assert_eq!(super::purge(&server).await.expect("a purge"), 0, "it is told first");
        receiver.with(|heard| heard.refuses = true);
        assert!(told(&server, &receiver).await.is_empty());
        receiver.with(|heard| heard.refuses = false);
        server.clock.advance(Duration::from_hours(1));
        assert_eq!(events(&told(&server, &receiver).await), ["subscriptionRemoved"]);
        assert_eq!(super::purge(&server).await.expect("a purge"), 0, "it is gone");
        assert!(told(&server, &receiver).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_was_never_told_is_told_to_be_missing() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let with = json!({ "lifecycleNotificationUrl": address, "expirationDateTime": after(&server, 240) });
        assert_eq!(subscribe(&server, &administrator, &address, with).await.status, StatusCode::CREATED);
        receiver.with(|heard| heard.refuses = true);
        server.member(&tenant, "ada", &[]).await;
        // One attempt after the other, until the message is given up.
        for _ in 0..ATTEMPTS {
            assert!(told(&server, &receiver).await.is_empty());
            server.clock.advance(Duration::from_hours(2));
        }
        receiver.with(|heard| heard.refuses = false);
        let items = told(&server, &receiver).await;
        assert_eq!((events(&items), items.len()), (vec!["missed"], 1), "{items:?}");
        let bob = server.member(&tenant, "bob", &[]).await;
        assert_eq!(told(&server, &receiver).await[0]["resourceData"]["id"], json!(bob.id), "what comes next is told");
    })
    .await;
}

#[tokio::test]
async fn a_creator_who_may_not_read_any_more_is_asked_once_and_told_what_is_missing() {
    on_both_engines(async |server| {
        let (server, tenant, administrator, receiver, address) = world(&server).await;
        let user = server.member(&tenant, "eve", &[Role::UserAdministrator]).await;
        let eve = person(&user, vec![Role::UserAdministrator]);
        let with = json!({ "lifecycleNotificationUrl": address });
        let made = subscribe(&server, &eve, &address, with).await.json();
        let account = format!("/v1.0/users/{}", user.id);
        let enable = async |is_enabled: bool| {
            let body = json!({ "accountEnabled": is_enabled });
            assert_eq!(server.api_as(&administrator, Method::PATCH, &account, &body).await.status, 204);
        };
        enable(false).await;
        assert!(told(&server, &receiver).await.is_empty(), "nothing of what changed");
        assert_eq!(events(&told(&server, &receiver).await), ["reauthorizationRequired"]);
        server.member(&tenant, "ada", &[]).await;
        assert!(told(&server, &receiver).await.is_empty());
        assert!(told(&server, &receiver).await.is_empty(), "once");
        enable(true).await;
        let items = told(&server, &receiver).await;
        assert_eq!(items[0]["resourceData"]["id"], json!(user.id), "{items:?}");
        assert_eq!(events(&told(&server, &receiver).await), ["missed"]);

        // Who removes somebody else's subscription lets them know.
        let path = format!("/v1.0/subscriptions/{}", made["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&administrator, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(server.api_as(&eve, Method::GET, &path, &Value::Null).await.status, 404);
        assert_eq!(events(&told(&server, &receiver).await), ["subscriptionRemoved"]);
        assert!(told(&server, &receiver).await.is_empty());
    })
    .await;
}
