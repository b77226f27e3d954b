//! `policies/authorizationPolicy` (Graph), and beside it the settings Graph v1.0 has no place for.

use super::change::SettingsChange;
use super::{CollaborationSettings, operations, organization_graph};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::{Caller, Error, resource};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The routes of the settings.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/v1.0/policies/authorizationPolicy", get(show_policy).patch(change_policy))
        .route("/vestibule/v1/collaborationSettings", get(show_settings).patch(change_collaboration))
        .merge(organization_graph::routes())
}

async fn show_policy(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let settings = operations::get_settings(&server, &caller).await?;
    let context = "policies/authorizationPolicy/$entity";
    Ok(resource::entity(&server, StatusCode::OK, context, object(policy(&settings))))
}

async fn change_policy(State(server): State<Arc<Server>>, caller: Caller, mut body: Object) -> Result<Response, Error> {
    let change = SettingsChange {
        allow_invites_from: body.take_not_null("allowInvitesFrom")?,
        guest_user_role_id: body.take_not_null("guestUserRoleId")?,
        ..SettingsChange::default()
    };
    body.finish()?;
    operations::change_settings(&server, &caller, change).await?;
    Ok(resource::no_content())
}

async fn show_settings(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let settings = operations::get_settings(&server, &caller).await?;
    Ok(resource::entity(&server, StatusCode::OK, "collaborationSettings", object(collaboration(&settings))))
}

async fn change_collaboration(
    State(server): State<Arc<Server>>,
    caller: Caller,
    mut body: Object,
) -> Result<Response, Error> {
    let mut list = Object(body.take::<Map<String, Value>>("domainList")?.unwrap_or_default());
    let change = SettingsChange {
        domain_list_kind: list.take("kind")?,
        listed_domains: list.take("domains")?,
        landing_addresses: body.take("landingAddresses")?,
        extra_landing_addresses: body.take("extraLandingAddresses")?,
        wide_addresses: body.take("wideAddresses")?,
        invitation_lifetime_days: body.take_change("invitationLifetimeDays")?,
        notification_language: body.take("notificationLanguage")?,
        ..SettingsChange::default()
    };
    list.finish()?;
    body.finish()?;
    operations::change_settings(&server, &caller, change).await?;
    Ok(resource::no_content())
}

/// The whole object as Graph has it. What cannot be changed yet has Entra's default, or what this server does.
fn policy(settings: &CollaborationSettings) -> Value {
    json!({
        "id": "authorizationPolicy",
        "displayName": "Authorization Policy",
        "description": "Used to manage authorization related settings across the company.",
        "allowInvitesFrom": settings.allow_invites_from,
        "guestUserRoleId": settings.guest_user_role_id,
        "allowedToSignUpEmailBasedSubscriptions": false,
        "allowedToUseSSPR": false,
        "allowEmailVerifiedUsersToJoinOrganization": false,
        "allowUserConsentForRiskyApps": false,
        "blockMsolPowerShell": false,
        "defaultUserRolePermissions": {
            "allowedToCreateApps": false,
            "allowedToCreateSecurityGroups": false,
            "allowedToCreateTenants": false,
            "allowedToReadBitlockerKeysForOwnedDevice": false,
            "allowedToReadOtherUsers": true,
            "permissionGrantPoliciesAssigned": [],
        },
    })
}

fn collaboration(settings: &CollaborationSettings) -> Value {
    json!({
        "domainList": { "kind": settings.domain_list_kind, "domains": settings.listed_domains.0 },
        "landingAddresses": settings.landing_addresses,
        "extraLandingAddresses": settings.extra_landing_addresses.0,
        "wideAddresses": settings.wide_addresses,
        "invitationLifetimeDays": settings.lifetime().map(|lifetime| lifetime.as_secs() / (24 * 60 * 60)),
        "notificationLanguage": settings.notification_language,
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
