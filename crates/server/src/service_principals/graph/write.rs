//! Adding, changing and removing service principals.

use super::read::entity;
use crate::Server;
use crate::applications::PrincipalKeptChange;
use crate::applications::operations::{add_first_owners, may_register};
use crate::graph::body::Object;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, Preference, Reference, etag, resource};
use crate::service_principals::ServicePrincipalChanges;
use crate::service_principals::operations::{self, Key};
use crate::service_principals::resource::SERVICE_PRINCIPAL;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;

const LOGOUT_URL: &str = "logoutUrl";
const SAML: &str = "samlSingleSignOnSettings";

/// `POST /servicePrincipals`
pub async fn add(
    State(server): State<Arc<Server>>,
    caller: Caller,
    preference: Preference,
    mut body: Object,
) -> Result<Response, Error> {
    if !may_register(&caller) {
        return Err(Error::denied());
    }
    let client = body.take("appId")?.ok_or_else(|| Error::invalid_property("appId", "it is required"))?;
    let owners = Reference::take_bound(&mut body, "owners@odata.bind")?;
    let logout_url = body.take_change::<String>(LOGOUT_URL)?;
    let changes = read_changes(body)?;
    let mut tx = server.write().await?;
    let mut principal = operations::add(&mut tx, &server, &caller, client).await?;
    if logout_url.is_some_and(|sent| sent != principal.logout_url) {
        return Err(logout_elsewhere());
    }
    if changes != ServicePrincipalChanges::default() {
        principal = operations::update(&mut tx, &server, &caller, Key::Id(principal.id), changes).await?;
    }
    let owned = (principal.id.into(), principal.display_name.as_str());
    add_first_owners(&mut tx, &server, &caller, owned, &owners).await?;
    tx.commit().await?;
    let whole = entity(&server, StatusCode::CREATED, &principal, &[], &Selection::default_of(&SERVICE_PRINCIPAL));
    Ok(preference.created(&server, &format!("servicePrincipals/{}", principal.id), whole))
}

/// `PATCH /servicePrincipals/{id}`
pub async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
    preference: Preference,
    mut body: Object,
) -> Result<Response, Error> {
    let principal = operations::find_to_write(&mut server.read().await?, &caller, key).await?;
    body.take_own_id(&principal.id)?;
    if body.take_change::<String>(LOGOUT_URL)?.is_some_and(|sent| sent != principal.logout_url) {
        return Err(logout_elsewhere());
    }
    let changes = read_changes(body)?;
    let expected = etag::if_match(&headers)?;
    let mut tx = server.write().await?;
    operations::expect_version(&mut tx, &caller, key, expected)
        .await
        .map_err(|error| etag::refusal(expected, error))?;
    operations::update(&mut tx, &server, &caller, key, changes).await?;
    tx.commit().await?;
    if !preference.wants_representation() {
        return Ok(preference.applied(resource::no_content()));
    }
    // Whoever may change more than they may see is not refused for it afterwards, and what was done has not failed because it
    // cannot be read.
    let mut tx = server.read().await?;
    match operations::get(&mut tx, &caller, key).await {
        Ok(principal) => {
            let secrets = operations::secrets(&mut tx, &principal).await?;
            let whole =
                entity(&server, StatusCode::OK, &principal, &secrets, &Selection::default_of(&SERVICE_PRINCIPAL));
            Ok(preference.applied(whole))
        }
        Err(_) => Ok(resource::no_content()),
    }
}

/// `DELETE /servicePrincipals/{id}`
pub async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let expected = etag::if_match(&headers)?;
    let deleted = operations::delete_as_read(&server, &caller, key, expected).await;
    deleted.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

/// Where the app is told that somebody has signed out is said in its registration.
fn logout_elsewhere() -> Error {
    Error::invalid_property(LOGOUT_URL, "it is that of the registration, whose web.logoutUrl is changed instead")
}

fn read_changes(mut body: Object) -> Result<ServicePrincipalChanges, Error> {
    let changes = ServicePrincipalChanges {
        account_enabled: body.take_not_null("accountEnabled")?,
        app_role_assignment_required: body.take_not_null("appRoleAssignmentRequired")?,
        kept: PrincipalKeptChange {
            alternative_names: body.take_or_default("alternativeNames")?,
            description: body.take_change("description")?,
            login_url: body.take_change("loginUrl")?,
            notes: body.take_change("notes")?,
            notification_email_addresses: body.take_or_default("notificationEmailAddresses")?,
            preferred_single_sign_on_mode: body.take_change("preferredSingleSignOnMode")?,
            tags: body.take_or_default("tags")?,
        },
    };
    if body.take::<Value>(SAML)?.is_some() {
        return Err(Error::invalid_property(SAML, "it is null: no SAML tokens are issued"));
    }
    body.finish()?;
    Ok(changes)
}
