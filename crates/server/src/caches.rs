//! Everything that is kept of what was read, one line each: by what it is found, and the tables it depends on.
//!
//! Users, sessions, codes, refresh tokens and what they hang on are not among it; they are read at every use. Of an access
//! token only the good signature is kept.

use crate::applications::{ApplicationKey, ApplicationSecret, FederatedCredential};
use crate::authorization::Client;
use crate::authorization::bearer::KnownTokens;
use crate::authorization::federation::Issuers;
use crate::directory_roles::Holders;
use crate::graph::Permission;
use crate::invitations::landing::Ground;
use crate::platform::Cached;
use crate::platform::ids::{AppRoleId, ApplicationId, ClientId, ServicePrincipalId, TenantId, UserId};
use crate::service_principals::GrantedScope;
use crate::tenants::branding::Look;
use crate::tenants::{CollaborationSettings, Domain, Tenant};
use database::watched;
use std::collections::HashMap;

/// Tenants, and what there is one of for each.
const TENANTS: usize = 4_096;

/// Apps, and what there is one of for each.
const APPS: usize = 16_384;

/// What one process has read.
pub struct Caches {
    /// Tenants by their id.
    pub tenants: Cached<TenantId, Tenant>,
    /// Whose domain it is.
    pub domains: Cached<Domain, TenantId>,
    /// The domains of a tenant, its initial one first.
    pub domains_of: Cached<TenantId, Vec<String>>,
    /// How a tenant works with people from outside.
    pub settings: Cached<TenantId, CollaborationSettings>,
    /// How the pages of a tenant look.
    pub branding: Cached<TenantId, Vec<Look>>,
    /// Where invitations of a tenant may lead.
    pub landing: Cached<TenantId, Ground>,
    /// Who holds which built-in roles in a tenant.
    pub roles: Cached<TenantId, Holders>,
    /// Apps by their client id, with how long tokens for them are good.
    pub clients: Cached<(TenantId, ClientId), Client>,
    /// The apps of a tenant by their identifiers.
    pub identifiers: Cached<TenantId, HashMap<String, ClientId>>,
    /// The secrets of an app.
    pub secrets: Cached<(TenantId, ApplicationId), Vec<ApplicationSecret>>,
    /// The certificates of an app.
    pub keys: Cached<(TenantId, ApplicationId), Vec<ApplicationKey>>,
    /// The identities elsewhere that an app trusts.
    pub federated: Cached<(TenantId, ApplicationId), Vec<FederatedCredential>>,
    /// The permissions of a program.
    pub permissions: Cached<(TenantId, ServicePrincipalId), Vec<Permission>>,
    /// What an app may do for everybody.
    pub delegations: Cached<(TenantId, ServicePrincipalId), Vec<GrantedScope>>,
    /// What an app may do for one person, by their own consent.
    pub consents: Cached<(TenantId, ServicePrincipalId, UserId), Vec<GrantedScope>>,
    /// The roles of a program at an app.
    pub app_roles: Cached<(TenantId, ServicePrincipalId, ServicePrincipalId), Vec<AppRoleId>>,
    /// The redirect addresses of the single-page applications that stand in a tenant.
    pub single_page: Cached<TenantId, Vec<String>>,
    /// Access tokens with a good signature.
    pub tokens: KnownTokens,
    /// The keys of issuers elsewhere.
    pub issuers: Issuers,
    /// Origins at which a single-page application runs, of whatever tenant.
    pub origins: Cached<String, ()>,
}

impl Default for Caches {
    fn default() -> Self {
        Self {
            tenants: Cached::new(watched!["tenant"], TENANTS),
            domains: Cached::new(watched!["domain"], TENANTS),
            domains_of: Cached::new(watched!["domain"], TENANTS),
            settings: Cached::new(watched!["collaboration_settings"], TENANTS),
            branding: Cached::new(watched!["branding", "branding_image"], TENANTS),
            landing: Cached::new(watched!["application", "domain", "collaboration_settings"], TENANTS),
            roles: Cached::new(watched!["directory_role_assignment"], TENANTS),
            clients: Cached::new(
                watched!["application", "service_principal", "token_lifetime_policy", "token_lifetime_assignment"],
                APPS,
            ),
            identifiers: Cached::new(watched!["application"], TENANTS),
            secrets: Cached::new(watched!["application_secret"], APPS),
            keys: Cached::new(watched!["application_key"], APPS),
            federated: Cached::new(watched!["federated_credential"], APPS),
            permissions: Cached::new(watched!["app_role_assignment", "service_principal"], APPS),
            delegations: Cached::new(watched!["delegated_grant", "service_principal", "application"], APPS),
            consents: Cached::new(watched!["personal_grant", "service_principal"], APPS),
            app_roles: Cached::new(watched!["app_role_assignment"], APPS),
            single_page: Cached::new(watched!["application", "service_principal"], TENANTS),
            tokens: KnownTokens::default(),
            issuers: Issuers::default(),
            origins: Cached::new(watched!["application"], APPS),
        }
    }
}
