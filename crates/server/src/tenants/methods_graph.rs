//! `policies/authenticationMethodsPolicy` (Graph): by which methods people sign in.
//!
//! One method can be decided about: codes by mail for guests. Members sign in with a password, which Graph has no configuration
//! for.

use super::change::SettingsChange;
use super::graph::object;
use super::operations::{Part, change_settings, check_may_change, check_may_read, get_settings};
use super::{CollaborationSettings, PasscodesForGuests};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::page::Page;
use crate::graph::{Caller, Error, Segment, resource};
use crate::web::Routes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const CONFIGURATIONS: &str = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations";
const METHODS: &str = "authenticationMethodConfigurations";
const KIND: &str = "#microsoft.graph.emailAuthenticationMethodConfiguration";
/// Whether members get codes by mail to set a new password; here they never do.
const STATE: &str = "disabled";

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/policies/authenticationMethodsPolicy", get(show).patch(change_policy))
        .route("/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations", get(list))
        .route(
            "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
            get(one).patch(change).delete(reset),
        )
}

async fn show(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let settings = get_settings(&server, &caller, Part::Methods).await?;
    let mut body = fixed();
    body.insert(METHODS.to_owned(), json!([email(&settings)]));
    let context = "policies/authenticationMethodsPolicy/$entity";
    Ok(resource::entity(&server, StatusCode::OK, context, body))
}

/// `PATCH /policies/authenticationMethodsPolicy`: the methods inside of it are changed as they are each by itself.
async fn change_policy(State(server): State<Arc<Server>>, caller: Caller, mut body: Object) -> Result<Response, Error> {
    check_may_change(&caller, Part::Methods)?;
    let mut methods = body.take_not_null::<Vec<Map<String, Value>>>(METHODS)?.unwrap_or_default();
    for (name, value) in fixed() {
        if body.0.remove(&name).is_some_and(|sent| sent != value) {
            let message =
                format!("Invalid value specified for property '{name}': it is {value} here, and nothing else.");
            return Err(Error::bad_request(message).with_target(name));
        }
    }
    body.finish()?;
    let method = methods.pop();
    if !methods.is_empty() {
        return Err(Error::invalid_property(METHODS, "there is one method, Email"));
    }
    if let Some(method) = method {
        change_settings(&server, &caller, Part::Methods, read(Object(method))?).await?;
    }
    Ok(resource::no_content())
}

/// What of the policy has one value.
fn fixed() -> Map<String, Value> {
    object(json!({
        "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "The tenant-wide policy that controls which authentication methods are allowed in the tenant.",
        "lastModifiedDateTime": null,
        "policyMigrationState": "migrationComplete",
        "policyVersion": "1.5",
        "reconfirmationInDays": null,
        "registrationEnforcement": null,
    }))
}

async fn list(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let settings = get_settings(&server, &caller, Part::Methods).await?;
    let items = vec![email(&settings)];
    Ok(Page { context: CONFIGURATIONS.to_owned(), items, count: None, next: None }.respond(&server))
}

async fn one(State(server): State<Arc<Server>>, caller: Caller, Segment(method): Segment) -> Result<Response, Error> {
    check_may_read(&caller, Part::Methods)?;
    check_method(&method)?;
    let settings = get_settings(&server, &caller, Part::Methods).await?;
    Ok(resource::entity(&server, StatusCode::OK, &format!("{CONFIGURATIONS}/$entity"), email(&settings)))
}

async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(method): Segment,
    body: Object,
) -> Result<Response, Error> {
    check_may_change(&caller, Part::Methods)?;
    check_method(&method)?;
    change_settings(&server, &caller, Part::Methods, read(body)?).await?;
    Ok(resource::no_content())
}

/// `DELETE` brings the configuration back to what it was at first.
async fn reset(State(server): State<Arc<Server>>, caller: Caller, Segment(method): Segment) -> Result<Response, Error> {
    check_may_change(&caller, Part::Methods)?;
    check_method(&method)?;
    let change =
        SettingsChange { passcodes_for_guests: Some(PasscodesForGuests::Default), ..SettingsChange::default() };
    change_settings(&server, &caller, Part::Methods, change).await?;
    Ok(resource::no_content())
}

/// The id of a configuration, whose case does not matter.
fn check_method(method: &str) -> Result<(), Error> {
    if method.eq_ignore_ascii_case("Email") { Ok(()) } else { Err(Error::not_found(method)) }
}

fn read(mut body: Object) -> Result<SettingsChange, Error> {
    match body.take::<String>("@odata.type")? {
        Some(kind) if kind == KIND => {}
        Some(kind) => return Err(Error::invalid_property("@odata.type", format!("{kind} is not {KIND}"))),
        None => return Err(Error::invalid_property("@odata.type", format!("it is required, as {KIND}"))),
    }
    let change = SettingsChange {
        passcodes_for_guests: body.take_not_null("allowExternalIdToUseEmailOtp")?,
        ..SettingsChange::default()
    };
    for (name, fixed) in
        [("id", json!("Email")), ("state", json!(STATE)), ("excludeTargets", json!([])), ("includeTargets", targets())]
    {
        if body.0.remove(name).is_some_and(|value| value != fixed) {
            let message =
                format!("Invalid value specified for property '{name}': it is {fixed} here, and nothing else.");
            return Err(Error::bad_request(message).with_target(name));
        }
    }
    body.finish()?;
    Ok(change)
}

fn targets() -> Value {
    json!([{ "targetType": "group", "id": "all_users", "isRegistrationRequired": false }])
}

fn email(settings: &CollaborationSettings) -> Map<String, Value> {
    object(json!({
        "@odata.type": KIND,
        "id": "Email",
        "state": STATE,
        "allowExternalIdToUseEmailOtp": settings.passcodes_for_guests,
        "excludeTargets": [],
        "includeTargets": targets(),
    }))
}
