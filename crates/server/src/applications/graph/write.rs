//! Registering, changing and deleting applications.

use super::keys;
use super::read::{entity, whole};
use super::wire::{ACCESS_TOKEN_VERSION, Credentials};
use crate::Server;
use crate::applications::operations::{self, Key};
use crate::applications::resource::APPLICATION;
use crate::applications::{
    ApplicationError, Changes, ExposedScope, GroupClaim, NewApplication, OptionalClaim, OptionalClaimsChange,
    group_claims,
};
use crate::extensions::{self, TargetObject, ValueChange};
use crate::graph::body::Object;
use crate::graph::query::{Expansions, Selection};
use crate::graph::{Caller, Error, Preference, etag, resource};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Deserializer};
use std::sync::Arc;

/// `POST /applications`: the registration alone, without a service principal.
pub async fn register(
    State(server): State<Arc<Server>>,
    caller: Caller,
    preference: Preference,
    mut body: Object,
) -> Result<Response, Error> {
    if !operations::may_register(&caller) {
        return Err(Error::denied());
    }
    let extensions = extensions::take(&server, caller.tenant, TargetObject::Application, &mut body).await?;
    let mut properties = read_changes(body, extensions)?;
    let display_name =
        properties.display_name.take().ok_or_else(|| Error::invalid_property("displayName", "it is required"))?;
    let mut tx = server.write().await?;
    let new = NewApplication { display_name, properties };
    let application = operations::register(&mut tx, &server, &caller, new).await?;
    tx.commit().await?;
    let (none, selection) = (Credentials::default(), Selection::default_of(&APPLICATION));
    let whole = entity(&server, StatusCode::CREATED, &application, &none, &selection);
    Ok(preference.created(&server, &format!("applications/{}", application.id), whole))
}

/// `PATCH /applications/{id}`
pub async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
    preference: Preference,
    mut body: Object,
) -> Result<Response, Error> {
    let application = operations::get_to_write(&mut server.read().await?, &caller, key).await?;
    body.take_own_id(&application.id)?;
    let certificates = keys::read_all(&mut body)?;
    let has_more = body.0.keys().any(|name| !name.contains('@'));
    let extensions = extensions::take(&server, caller.tenant, TargetObject::Application, &mut body).await?;
    let changes = read_changes(body, extensions)?;
    let expected = etag::if_match(&headers)?;
    let mut tx = server.write().await?;
    operations::expect_version(&mut tx, &caller, key, expected)
        .await
        .map_err(|error| etag::refusal(expected, error))?;
    if let Some(certificates) = certificates {
        operations::set_keys(&mut tx, &server, &caller, key, certificates).await?;
    }
    if has_more {
        operations::update(&mut tx, &server, &caller, key, changes).await?;
    } else {
        operations::get_to_write(&mut tx, &caller, key).await?;
    }
    tx.commit().await?;
    if !preference.wants_representation() {
        return Ok(preference.applied(resource::no_content()));
    }
    // Whoever may change more than they may see is not refused for it afterwards.
    match whole(&server, &caller, key, &(Selection::default_of(&APPLICATION), Expansions::default())).await {
        Ok(response) => Ok(preference.applied(response)),
        Err(_) => Ok(resource::no_content()),
    }
}

/// `DELETE /applications/{id}`
pub async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let expected = etag::if_match(&headers)?;
    let mut tx = server.write().await?;
    operations::expect_version(&mut tx, &caller, key, expected)
        .await
        .map_err(|error| etag::refusal(expected, error))?;
    operations::delete(&mut tx, &server, &caller, key).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// `web` as it is sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::option_option, reason = "absent, null and a value mean three things in a PATCH")]
struct Web {
    redirect_uris: Option<Vec<String>>,
    #[serde(deserialize_with = "present")]
    home_page_url: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    logout_url: Option<Option<String>>,
    implicit_grant_settings: Option<ImplicitGrant>,
}

/// `web.implicitGrantSettings` as it is sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct ImplicitGrant {
    enable_access_token_issuance: Option<bool>,
    enable_id_token_issuance: Option<bool>,
}

/// `spa` and `publicClient` as they are sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Redirects {
    redirect_uris: Option<Vec<String>>,
}

/// `api` as it is sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Api {
    oauth2_permission_scopes: Option<Vec<ExposedScope>>,
    requested_access_token_version: Option<i64>,
}

/// Tells null from absence: what is there is read, and `None` remains for what is not.
#[expect(clippy::option_option, reason = "absent, null and a value mean three things in a PATCH")]
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Reads every property that can be changed and refuses the others by name. What a complex property leaves out stays.
fn read_changes(mut body: Object, extensions: Vec<ValueChange>) -> Result<Changes, Error> {
    let web = body.take::<Web>("web")?.unwrap_or_default();
    let api = body.take::<Api>("api")?.unwrap_or_default();
    let changes = Changes {
        display_name: body.take("displayName")?,
        description: body.take_change("description")?,
        sign_in_audience: body.take("signInAudience")?,
        identifier_uris: body.take("identifierUris")?,
        spa_redirect_uris: body.take::<Redirects>("spa")?.and_then(|spa| spa.redirect_uris),
        public_redirect_uris: body.take::<Redirects>("publicClient")?.and_then(|client| client.redirect_uris),
        app_roles: body.take("appRoles")?,
        required_resource_access: body.take("requiredResourceAccess")?,
        web_redirect_uris: web.redirect_uris,
        home_page_url: web.home_page_url,
        logout_url: web.logout_url,
        exposed_scopes: api.oauth2_permission_scopes,
        group_membership_claims: take_group_claims(&mut body)?,
        optional_claims: take_optional_claims(&mut body)?,
        signing_algorithm: None,
        extensions,
    };
    body.finish()?;
    check_implicit(web.implicit_grant_settings.as_ref())?;
    match api.requested_access_token_version {
        None | Some(ACCESS_TOKEN_VERSION) => Ok(changes),
        Some(_) => Err(Error::invalid_property("api", "requestedAccessTokenVersion is 2, no other version is issued")),
    }
}

/// `optionalClaims` as it is sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct SentClaims {
    id_token: Option<Vec<OptionalClaim>>,
    access_token: Option<Vec<OptionalClaim>>,
    saml2_token: Option<Vec<OptionalClaim>>,
}

/// A list that is left out stays; null leaves nothing.
fn take_optional_claims(body: &mut Object) -> Result<Option<OptionalClaimsChange>, Error> {
    const PROPERTY: &str = "optionalClaims";
    let Some(sent) = body.take_change::<SentClaims>(PROPERTY)? else { return Ok(None) };
    let Some(sent) = sent else {
        return Ok(Some(OptionalClaimsChange { id_token: Some(Vec::new()), access_token: Some(Vec::new()) }));
    };
    if sent.saml2_token.is_some_and(|claims| !claims.is_empty()) {
        return Err(Error::invalid_property(PROPERTY, "saml2Token is empty: no SAML tokens are issued"));
    }
    Ok(Some(OptionalClaimsChange { id_token: sent.id_token, access_token: sent.access_token }))
}

fn take_group_claims(body: &mut Object) -> Result<Option<Vec<GroupClaim>>, Error> {
    let Some(text) = body.take_change::<String>("groupMembershipClaims")? else { return Ok(None) };
    let claims = text.map(|text| group_claims::parse(&text)).transpose().map_err(ApplicationError::from)?;
    Ok(Some(claims.unwrap_or_default()))
}

fn check_implicit(settings: Option<&ImplicitGrant>) -> Result<(), Error> {
    let asked = |switch: Option<bool>| switch == Some(true);
    let wanted = settings.is_some_and(|s| asked(s.enable_access_token_issuance) || asked(s.enable_id_token_issuance));
    if wanted {
        let problem = "implicitGrantSettings cannot be switched on: tokens come from the token endpoint only";
        return Err(Error::invalid_property("web", problem));
    }
    Ok(())
}
