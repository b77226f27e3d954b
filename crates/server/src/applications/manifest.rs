//! What a registration says of the apps around it, and what it says that decides nothing here (Graph: application,
//! apiApplication).

use super::details::{self, Details};
use super::error::Invalid;
use super::exposed_scope::ExposedScope;
use crate::platform::ids::ClientId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// Apps that one registration names in one of its lists at most.
const MOST: usize = 100;

/// What governs nothing here. It is kept because programs write it and read it back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Kept {
    /// `isFallbackPublicClient`: what an app is whose redirect address does not tell. Here every sign-in comes from a redirect
    /// address, and that one tells.
    pub is_fallback_public_client: Option<bool>,
    /// `api.acceptMappedClaims`: there are no policies that map claims.
    pub accept_mapped_claims: Option<bool>,
    /// `api.knownClientApplications`: apps that call this one for people, so that letting them in lets this one in too. No
    /// token is exchanged on behalf of somebody here, so that there is nothing more to let in.
    pub known_client_applications: Vec<ClientId>,
    /// The `index` of those `web.redirectUris` that have one, which names an address in SAML; no SAML tokens are issued.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub redirect_indexes: BTreeMap<String, i32>,
    /// What it says of the app.
    pub details: Details,
}

impl Kept {
    /// What of it is shown wherever the app is used.
    #[must_use]
    pub fn shown(&self) -> Self {
        Self { details: self.details.shown(), ..Self::default() }
    }
}

/// An app that people need not let in for some scopes (Graph: preAuthorizedApplication).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreAuthorizedApplication {
    /// Its client id.
    pub app_id: ClientId,
    /// The ids of the scopes, which the registration exposes.
    pub delegated_permission_ids: Vec<Uuid>,
}

/// A redirect address with its index, which it need not have (Graph: redirectUriSettings).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedirectUriSettings {
    /// One of `web.redirectUris`.
    pub uri: String,
    /// `index`
    #[serde(default)]
    pub index: Option<i32>,
}

/// The indexes of addresses of a registration, by address. Addresses that are not among the settings have none.
///
/// # Errors
/// When an address is none of the registration, or an address or an index stands twice.
pub(super) fn redirect_indexes(
    settings: Vec<RedirectUriSettings>,
    addresses: &[String],
) -> Result<BTreeMap<String, i32>, Invalid> {
    let refuse = |problem: String| Err(Invalid { property: "web.redirectUriSettings", problem });
    let mut unnamed: HashSet<&String> = addresses.iter().collect();
    let (mut indexes, mut taken) = (BTreeMap::new(), HashSet::new());
    for RedirectUriSettings { uri, index } in settings {
        if !unnamed.remove(&uri) {
            return refuse(format!("'{uri}' is not among redirectUris, or stands more than once"));
        }
        let Some(index) = index else { continue };
        if !taken.insert(index) {
            return refuse(format!("the index {index} stands more than once"));
        }
        indexes.insert(uri, index);
    }
    Ok(indexes)
}

/// The values of the enabled scopes for which nobody has to let an app in.
pub fn pre_authorized_scopes(
    named: &[PreAuthorizedApplication],
    scopes: &[ExposedScope],
    client: ClientId,
) -> Vec<String> {
    let ids = named.iter().filter(|one| one.app_id == client).flat_map(|one| &one.delegated_permission_ids);
    let ids: HashSet<&Uuid> = ids.collect();
    scopes.iter().filter(|scope| scope.is_enabled && ids.contains(&scope.id)).map(|scope| scope.value.clone()).collect()
}

/// Refuses lists that name an app twice, scopes that are not exposed, and details that make no sense.
pub(super) fn check(kept: &Kept, named: &[PreAuthorizedApplication], scopes: &[ExposedScope]) -> Result<(), Invalid> {
    details::check(&kept.details)?;
    check_list("api.knownClientApplications", kept.known_client_applications.iter())?;
    check_list("api.preAuthorizedApplications", named.iter().map(|one| &one.app_id))?;
    let refuse = |problem: String| Err(Invalid { property: "api.preAuthorizedApplications", problem });
    for one in named {
        if one.delegated_permission_ids.is_empty() {
            return refuse(format!("'{}' has no delegatedPermissionIds", one.app_id));
        }
        let is_exposed = |id: &&Uuid| scopes.iter().any(|scope| scope.id == **id);
        if let Some(id) = one.delegated_permission_ids.iter().find(|id| !is_exposed(id)) {
            return refuse(format!("'{id}' is not the id of a scope in oauth2PermissionScopes"));
        }
    }
    Ok(())
}

fn check_list<'a>(property: &'static str, apps: impl Iterator<Item = &'a ClientId>) -> Result<(), Invalid> {
    let mut seen = HashSet::new();
    for app in apps {
        if !seen.insert(app) {
            return Err(Invalid { property, problem: format!("'{app}' stands more than once") });
        }
        if seen.len() > MOST {
            return Err(Invalid { property, problem: format!("it names at most {MOST} apps") });
        }
    }
    Ok(())
}
