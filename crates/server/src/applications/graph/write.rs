//! Registering, changing and deleting applications.

use super::read::{entity, whole};
use super::wire::{ACCESS_TOKEN_VERSION, Credentials};
use super::{details, keys};
use crate::Server;
use crate::applications::operations::{self, Key};
use crate::applications::resource::APPLICATION;
use crate::applications::{
    ApplicationError, Changes, ExposedScope, GroupClaim, NewApplication, OptionalClaim, OptionalClaimsChange,
    PreAuthorizedApplication, RedirectUriSettings, group_claims,
};
use crate::extensions::{self, TargetObject, ValueChange};
use crate::graph::body::Object;
use crate::graph::query::{Expansions, Selection};
use crate::graph::{Caller, Error, Preference, Reference, etag, resource};
use crate::platform::ids::ClientId;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use std::sync::Arc;

/// Where the body of a new application names its owners.
const OWNERS: &str = "owners@odata.bind";

const UNIQUE_NAME: &str = "uniqueName";

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
    let owners = Reference::take_bound(&mut body, OWNERS)?;
    let unique_name = body.take_not_null(UNIQUE_NAME)?;
    let certificates = keys::read_all(&mut body)?.unwrap_or_default();
    let mut properties = read_changes(body, extensions)?;
    properties.unique_name = unique_name;
    let display_name =
        properties.display_name.take().ok_or_else(|| Error::invalid_property("displayName", "it is required"))?;
    let mut tx = server.write().await?;
    let new = NewApplication { display_name, properties };
    let application = operations::register(&mut tx, &server, &caller, new).await?;
    let owned = (application.id.into(), application.display_name.as_str());
    operations::add_first_owners(&mut tx, &server, &caller, owned, &owners).await?;
    let held = if certificates.is_empty() {
        Vec::new()
    } else {
        operations::set_keys(&mut tx, &server, &caller, Key::Id(application.id), certificates).await?;
        operations::certificates(&mut tx, &application).await?
    };
    tx.commit().await?;
    let credentials = Credentials { keys: held.iter().collect(), ..Credentials::default() };
    let selection = Selection::default_of(&APPLICATION);
    let whole = entity(&server, StatusCode::CREATED, &application, &credentials, &selection).await?;
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
    if body.take_change::<String>(UNIQUE_NAME)?.is_some_and(|sent| sent != application.unique_name) {
        let problem = "it is set when the application is made and not changed";
        return Err(Error::invalid_property(UNIQUE_NAME, problem));
    }
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
    // Whoever may change more than they may see is not refused for it afterwards, and what was done has not failed because it
    // cannot be read.
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
    let deleted = operations::delete_as_read(&server, &caller, key, expected).await;
    deleted.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

/// `web` as it is sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::option_option, reason = "absent, null and a value mean three things in a PATCH")]
struct Web {
    #[serde(deserialize_with = "list")]
    redirect_uris: Option<Vec<String>>,
    #[serde(deserialize_with = "list")]
    redirect_uri_settings: Option<Vec<RedirectUriSettings>>,
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
    #[serde(deserialize_with = "list")]
    redirect_uris: Option<Vec<String>>,
}

/// `api` as it is sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::option_option, reason = "absent, null and a value mean three things in a PATCH")]
struct Api {
    #[serde(deserialize_with = "list")]
    oauth2_permission_scopes: Option<Vec<ExposedScope>>,
    #[serde(deserialize_with = "list")]
    pre_authorized_applications: Option<Vec<PreAuthorizedApplication>>,
    #[serde(deserialize_with = "list")]
    known_client_applications: Option<Vec<ClientId>>,
    #[serde(deserialize_with = "present")]
    accept_mapped_claims: Option<Option<bool>>,
    requested_access_token_version: Option<i64>,
}

/// A complex value that null takes back to what it is at first.
pub(super) trait Complex: DeserializeOwned + Default {
    /// The change that does so.
    fn cleared() -> Self;
}

impl Complex for Web {
    fn cleared() -> Self {
        let nothing = Some(None);
        Self {
            redirect_uris: Some(Vec::new()),
            redirect_uri_settings: Some(Vec::new()),
            home_page_url: nothing.clone(),
            logout_url: nothing,
            implicit_grant_settings: None,
        }
    }
}

impl Complex for Redirects {
    fn cleared() -> Self {
        Self { redirect_uris: Some(Vec::new()) }
    }
}

impl Complex for Api {
    fn cleared() -> Self {
        Self {
            oauth2_permission_scopes: Some(Vec::new()),
            pre_authorized_applications: Some(Vec::new()),
            known_client_applications: Some(Vec::new()),
            accept_mapped_claims: Some(None),
            requested_access_token_version: None,
        }
    }
}

/// Takes a complex value out. What it leaves out stays.
pub(super) fn take_complex<T: Complex>(body: &mut Object, name: &'static str) -> Result<T, Error> {
    Ok(match body.take_change::<T>(name)? {
        Some(sent) => sent.unwrap_or_else(T::cleared),
        None => T::default(),
    })
}

/// Tells null from absence: what is there is read, and `None` remains for what is not.
#[expect(clippy::option_option, reason = "absent, null and a value mean three things in a PATCH")]
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Reads a list whose null is an empty one; `None` remains for what is not there.
fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Vec<T>>, D::Error> {
    Option::deserialize(deserializer).map(|list: Option<Vec<T>>| Some(list.unwrap_or_default()))
}

/// Reads every property that can be changed and refuses the others by name. What a complex property leaves out stays; null
/// empties a list, and takes a complex property back to what it is at first.
fn read_changes(mut body: Object, extensions: Vec<ValueChange>) -> Result<Changes, Error> {
    let web: Web = take_complex(&mut body, "web")?;
    let api: Api = take_complex(&mut body, "api")?;
    let changes = Changes {
        display_name: body.take_not_null("displayName")?,
        description: body.take_change("description")?,
        sign_in_audience: body.take_not_null("signInAudience")?,
        identifier_uris: body.take_or_default("identifierUris")?,
        spa_redirect_uris: take_complex::<Redirects>(&mut body, "spa")?.redirect_uris,
        public_redirect_uris: take_complex::<Redirects>(&mut body, "publicClient")?.redirect_uris,
        app_roles: body.take_or_default("appRoles")?,
        required_resource_access: body.take_or_default("requiredResourceAccess")?,
        web_redirect_uris: web.redirect_uris,
        redirect_settings: web.redirect_uri_settings,
        home_page_url: web.home_page_url,
        logout_url: web.logout_url,
        exposed_scopes: api.oauth2_permission_scopes,
        pre_authorized: api.pre_authorized_applications,
        known_clients: api.known_client_applications,
        accepts_mapped_claims: api.accept_mapped_claims,
        is_fallback_public_client: body.take_change("isFallbackPublicClient")?,
        group_membership_claims: take_group_claims(&mut body)?,
        optional_claims: take_optional_claims(&mut body)?,
        details: details::take(&mut body)?,
        unique_name: None,
        signing_algorithm: None,
        extensions,
    };
    body.finish()?;
    check_implicit(web.implicit_grant_settings.as_ref())?;
    match api.requested_access_token_version {
        // Null means the version that is issued to an app that says nothing, as with Graph; here that is 2.
        None | Some(ACCESS_TOKEN_VERSION) => Ok(changes),
        Some(_) => {
            let problem =
                "requestedAccessTokenVersion is 2: tokens of version 1 name another issuer and are not issued";
            Err(Error::invalid_property("api", problem))
        }
    }
}

/// `optionalClaims` as it is sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct SentClaims {
    #[serde(deserialize_with = "list")]
    id_token: Option<Vec<OptionalClaim>>,
    #[serde(deserialize_with = "list")]
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
