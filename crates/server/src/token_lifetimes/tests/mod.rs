//! Policies of how long tokens are good, by the API.

mod applied;
mod expanded;
mod given;
mod policies;

use super::definition_of;
use crate::graph::{Caller, Permission};
use crate::platform::ids::TenantId;
use crate::testing::{Answer, TestServer};
use axum::http::Method;
use serde_json::{Value, json};

/// Where policies are.
pub const POLICIES: &str = "/v1.0/policies/tokenLifetimePolicies";

/// A program that manages policies and apps.
pub fn manager(server: &TestServer, tenant: TenantId) -> Caller {
    let held = [Permission::PolicyReadWriteApplicationConfiguration, Permission::ApplicationReadWriteAll];
    server.application(tenant, &held)
}

/// Makes a policy that says this lifetime; its id.
pub async fn made(server: &TestServer, tenant: TenantId, lifetime: &str, is_default: bool) -> String {
    let body = json!({
        "displayName": format!("Tokens of {lifetime}"),
        "definition": [definition_of(lifetime)],
        "isOrganizationDefault": is_default,
    });
    let made = server.api_as(&manager(server, tenant), Method::POST, POLICIES, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().expect("an id").to_owned()
}

/// What names a policy in the body of a call.
pub fn named(policy: &str) -> Value {
    json!({ "@odata.id": format!("https://graph.microsoft.com{POLICIES}/{policy}") })
}

/// Gives a policy to an object, named as `applications/{id}` or `servicePrincipals/{id}`.
pub async fn give(server: &TestServer, tenant: TenantId, object: &str, policy: &str) {
    let path = format!("/v1.0/{object}/tokenLifetimePolicies/$ref");
    let given = server.api_as(&manager(server, tenant), Method::POST, &path, &named(policy)).await;
    assert_eq!(given.status, 204, "{path}: {}", given.text);
}

/// The ids of what a collection holds.
fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let objects = answer.json()["value"].as_array().cloned().expect("a collection");
    objects.iter().map(|object| object["id"].as_str().expect("an id").to_owned()).collect()
}

/// The status of a refusal, and what it names.
fn refusal(answer: &Answer) -> (u16, String) {
    let target = answer.json()["error"]["target"].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), target)
}
