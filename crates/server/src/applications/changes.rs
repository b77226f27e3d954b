//! What is to be changed about a registration, and the rules it must keep.

use super::app_role::{self, AppRole};
use super::application::{Application, SignInAudience, SigningAlgorithm};
use super::details::DetailsChange;
use super::error::{Invalid, check_text};
use super::exposed_scope::{self, ExposedScope};
use super::group_claims::GroupClaim;
use super::identifiers;
use super::manifest::{self, PreAuthorizedApplication, RedirectUriSettings};
use super::optional_claims::{self, OptionalClaimsChange};
use super::resource_access::{self, RequiredResourceAccess};
use super::unique_name;
use crate::extensions::ValueChange;
use crate::platform::ids::ClientId;
use oauth::redirect_uri::{self, RedirectKind, RegisteredRedirect};
use sqlx::types::Json;
use std::collections::HashSet;

/// Most redirect addresses of one application.
const REDIRECTS: usize = 256;

/// Most entries of a registration together: roles, scopes, addresses, and what it needs of others (Microsoft identity platform:
/// application manifest limits). They are copied into every organisation that uses the app, and listed where somebody consents.
const ENTRIES: usize = 1200;

/// New values; `None` leaves a property as it is.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// `displayName`
    pub display_name: Option<String>,
    /// `description`
    pub description: Option<Option<String>>,
    /// `signInAudience`
    pub sign_in_audience: Option<SignInAudience>,
    /// `identifierUris`
    pub identifier_uris: Option<Vec<String>>,
    /// `web.redirectUris`
    pub web_redirect_uris: Option<Vec<String>>,
    /// `web.redirectUriSettings`: the indexes of these.
    pub redirect_settings: Option<Vec<RedirectUriSettings>>,
    /// `spa.redirectUris`
    pub spa_redirect_uris: Option<Vec<String>>,
    /// `publicClient.redirectUris`
    pub public_redirect_uris: Option<Vec<String>>,
    /// `web.homePageUrl`
    pub home_page_url: Option<Option<String>>,
    /// `web.logoutUrl`
    pub logout_url: Option<Option<String>>,
    /// `appRoles`
    pub app_roles: Option<Vec<AppRole>>,
    /// `api.oauth2PermissionScopes`
    pub exposed_scopes: Option<Vec<ExposedScope>>,
    /// `requiredResourceAccess`
    pub required_resource_access: Option<Vec<RequiredResourceAccess>>,
    /// `groupMembershipClaims`
    pub group_membership_claims: Option<Vec<GroupClaim>>,
    /// `optionalClaims`
    pub optional_claims: Option<OptionalClaimsChange>,
    /// `api.preAuthorizedApplications`
    pub pre_authorized: Option<Vec<PreAuthorizedApplication>>,
    /// `api.knownClientApplications`
    pub known_clients: Option<Vec<ClientId>>,
    /// `api.acceptMappedClaims`
    pub accepts_mapped_claims: Option<Option<bool>>,
    /// `isFallbackPublicClient`
    pub is_fallback_public_client: Option<Option<bool>>,
    /// Tags, notes and the like.
    pub details: DetailsChange,
    /// `uniqueName`, of a registration that is made.
    pub unique_name: Option<String>,
    /// How tokens are signed.
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// Properties that apps added, which are kept beside the registration.
    pub extensions: Vec<ValueChange>,
}

/// An application to be registered: only its name is required.
#[derive(Debug, Clone, Default)]
pub struct NewApplication {
    /// `displayName`
    pub display_name: String,
    /// Everything else that is known from the start.
    pub properties: Changes,
}

impl Changes {
    /// The registration as it would be with these changes, if it keeps the rules.
    pub(super) fn apply(self, before: &Application) -> Result<Application, Invalid> {
        let mut after = before.clone();
        set(&mut after.display_name, self.display_name);
        set(&mut after.description, self.description);
        set(&mut after.sign_in_audience, self.sign_in_audience);
        set(&mut after.identifier_uris, self.identifier_uris.map(Json));
        set(&mut after.web_redirect_uris, self.web_redirect_uris.map(Json));
        set(&mut after.spa_redirect_uris, self.spa_redirect_uris.map(Json));
        set(&mut after.public_redirect_uris, self.public_redirect_uris.map(Json));
        set(&mut after.home_page_url, self.home_page_url);
        set(&mut after.logout_url, self.logout_url);
        set(&mut after.app_roles, self.app_roles.map(Json));
        set(&mut after.exposed_scopes, self.exposed_scopes.map(Json));
        set(&mut after.required_resource_access, self.required_resource_access.map(Json));
        set(&mut after.group_membership_claims, self.group_membership_claims.map(Json));
        set(&mut after.optional_claims, self.optional_claims.map(|change| Json(before.optional_claims.with(change))));
        set(&mut after.pre_authorized, self.pre_authorized.map(Json));
        set(&mut after.kept.known_client_applications, self.known_clients);
        set(&mut after.kept.accept_mapped_claims, self.accepts_mapped_claims);
        set(&mut after.kept.is_fallback_public_client, self.is_fallback_public_client);
        // An address that is gone takes its index along.
        let addresses = &after.web_redirect_uris;
        match self.redirect_settings {
            Some(sent) => after.kept.redirect_indexes = manifest::redirect_indexes(sent, addresses)?,
            None => after.kept.redirect_indexes.retain(|address, _| addresses.contains(address)),
        }
        self.details.apply(&mut after.kept.details);
        set(&mut after.unique_name, self.unique_name.map(Some));
        set(&mut after.signing_algorithm, self.signing_algorithm);
        check(&after, before)?;
        Ok(after)
    }
}

pub(super) fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn check(after: &Application, before: &Application) -> Result<(), Invalid> {
    check_text("displayName", &after.display_name)?;
    if let Some(description) = &after.description {
        check_text("description", description)?;
    }
    identifiers::check_form(after, before)?;
    check_redirects(&after.redirects())?;
    check_entries(after, before)?;
    check_for_several(after)?;
    check_page("web.homePageUrl", after.home_page_url.as_deref())?;
    check_page("web.logoutUrl", after.logout_url.as_deref())?;
    app_role::check(&after.app_roles, &before.app_roles)?;
    optional_claims::check(&after.optional_claims)?;
    exposed_scope::check(&after.exposed_scopes, &before.exposed_scopes)?;
    manifest::check(&after.kept, &after.pre_authorized, &after.exposed_scopes)?;
    if let Some(name) = &after.unique_name {
        unique_name::check(name)?;
    }
    resource_access::check(&after.required_resource_access)
}

/// Refuses more entries than there may be; one that has more from before can still be changed otherwise.
fn check_entries(after: &Application, before: &Application) -> Result<(), Invalid> {
    let lists = |application: &Application| {
        let needed: usize =
            application.required_resource_access.iter().map(|entry| 1 + entry.resource_access.len()).sum();
        let named: usize = application.pre_authorized.iter().map(|one| 1 + one.delegated_permission_ids.len()).sum();
        [
            ("appRoles", application.app_roles.len()),
            ("api.oauth2PermissionScopes", application.exposed_scopes.len()),
            ("requiredResourceAccess", needed),
            ("api.preAuthorizedApplications", named),
            ("api.knownClientApplications", application.kept.known_client_applications.len()),
            ("identifierUris", application.identifier_uris.len()),
            ("web.redirectUris", application.redirects().len()),
        ]
    };
    let (now, then) = (lists(after), lists(before));
    let total: usize = now.iter().map(|(_, count)| count).sum();
    let grown = now.iter().zip(then).find(|((_, now), (_, then))| now > then);
    match grown {
        Some((&(property, _), _)) if total > ENTRIES => {
            Err(Invalid { property, problem: format!("a registration has at most {ENTRIES} entries in all its lists") })
        }
        _ => Ok(()),
    }
}

/// Each address is sound (RFC 9700 section 4.1.3) and stands once: what runs there must not be in doubt.
fn check_redirects(redirects: &[RegisteredRedirect]) -> Result<(), Invalid> {
    let mut seen = HashSet::new();
    for redirect in redirects {
        let property = match redirect.kind {
            RedirectKind::Web => "web.redirectUris",
            RedirectKind::Spa => "spa.redirectUris",
            RedirectKind::Public => "publicClient.redirectUris",
        };
        let refuse = |problem: String| Invalid { property, problem };
        redirect_uri::validate(&redirect.uri, redirect.kind)
            .map_err(|error| refuse(format!("'{}': {error}", redirect.uri)))?;
        if !seen.insert(redirect.uri.as_str()) {
            return Err(refuse(format!("'{}' stands more than once", redirect.uri)));
        }
        if seen.len() > REDIRECTS {
            return Err(refuse(format!("an application has at most {REDIRECTS} redirect addresses")));
        }
    }
    Ok(())
}

/// Where people of several organisations come back to, an address has no query (Microsoft identity platform: redirect URI
/// restrictions): what is in it would be the same for all of them.
fn check_for_several(after: &Application) -> Result<(), Invalid> {
    if !after.is_for_several() {
        return Ok(());
    }
    match after.redirects().iter().find(|redirect| redirect.uri.contains('?')) {
        Some(redirect) => Err(Invalid {
            property: "signInAudience",
            problem: format!("'{}' has a query, which an app of several organisations may not have", redirect.uri),
        }),
        None => Ok(()),
    }
}

/// The pages people are led to obey the rule for redirect addresses: https, or http on this machine.
pub(super) fn check_page(property: &'static str, address: Option<&str>) -> Result<(), Invalid> {
    let Some(address) = address else { return Ok(()) };
    redirect_uri::validate(address, RedirectKind::Web)
        .map_err(|error| Invalid { property, problem: format!("'{address}': {error}") })
}
