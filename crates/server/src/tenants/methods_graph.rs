//! `policies/authenticationMethodsPolicy` (Graph): by which methods people sign in.
//!
//! One method can be decided about: codes by mail for guests. Members sign in with a password, which Graph has no configuration
//! for.

use super::change::SettingsChange;
use super::operations::{Part, change_settings, check_may_change, check_may_read, get_settings};
use super::{CollaborationSettings, PasscodesForGuests};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::query::{Few, Property, Resource, Selection};
use crate::graph::resource::{self, object};
use crate::graph::{Caller, Error, Segment, etag};
use crate::web::Routes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const CONFIGURATIONS: &str = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations";
const METHODS: &str = "authenticationMethodConfigurations";
const KIND: &str = "#microsoft.graph.emailAuthenticationMethodConfiguration";
/// Whether members get codes by mail to set a new password; here they never do.
const STATE: &str = "disabled";

/// What may be selected of the policy.
static METHODS_POLICY: Resource = Resource {
    type_name: "authenticationMethodsPolicy",
    id: "id",
    properties: &[
        Property::new("authenticationMethodConfigurations").by_default(),
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("id").by_default(),
        Property::new("lastModifiedDateTime").by_default(),
        Property::new("policyMigrationState").by_default(),
        Property::new("policyVersion").by_default(),
        Property::new("reconfirmationInDays").by_default(),
        Property::new("registrationEnforcement").by_default(),
    ],
};

/// What may be selected of a method, and what it is found by.
static METHOD: Resource = Resource {
    type_name: "emailAuthenticationMethodConfiguration",
    id: "id",
    properties: &[
        Property::new("allowExternalIdToUseEmailOtp").by_default(),
        Property::new("excludeTargets").by_default(),
        Property::new("id").by_default(),
        Property::new("includeTargets").by_default(),
        Property::new("state").by_default(),
    ],
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/policies/authenticationMethodsPolicy", get(show).patch(change_policy))
        .route("/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations", get(list))
        .route(
            "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
            get(one).patch(change).delete(reset),
        )
}

async fn show(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let settings = get_settings(&server, &caller, Part::Methods).await?;
    let selection = Selection::of_one(&METHODS_POLICY, &uri)?;
    let mut body = etag::tagged(settings.version, fixed());
    body.insert(METHODS.to_owned(), json!([email(&settings)]));
    Ok(selection.answer(&server, "policies/authenticationMethodsPolicy", body))
}

/// `PATCH /policies/authenticationMethodsPolicy`: the methods inside of it are changed as they are each by itself.
async fn change_policy(
    State(server): State<Arc<Server>>,
    caller: Caller,
    headers: HeaderMap,
    mut body: Object,
) -> Result<Response, Error> {
    check_may_change(&caller, Part::Methods)?;
    let expected = etag::if_match(&headers)?;
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
    match method {
        Some(method) => store(&server, &caller, expected, read(Object(method))?).await,
        None => Ok(resource::no_content()),
    }
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

async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let settings = get_settings(&server, &caller, Part::Methods).await?;
    let few = Few::read(&METHOD, &uri, &headers)?;
    few.answer(&server, caller.tenant, CONFIGURATIONS, vec![email(&settings)])
}

async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(method): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    check_may_read(&caller, Part::Methods)?;
    check_method(&method)?;
    let selection = Selection::of_one(&METHOD, &uri)?;
    let settings = get_settings(&server, &caller, Part::Methods).await?;
    Ok(selection.answer(&server, CONFIGURATIONS, email(&settings)))
}

async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(method): Segment,
    headers: HeaderMap,
    body: Object,
) -> Result<Response, Error> {
    check_may_change(&caller, Part::Methods)?;
    check_method(&method)?;
    store(&server, &caller, etag::if_match(&headers)?, read(body)?).await
}

/// `DELETE` brings the configuration back to what it was at first.
async fn reset(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(method): Segment,
    headers: HeaderMap,
) -> Result<Response, Error> {
    check_may_change(&caller, Part::Methods)?;
    check_method(&method)?;
    let change =
        SettingsChange { passcodes_for_guests: Some(PasscodesForGuests::Default), ..SettingsChange::default() };
    store(&server, &caller, etag::if_match(&headers)?, change).await
}

/// Makes a change, of the version that the caller has read if they name one.
async fn store(
    server: &Server,
    caller: &Caller,
    expected: Option<i64>,
    change: SettingsChange,
) -> Result<Response, Error> {
    let change = SettingsChange { of_version: expected, ..change };
    let changed = change_settings(server, caller, Part::Methods, change).await;
    changed.map_err(|error| etag::refusal(expected, error))?;
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
    let configuration = object(json!({
        "@odata.type": KIND,
        "id": "Email",
        "state": STATE,
        "allowExternalIdToUseEmailOtp": settings.passcodes_for_guests,
        "excludeTargets": [],
        "includeTargets": targets(),
    }));
    etag::tagged(settings.version, configuration)
}
