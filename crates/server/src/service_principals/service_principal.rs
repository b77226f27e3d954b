//! What a service principal is.

use crate::applications::{
    AppRole, Application, Details, ExposedScope, Kept, MemberType, Origin, PrincipalKept, PrincipalTerms, ScopeKind,
    SignInAudience, elsewhere, logo_path, principal_names, principal_tags,
};
use crate::graph::{Permission, permission};
use crate::platform::ids::{AppRoleId, ApplicationId, ClientId, ServicePrincipalId, TenantId};
use database::Timestamp;
use sqlx::types::Json;
use uuid::{Uuid, uuid};

/// The scopes of `OpenID` Connect, which registrations and grants name beside the permissions of the directory API; the ids
/// are Microsoft's.
const OPENID: [(Uuid, &str); 4] = [
    (uuid!("37f7f235-527c-4136-accd-4a02d197296e"), "openid"),
    (uuid!("14dad69e-099b-42c9-810b-d002981feec1"), "profile"),
    (uuid!("64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0"), "email"),
    (uuid!("7427e0e9-2fba-42fe-b0c0-848c9e6a8182"), "offline_access"),
];

database::text_enum! {
    /// `servicePrincipalType`
    pub enum ServicePrincipalKind {
        /// An application.
        Application = "Application",
    }
}

/// An application as it stands in a tenant (Graph: servicePrincipal): whether it is on, who may use it, what it may do.
/// Name, roles and addresses are those of its registration, where there is one.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ServicePrincipal {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The object id.
    pub id: ServicePrincipalId,
    /// The client id (`appId`).
    pub app_id: ClientId,
    /// `displayName`
    pub display_name: String,
    /// `servicePrincipalType`
    pub kind: ServicePrincipalKind,
    /// `accountEnabled`: whether anybody may sign in to it, and it by itself.
    pub account_enabled: bool,
    /// `appRoleAssignmentRequired`: whether only those who were assigned get a token for it.
    pub app_role_assignment_required: bool,
    /// Tokens it got by itself before this instant are void.
    pub sessions_valid_from: Timestamp,
    /// `createdDateTime`
    pub created_at: Timestamp,
    /// `deletedDateTime`
    pub deleted_at: Option<Timestamp>,
    /// Counts the changes; the `ETag`.
    pub version: i64,
    /// The registration, when it is in this tenant.
    pub application_id: Option<ApplicationId>,
    /// What the organisation says of it beside its registration.
    pub kept: Json<PrincipalKept>,
    /// `homepage`
    pub home_page_url: Option<String>,
    /// `logoutUrl`
    pub logout_url: Option<String>,
    /// `appDescription`
    pub app_description: Option<String>,
    /// `signInAudience`; the directory API has none.
    pub sign_in_audience: Option<SignInAudience>,
    /// The tenant of the registration, where it is another one; see [`ServicePrincipal::home`].
    pub home_tenant_id: Option<TenantId>,
    pub(super) declared_roles: Option<Json<Vec<AppRole>>>,
    pub(super) declared_scopes: Option<Json<Vec<ExposedScope>>>,
    pub(super) web_redirect_uris: Option<Json<Vec<String>>>,
    pub(super) spa_redirect_uris: Option<Json<Vec<String>>>,
    pub(super) public_redirect_uris: Option<Json<Vec<String>>>,
    /// All of them in one list, where the registration is in another tenant.
    pub(super) redirect_uris: Option<Json<Vec<String>>>,
    pub(super) identifier_uris: Option<Json<Vec<String>>>,
    pub(super) app_kept: Option<Json<Kept>>,
}

impl ServicePrincipal {
    /// A service principal that everybody may use, in the tenant of its registration.
    pub(super) fn of(application: &Application, id: ServicePrincipalId, now: Timestamp) -> Self {
        Self {
            application_id: Some(application.id),
            web_redirect_uris: Some(application.web_redirect_uris.clone()),
            spa_redirect_uris: Some(application.spa_redirect_uris.clone()),
            public_redirect_uris: Some(application.public_redirect_uris.clone()),
            ..Self::registered(application, application.tenant_id, id, now)
        }
    }

    /// One that says of itself what its registration says, wherever that is.
    fn registered(application: &Application, tenant: TenantId, id: ServicePrincipalId, now: Timestamp) -> Self {
        Self {
            home_page_url: application.home_page_url.clone(),
            logout_url: application.logout_url.clone(),
            app_description: application.description.clone(),
            sign_in_audience: Some(application.sign_in_audience),
            declared_roles: Some(application.app_roles.clone()),
            declared_scopes: Some(application.exposed_scopes.clone()),
            identifier_uris: Some(application.identifier_uris.clone()),
            app_kept: Some(Json(application.kept.shown())),
            ..Self::bare(tenant, id, application.app_id, application.display_name.clone(), now)
        }
    }

    /// The app of another tenant as it would stand in this one. Without an id it is only offered: nobody has let it in yet, and
    /// nothing is stored of it.
    pub fn of_another(
        application: &Application,
        tenant: TenantId,
        id: Option<ServicePrincipalId>,
        now: Timestamp,
    ) -> Self {
        let id = id.unwrap_or(ServicePrincipalId(Uuid::nil()));
        Self {
            home_tenant_id: Some(application.tenant_id),
            redirect_uris: Some(elsewhere::reply_urls(application)),
            ..Self::registered(application, tenant, id, now)
        }
    }

    /// One without a registration.
    pub(super) fn bare(
        tenant: TenantId,
        id: ServicePrincipalId,
        client: ClientId,
        display_name: String,
        now: Timestamp,
    ) -> Self {
        Self {
            tenant_id: tenant,
            id,
            app_id: client,
            display_name,
            kind: ServicePrincipalKind::Application,
            account_enabled: true,
            app_role_assignment_required: false,
            sessions_valid_from: now,
            created_at: now,
            deleted_at: None,
            version: 1,
            application_id: None,
            kept: Json(PrincipalKept::default()),
            home_page_url: None,
            logout_url: None,
            app_description: None,
            sign_in_audience: None,
            home_tenant_id: None,
            declared_roles: None,
            declared_scopes: None,
            web_redirect_uris: None,
            spa_redirect_uris: None,
            public_redirect_uris: None,
            redirect_uris: None,
            identifier_uris: None,
            app_kept: None,
        }
    }

    /// The tenant in which the app is registered; of the directory API the tenant itself.
    pub fn home(&self) -> TenantId {
        self.home_tenant_id.unwrap_or(self.tenant_id)
    }

    /// Whether the app is registered in another tenant.
    pub fn is_foreign(&self) -> bool {
        self.home() != self.tenant_id
    }

    /// Whether it stands in the tenant; an app that is only offered does not.
    pub fn is_admitted(&self) -> bool {
        !self.id.0.is_nil()
    }

    /// Every redirect address of the app (Graph: replyUrls).
    pub fn reply_urls(&self) -> Vec<&str> {
        let lists = [&self.web_redirect_uris, &self.spa_redirect_uris, &self.public_redirect_uris, &self.redirect_uris];
        lists.into_iter().flatten().flat_map(|uris| &uris.0).map(String::as_str).collect()
    }

    /// `servicePrincipalNames`
    pub fn names(&self) -> Vec<String> {
        let identifiers = self.identifier_uris.as_ref().map(|uris| uris.as_slice()).unwrap_or_default();
        principal_names(self.app_id, identifiers)
    }

    /// `tags`: those of the registration, and those of this organisation.
    pub fn tags(&self) -> Vec<&str> {
        let registered = self.app_kept.as_ref().map(|kept| kept.details.tags.as_slice()).unwrap_or_default();
        principal_tags(registered, &self.kept.tags)
    }

    /// What the registration says of the app.
    pub fn told(&self) -> Details {
        self.app_kept.as_ref().map(|kept| kept.details.shown()).unwrap_or_default()
    }

    /// Where pages of the tenant fetch the logo of the app, from the root; nothing without one.
    pub fn logo_path(&self) -> Option<String> {
        let digest = self.app_kept.as_ref()?.details.logo.as_deref()?;
        Some(logo_path(self.tenant_id, self.app_id, digest))
    }

    /// What it is found by.
    pub(super) fn terms(&self) -> PrincipalTerms<'_> {
        PrincipalTerms {
            display_name: &self.display_name,
            names: self.names(),
            reply_urls: self.reply_urls(),
            tags: self.tags(),
            alternative_names: &self.kept.alternative_names,
        }
    }

    /// Whether this is the directory API of the tenant, whose roles are the permissions of programs.
    pub fn is_directory_api(&self) -> bool {
        self.app_id.0 == permission::RESOURCE
    }

    /// Whether there is any role to give.
    pub fn declares_roles(&self) -> bool {
        self.is_directory_api() || self.declared_roles.as_ref().is_some_and(|roles| !roles.0.is_empty())
    }

    /// The roles it declares.
    pub fn app_roles(&self) -> Vec<AppRole> {
        if self.is_directory_api() {
            return Permission::ALL.iter().filter_map(|permission| permission_role(*permission)).collect();
        }
        self.declared_roles.as_ref().map(|roles| roles.0.clone()).unwrap_or_default()
    }

    /// The scopes it exposes.
    pub fn exposed_scopes(&self) -> Vec<ExposedScope> {
        if self.is_directory_api() {
            return directory_scopes();
        }
        self.declared_scopes.as_ref().map(|scopes| scopes.0.clone()).unwrap_or_default()
    }
}

fn permission_role(permission: Permission) -> Option<AppRole> {
    Some(AppRole {
        id: AppRoleId(permission.role_id()?),
        value: Some(permission.name().to_owned()),
        display_name: permission.name().to_owned(),
        description: None,
        allowed_member_types: vec![MemberType::Application],
        is_enabled: true,
        origin: Origin::Application,
    })
}

/// The scopes of the directory API: its permissions and those of `OpenID` Connect.
pub fn directory_scopes() -> Vec<ExposedScope> {
    let permissions = Permission::ALL.iter().filter_map(|permission| permission_scope(*permission));
    permissions.chain(OPENID.map(|(id, word)| scope(id, word, ScopeKind::User))).collect()
}

fn permission_scope(permission: Permission) -> Option<ExposedScope> {
    let kind = if permission.is_personal() { ScopeKind::User } else { ScopeKind::Admin };
    Some(scope(permission.scope_id()?, permission.name(), kind))
}

fn scope(id: Uuid, value: &str, kind: ScopeKind) -> ExposedScope {
    ExposedScope {
        id,
        value: value.to_owned(),
        kind,
        is_enabled: true,
        admin_consent_display_name: Some(value.to_owned()),
        admin_consent_description: None,
        user_consent_display_name: None,
        user_consent_description: None,
        origin: Origin::Application,
    }
}
