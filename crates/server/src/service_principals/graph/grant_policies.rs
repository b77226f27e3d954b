//! `policies/permissionGrantPolicies` (Graph): what each policy lets people consent to. The server brings them along, and obeys
//! them as [`crate::service_principals::grants::may_consent`] does; others cannot be made.

use crate::Server;
use crate::graph::page::Page;
use crate::graph::{Caller, Error, Segment, permission, resource};
use crate::service_principals::directory_scopes;
use crate::service_principals::grants::LOW;
use crate::tenants::ConsentPolicy;
use crate::tenants::operations::{Part, check_may_read};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const POLICIES: &str = "policies/permissionGrantPolicies";

/// What stands in front of the id of a policy where it is assigned to people.
const ASSIGNED: &str = "ManagePermissionGrantsForSelf.";

/// `GET /policies/permissionGrantPolicies`
pub async fn list(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    check_may_read(&caller, Part::Authorization)?;
    let items = ConsentPolicy::ALL.iter().map(|policy| write(*policy)).collect();
    Ok(Page { context: POLICIES.to_owned(), items, count: None, next: None }.respond(&server))
}

/// `GET /policies/permissionGrantPolicies/{id}`
pub async fn one(State(server): State<Arc<Server>>, caller: Caller, Segment(id): Segment) -> Result<Response, Error> {
    let policy = find(&caller, &id)?;
    Ok(resource::entity(&server, StatusCode::OK, &format!("{POLICIES}/$entity"), write(policy)))
}

/// `GET /policies/permissionGrantPolicies/{id}/includes`
pub async fn includes(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Response, Error> {
    let policy = find(&caller, &id)?;
    let context = format!("{POLICIES}('{}')/includes", name(policy));
    Ok(Page { context, items: vec![included(policy)], count: None, next: None }.respond(&server))
}

/// `GET /policies/permissionGrantPolicies/{id}/excludes`: none of the policies takes anything back.
pub async fn excludes(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Response, Error> {
    let policy = find(&caller, &id)?;
    let context = format!("{POLICIES}('{}')/excludes", name(policy));
    Ok(Page { context, items: Vec::new(), count: None, next: None }.respond(&server))
}

fn find(caller: &Caller, id: &str) -> Result<ConsentPolicy, Error> {
    check_may_read(caller, Part::Authorization)?;
    let found = ConsentPolicy::ALL.iter().copied().find(|policy| name(*policy).eq_ignore_ascii_case(id));
    found.ok_or_else(|| Error::not_found(id))
}

/// The id of a policy, `microsoft-user-default-low`.
fn name(policy: ConsentPolicy) -> &'static str {
    policy.as_str().trim_start_matches(ASSIGNED)
}

fn write(policy: ConsentPolicy) -> Map<String, Value> {
    let (display_name, description) = match policy {
        ConsentPolicy::Low => ("Default User Low Risk Policy", "What tells an app no more than who somebody is."),
        ConsentPolicy::Recommended => {
            ("Microsoft User Default Recommended Policy", "What is recommended: today, to tell an app who somebody is.")
        }
        ConsentPolicy::Legacy => ("Default User Legacy Policy", "Every permission that needs no administrator."),
    };
    let properties = [
        ("deletedDateTime", Value::Null),
        ("description", json!(description)),
        ("displayName", json!(display_name)),
        ("excludes", json!([])),
        ("id", json!(name(policy))),
        ("includes", json!([included(policy)])),
    ];
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The one set of conditions of a policy, in Graph's words. Apps have no publishers here: all of them are meant.
fn included(policy: ConsentPolicy) -> Map<String, Value> {
    let (id, classification, resource, permissions) = match policy {
        ConsentPolicy::Low => ("7b6d1c52-0f0e-4d0b-9a39-0d3f4f6f2a01", "low", directory_api(), low()),
        ConsentPolicy::Recommended => ("7b6d1c52-0f0e-4d0b-9a39-0d3f4f6f2a02", "low", directory_api(), low()),
        ConsentPolicy::Legacy => ("7b6d1c52-0f0e-4d0b-9a39-0d3f4f6f2a03", "all", json!("any"), json!(["all"])),
    };
    let all = json!(["all"]);
    let properties = [
        ("clientApplicationIds", all.clone()),
        ("clientApplicationPublisherIds", all.clone()),
        ("clientApplicationTenantIds", all),
        ("clientApplicationsFromVerifiedPublisherOnly", json!(false)),
        ("id", json!(id)),
        ("permissionClassification", json!(classification)),
        ("permissionType", json!("delegatedUserConsentable")),
        ("permissions", permissions),
        ("resourceApplication", resource),
    ];
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn directory_api() -> Value {
    json!(permission::RESOURCE)
}

/// The ids of the permissions that tell no more than who somebody is.
fn low() -> Value {
    directory_scopes().iter().filter(|scope| LOW.contains(&scope.value.as_str())).map(|scope| json!(scope.id)).collect()
}
