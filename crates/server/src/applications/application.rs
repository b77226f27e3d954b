//! What an application registration is.

use super::app_role::AppRole;
use super::exposed_scope::ExposedScope;
use super::group_claims::GroupClaim;
use super::logo;
use super::manifest::{Kept, PreAuthorizedApplication};
use super::optional_claims::OptionalClaims;
use super::resource_access::RequiredResourceAccess;
use crate::platform::ids::{ApplicationId, ClientId, TenantId};
use database::Timestamp;
use oauth::redirect_uri::{RedirectKind, RegisteredRedirect};
use sqlx::types::Json;

database::text_enum! {
    /// Whose people may sign in to the application.
    pub enum SignInAudience {
        /// Those of this tenant, guests included.
        MyOrganization = "AzureADMyOrg",
        /// Those of every tenant of this server that lets it in.
        SeveralOrganizations = "AzureADMultipleOrgs",
    }
}

database::text_enum! {
    /// How tokens for the application are signed.
    #[derive(Default)]
    pub enum SigningAlgorithm {
        /// RSA; every client understands it.
        #[default]
        Rs256 = "RS256",
        /// ECDSA on P-256; smaller and faster.
        Es256 = "ES256",
    }
}

impl From<SigningAlgorithm> for oauth::jose::Algorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::Rs256 => Self::Rs256,
            SigningAlgorithm::Es256 => Self::Es256,
        }
    }
}

/// An application as its owner registered it (Graph: application).
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Application {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The object id.
    pub id: ApplicationId,
    /// The client id (`appId`).
    pub app_id: ClientId,
    /// `displayName`
    pub display_name: String,
    /// `description`
    pub description: Option<String>,
    /// `signInAudience`
    pub sign_in_audience: SignInAudience,
    /// `identifierUris`: see [`super::identifiers`], by which none can belong to two applications.
    pub identifier_uris: Json<Vec<String>>,
    /// `web.redirectUris`
    pub web_redirect_uris: Json<Vec<String>>,
    /// `spa.redirectUris`
    pub spa_redirect_uris: Json<Vec<String>>,
    /// `publicClient.redirectUris`
    pub public_redirect_uris: Json<Vec<String>>,
    /// `web.homePageUrl`: where people start, and where My Apps leads.
    pub home_page_url: Option<String>,
    /// `web.logoutUrl`
    pub logout_url: Option<String>,
    /// `appRoles`
    pub app_roles: Json<Vec<AppRole>>,
    /// `api.oauth2PermissionScopes`
    pub exposed_scopes: Json<Vec<ExposedScope>>,
    /// `requiredResourceAccess`
    pub required_resource_access: Json<Vec<RequiredResourceAccess>>,
    /// `groupMembershipClaims`: which groups and roles tokens tell it.
    pub group_membership_claims: Json<Vec<GroupClaim>>,
    /// `optionalClaims`: what else tokens tell it.
    pub optional_claims: Json<OptionalClaims>,
    /// `api.preAuthorizedApplications`: apps that people need not let in for some of its scopes.
    pub pre_authorized: Json<Vec<PreAuthorizedApplication>>,
    /// What governs nothing here.
    pub kept: Json<Kept>,
    /// `uniqueName`: set when it is made, and never changed.
    pub unique_name: Option<String>,
    /// How its tokens are signed; beyond Graph.
    pub signing_algorithm: SigningAlgorithm,
    /// `createdDateTime`
    pub created_at: Timestamp,
    /// `deletedDateTime`; set while it can be brought back.
    pub deleted_at: Option<Timestamp>,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

impl Application {
    /// A registration with nothing but a name.
    pub(super) fn new(
        tenant: TenantId,
        id: ApplicationId,
        client: ClientId,
        display_name: String,
        now: Timestamp,
    ) -> Self {
        Self {
            tenant_id: tenant,
            id,
            app_id: client,
            display_name,
            description: None,
            sign_in_audience: SignInAudience::MyOrganization,
            identifier_uris: Json(Vec::new()),
            web_redirect_uris: Json(Vec::new()),
            spa_redirect_uris: Json(Vec::new()),
            public_redirect_uris: Json(Vec::new()),
            home_page_url: None,
            logout_url: None,
            app_roles: Json(Vec::new()),
            exposed_scopes: Json(Vec::new()),
            required_resource_access: Json(Vec::new()),
            group_membership_claims: Json(Vec::new()),
            optional_claims: Json(OptionalClaims::default()),
            pre_authorized: Json(Vec::new()),
            kept: Json(Kept::default()),
            unique_name: None,
            signing_algorithm: SigningAlgorithm::default(),
            created_at: now,
            deleted_at: None,
            version: 1,
        }
    }

    /// Where pages of its organisation fetch its logo, from the root; nothing without one.
    pub fn logo_path(&self) -> Option<String> {
        let digest = self.kept.details.logo.as_deref()?;
        Some(logo::path(self.tenant_id, self.app_id, digest))
    }

    /// Whether other tenants may let it in.
    pub fn is_for_several(&self) -> bool {
        self.sign_in_audience == SignInAudience::SeveralOrganizations
    }

    /// Whether a person can open it: there is an address to sign in at, or a page of its own.
    pub fn is_for_people(&self) -> bool {
        self.home_page_url.is_some() || !self.redirects().is_empty()
    }

    /// Every redirect address with what runs there.
    pub fn redirects(&self) -> Vec<RegisteredRedirect> {
        [
            (&self.web_redirect_uris, RedirectKind::Web),
            (&self.spa_redirect_uris, RedirectKind::Spa),
            (&self.public_redirect_uris, RedirectKind::Public),
        ]
        .into_iter()
        .flat_map(|(uris, kind)| uris.iter().map(move |uri| RegisteredRedirect { uri: uri.clone(), kind }))
        .collect()
    }

    /// The origins of its redirect, home-page and logout addresses; private-use schemes have none.
    pub fn origins(&self) -> impl Iterator<Item = String> {
        let addresses = [&self.web_redirect_uris, &self.spa_redirect_uris, &self.public_redirect_uris];
        let pages = [&self.home_page_url, &self.logout_url].into_iter().flatten();
        addresses.into_iter().flat_map(|uris| uris.iter()).chain(pages).filter_map(|uri| oauth::origin::origin_of(uri))
    }
}
