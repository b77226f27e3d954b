//! What inviting promises, on both engines.

mod blocking;
mod forgotten;
mod form;
mod graph;
mod groups;
mod interruption;
mod lifecycle;
mod listed;
mod mail;
mod pages;
mod rights;
mod secret;
mod states;
mod work;

use crate::graph::Caller;
use crate::platform::ids::UserId;
use crate::tenants::{self, CollaborationSettings, Tenant};
use crate::testing::{Answer, TestServer};
use crate::users::{self, User};
use axum::http::Method;
use serde_json::{Value, json};

/// The least an invitation needs.
fn wish(address: &str) -> Value {
    json!({ "invitedUserEmailAddress": address, "inviteRedirectUrl": "https://myapps.microsoft.com" })
}

/// The same with further properties.
fn with(address: &str, properties: &Value) -> Value {
    let mut body = wish(address);
    let given = properties.as_object().expect("an object").clone();
    body.as_object_mut().expect("an object").extend(given);
    body
}

async fn post(server: &TestServer, caller: &Caller, body: &Value) -> Answer {
    server.api_as(caller, Method::POST, "/v1.0/invitations", body).await
}

/// Invites and expects that to be done.
async fn invite(server: &TestServer, caller: &Caller, body: &Value) -> Value {
    let answer = post(server, caller, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

/// Status, code and message of a refusal.
fn refusal(answer: &Answer) -> (u16, String, String) {
    let error = answer.json()["error"].clone();
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), text("code"), text("message"))
}

/// Changes the settings of a tenant.
async fn change(server: &TestServer, tenant: &Tenant, edit: impl FnOnce(&mut CollaborationSettings)) {
    let mut tx = server.write().await.expect("a transaction");
    let mut settings = tenants::store::get_settings(&mut tx, tenant.id).await.expect("settings");
    edit(&mut settings);
    assert!(tenants::store::update_settings(&mut tx, tenant.id, &settings).await.expect("an answer"));
    tx.commit().await.expect("a commit");
}

async fn guest(server: &TestServer, tenant: &Tenant, invited: &Value) -> User {
    let id: UserId = invited["invitedUser"]["id"].as_str().expect("an id").parse().expect("an id");
    let mut tx = server.read().await.expect("a connection");
    users::store::find(&mut tx, tenant.id, id).await.expect("an answer").expect("the guest")
}

/// Lists invitations beyond Graph.
async fn list(server: &TestServer, caller: &Caller, options: &str) -> Vec<Value> {
    let path = format!("/vestibule/v1/invitations{options}");
    let answer = server.api_as(caller, Method::GET, &path, &Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["value"].as_array().expect("a list").clone()
}

/// Every activity in the audit of a tenant but those of its making, the oldest first.
async fn activities(server: &TestServer, tenant: &Tenant) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let query = tx
        .query(database::sql!("SELECT activity FROM directory_audit WHERE tenant_id = $1 ORDER BY at, id"))
        .bind(tenant.id);
    let rows: Vec<(String,)> = query.fetch_all().await.expect("rows");
    rows.into_iter().map(|(activity,)| activity).filter(|name| name != "Add service principal").collect()
}

/// The ticket in a link, and what is stored of it.
fn ticket(invited: &Value) -> (String, crate::platform::SecretHash) {
    use crate::platform::{Secret, SecretKind};
    let url = invited["inviteRedeemUrl"].as_str().expect("a link");
    let text = url.split_once("ticket=").expect("a ticket").1.to_owned();
    let secret = Secret::parse(SecretKind::InvitationTicket, &text).expect("our own ticket");
    (text, secret.hash())
}
