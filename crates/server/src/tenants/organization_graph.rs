//! `organization` (Graph), and beside it what Graph v1.0 has no place for.

use super::organization::{OrganizationChange, change_organization, check_may_change, get_organization, version};
use super::profile::{Entry, PROPERTIES, ProfileProperty};
use super::{Tenant, domains, settings};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::query::{Few, Property, Resource, Selection};
use crate::graph::{Caller, Error, Segment, etag, resource};
use crate::platform::clock::rfc3339;
use crate::platform::ids::TenantId;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What may be selected of an organisation.
static ORGANIZATION: Resource = Resource {
    type_name: "organization",
    id: "id",
    properties: &[
        Property::new("assignedPlans").by_default(),
        Property::new("businessPhones").by_default(),
        Property::new("city").by_default(),
        Property::new("country").by_default(),
        Property::new("countryLetterCode").by_default(),
        Property::new("createdDateTime").by_default(),
        Property::new("defaultUsageLocation").by_default(),
        Property::new("deletedDateTime").by_default(),
        Property::new("displayName").by_default(),
        Property::new("id").by_default(),
        Property::new("marketingNotificationEmails").by_default(),
        Property::new("mobileDeviceManagementAuthority").by_default(),
        Property::new("onPremisesLastSyncDateTime").by_default(),
        Property::new("onPremisesSyncEnabled").by_default(),
        Property::new("partnerTenantType").by_default(),
        Property::new("postalCode").by_default(),
        Property::new("preferredLanguage").by_default(),
        Property::new("privacyProfile").by_default(),
        Property::new("provisionedPlans").by_default(),
        Property::new("securityComplianceNotificationMails").by_default(),
        Property::new("securityComplianceNotificationPhones").by_default(),
        Property::new("state").by_default(),
        Property::new("street").by_default(),
        Property::new("technicalNotificationMails").by_default(),
        Property::new("tenantType").by_default(),
        Property::new("verifiedDomains").by_default(),
    ],
};

/// The routes of the organisation.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/v1.0/organization", get(list))
        .route("/v1.0/organization/{organization}", get(one).patch(change))
        .route("/vestibule/v1/organization", get(show_ours).patch(change_ours))
}

/// `GET /organization`: the caller's own, as a list of one.
async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let tenant = get_organization(&server, &caller).await?;
    let few = Few::read(&ORGANIZATION, &uri, &headers)?;
    let body = write(&server, &caller, &tenant, &few.whole()).await?;
    few.answer(&server, caller.tenant, "organization", vec![body])
}

/// `GET /organization/{id}`
async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    let tenant = get_organization(&server, &caller).await?;
    let selection = Selection::of_one(&ORGANIZATION, &uri)?;
    check_own(&caller, &key)?;
    let body = write(&server, &caller, &tenant, &selection).await?;
    let context = format!("{}/$entity", selection.context("organization"));
    Ok(resource::entity(&server, StatusCode::OK, &context, body))
}

/// `PATCH /organization/{id}`
async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    headers: HeaderMap,
    mut body: Object,
) -> Result<Response, Error> {
    // What is refused to everybody is refused before the organisation is looked for.
    check_may_change(&caller)?;
    check_own(&caller, &key)?;
    body.take_own_id(&caller.tenant)?;
    let expected = etag::if_match(&headers)?;
    let mut change = OrganizationChange { of_whole: expected, ..OrganizationChange::default() };
    match body.take_change::<Map<String, Value>>("privacyProfile")? {
        Some(Some(profile)) => {
            let mut profile = Object(profile);
            change.privacy_statement_url = profile.take_change("statementUrl")?;
            change.contact_email = profile.take_change("contactEmail")?;
            profile.finish()?;
        }
        Some(None) => (change.privacy_statement_url, change.contact_email) = (Some(None), Some(None)),
        None => {}
    }
    change.preferred_language = body.take_not_null("preferredLanguage")?;
    change.technical_mails = body.take_or_default("technicalNotificationMails")?;
    change.profile = take_profile(&mut body)?;
    body.finish()?;
    change_organization(&server, &caller, change).await.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

async fn show_ours(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let tenant = get_organization(&server, &caller).await?;
    let body = Map::from_iter([("helpUrl".to_owned(), json!(tenant.help_url))]);
    Ok(resource::entity(&server, StatusCode::OK, "organization", body))
}

async fn change_ours(State(server): State<Arc<Server>>, caller: Caller, mut body: Object) -> Result<Response, Error> {
    let change = OrganizationChange { help_url: body.take_change("helpUrl")?, ..OrganizationChange::default() };
    body.finish()?;
    change_organization(&server, &caller, change).await?;
    Ok(resource::no_content())
}

/// A caller knows no organisation but their own.
fn check_own(caller: &Caller, key: &str) -> Result<(), Error> {
    let is_own = key.parse::<TenantId>().is_ok_and(|id| id == caller.tenant);
    if is_own { Ok(()) } else { Err(Error::not_found(key)) }
}

/// Takes every property of the profile that a change names.
fn take_profile(body: &mut Object) -> Result<Vec<(&'static ProfileProperty, Entry)>, Error> {
    let mut taken = Vec::new();
    for property in PROPERTIES {
        let entry = if property.is_list() {
            body.take_or_default(property.name)?.map(Entry::List)
        } else {
            body.take_change(property.name)?.map(Entry::Text)
        };
        taken.extend(entry.map(|entry| (property, entry)));
    }
    Ok(taken)
}

/// Whether a caller is shown a property. What stands on no page for guests is left out for them: Graph has no null for lists.
fn is_shown(caller: &Caller, name: &str) -> bool {
    caller.sees_others() || (name != "technicalNotificationMails" && ProfileProperty::named(name).is_none())
}

async fn write(
    server: &Server,
    caller: &Caller,
    tenant: &Tenant,
    selection: &Selection,
) -> Result<Map<String, Value>, Error> {
    let mut tx = server.read().await?;
    let domains = domains(&mut tx, server, tenant.id).await?;
    let settings = settings(&mut tx, server, tenant.id).await?;
    let property = |name: &str| match name {
        "preferredLanguage" => json!(settings.notification_language),
        _ => property(tenant, &domains, name),
    };
    let shown = selection.names().iter().filter(|name| is_shown(caller, name));
    let body = shown.map(|name| ((*name).to_owned(), property(name))).collect();
    Ok(etag::tagged(version(tenant, &settings), body))
}

fn property(tenant: &Tenant, domains: &[String], name: &str) -> Value {
    match name {
        // There are no licences, and devices are not managed here.
        "assignedPlans" | "provisionedPlans" => json!([]),
        "createdDateTime" => json!(rfc3339(tenant.created_at)),
        "displayName" => json!(tenant.name),
        "id" => json!(tenant.id),
        "mobileDeviceManagementAuthority" => json!("unknown"),
        "privacyProfile" => {
            json!({ "contactEmail": tenant.contact_email, "statementUrl": tenant.privacy_statement_url })
        }
        "technicalNotificationMails" => json!(tenant.technical_notification_mails),
        "tenantType" => json!("AAD"),
        "verifiedDomains" => domains.iter().map(|domain| verified(tenant, domain)).collect(),
        // Nothing is synchronised from a directory elsewhere, and nobody asks a deleted organisation.
        _ => ProfileProperty::named(name).map_or(Value::Null, |known| tenant.profile.value(known)),
    }
}

fn verified(tenant: &Tenant, domain: &str) -> Value {
    json!({
        "name": domain,
        "isInitial": domain == tenant.initial_domain,
        "isDefault": domain == tenant.default_domain(),
        "type": "Managed",
        "capabilities": "Email",
    })
}
