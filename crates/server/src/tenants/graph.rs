//! The settings Graph v1.0 has no place for, and every route of tenants.

use super::change::SettingsChange;
use super::operations::Part;
use super::{
    CollaborationSettings, branding, domain_list_graph, domains_graph, external_identities_graph, methods_graph,
    operations, organization_graph, policy_graph,
};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::{Caller, Error, resource};
use crate::web::Routes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The routes of the settings.
pub fn routes() -> Routes {
    Routes::new()
        .route("/vestibule/v1/collaborationSettings", get(show_settings).patch(change_collaboration))
        .merge(policy_graph::routes())
        .merge(methods_graph::routes())
        .merge(domain_list_graph::routes())
        .merge(external_identities_graph::routes())
        .merge(domains_graph::routes())
        .merge(branding::routes())
        .merge(organization_graph::routes())
}

async fn show_settings(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let settings = operations::get_settings(&server, &caller, Part::Collaboration).await?;
    Ok(resource::entity(&server, StatusCode::OK, "collaborationSettings", resource::object(collaboration(&settings))))
}

async fn change_collaboration(
    State(server): State<Arc<Server>>,
    caller: Caller,
    mut body: Object,
) -> Result<Response, Error> {
    let mut list = Object(body.take_not_null::<Map<String, Value>>("domainList")?.unwrap_or_default());
    let change = SettingsChange {
        domain_list_kind: list.take_not_null("kind")?,
        listed_domains: list.take_or_default("domains")?,
        landing_addresses: body.take_not_null("landingAddresses")?,
        extra_landing_addresses: body.take_or_default("extraLandingAddresses")?,
        wide_addresses: body.take_not_null("wideAddresses")?,
        invitation_lifetime_days: body.take_change("invitationLifetimeDays")?,
        notification_language: body.take_not_null("notificationLanguage")?,
        privileged_roles_for_guests: body.take_not_null("privilegedRolesForGuests")?,
        ..SettingsChange::default()
    };
    list.finish()?;
    body.finish()?;
    operations::change_settings(&server, &caller, Part::Collaboration, change).await?;
    Ok(resource::no_content())
}

fn collaboration(settings: &CollaborationSettings) -> Value {
    json!({
        "domainList": { "kind": settings.domain_list_kind, "domains": settings.listed_domains.0 },
        "landingAddresses": settings.landing_addresses,
        "extraLandingAddresses": settings.extra_landing_addresses.0,
        "wideAddresses": settings.wide_addresses,
        "invitationLifetimeDays": settings.lifetime().map(|lifetime| lifetime.as_secs() / (24 * 60 * 60)),
        "notificationLanguage": settings.notification_language,
        "privilegedRolesForGuests": settings.privileged_roles_for_guests,
    })
}
