//! Who may use which route.

use crate::graph::Permission::{
    self, AppRoleAssignmentReadWriteAll, ApplicationReadAll, ApplicationReadWriteAll, AuditLogReadAll,
    DirectoryReadAll, DirectoryReadWriteAll, OrganizationReadAll, OrganizationReadWriteAll, PolicyReadAll,
    PolicyReadWriteAuthorization, RoleManagementReadDirectory, RoleManagementReadWriteDirectory, UserInviteAll,
    UserRead, UserReadAll, UserReadBasicAll, UserReadWriteAll,
};

/// Any one of these is enough, for a program and as the scope of an app; no other is.
pub type Enough = &'static [Permission];

const READ_SELF: Enough =
    &[UserRead, UserReadBasicAll, UserReadAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const READ_USERS: Enough = &[UserReadBasicAll, UserReadAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const CHANGE_USERS: Enough = &[UserReadWriteAll, DirectoryReadWriteAll];
/// What is enough to invite.
pub const INVITE: Enough = &[UserInviteAll, UserReadWriteAll, DirectoryReadWriteAll];
/// Sponsors are shown whole or not at all.
const READ_SPONSORS: Enough = &[UserReadAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const READ_POLICY: Enough = &[PolicyReadAll, PolicyReadWriteAuthorization];
const CHANGE_POLICY: Enough = &[PolicyReadWriteAuthorization];
const READ_ORGANIZATION: Enough =
    &[OrganizationReadAll, OrganizationReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const CHANGE_ORGANIZATION: Enough = &[OrganizationReadWriteAll];
const READ_APPS: Enough = &[ApplicationReadAll, ApplicationReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const CHANGE_APPS: Enough = &[ApplicationReadWriteAll, DirectoryReadWriteAll];
const READ_ASSIGNMENTS: Enough = &[
    AppRoleAssignmentReadWriteAll,
    ApplicationReadAll,
    ApplicationReadWriteAll,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
const ASSIGN: Enough = &[AppRoleAssignmentReadWriteAll];
const READ_ROLES: Enough =
    &[RoleManagementReadDirectory, RoleManagementReadWriteDirectory, DirectoryReadAll, DirectoryReadWriteAll];
const CHANGE_ROLES: Enough = &[RoleManagementReadWriteDirectory];
const READ_LOGS: Enough = &[AuditLogReadAll];

/// The least a person must be. Each includes those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Least {
    /// Any signed-in person, guests too.
    Guest,
    /// A member without any role.
    Member,
    /// A Guest Inviter.
    Inviter,
    /// A User Administrator.
    UserAdministrator,
    /// A Global Administrator.
    GlobalAdministrator,
}

/// One route.
#[derive(Debug)]
pub struct Row {
    /// Method and path.
    pub route: &'static str,
    /// The least a person must be.
    pub least: Least,
    /// The permissions of which one alone is enough; none in the portal, where the role alone decides.
    pub enough: Enough,
    /// Permissions that are enough only all together; none where one alone is.
    pub together: Enough,
    /// Whether programs have business here at all.
    pub serves_programs: bool,
}

impl Row {
    /// Whether these permissions are enough.
    pub fn is_enough(&self, held: &[Permission]) -> bool {
        let all = !self.together.is_empty() && self.together.iter().all(|permission| held.contains(permission));
        all || self.enough.iter().any(|permission| held.contains(permission))
    }
}

const fn row(route: &'static str, least: Least, enough: Enough) -> Row {
    Row { route, least, enough, together: &[], serves_programs: true }
}

/// Assigning at a service principal also takes the right to read it (Graph: grant an app role to a service principal).
const fn assigning(route: &'static str, least: Least) -> Row {
    let together = &[AppRoleAssignmentReadWriteAll, ApplicationReadAll];
    Row { route, least, enough: &[], together, serves_programs: true }
}

const fn own(route: &'static str, enough: Enough) -> Row {
    Row { route, least: Least::Guest, enough, together: &[], serves_programs: false }
}

const fn person(route: &'static str, least: Least) -> Row {
    Row { route, least, enough: &[], together: &[], serves_programs: false }
}

/// The API: a caller comes from a token.
pub const API: &[Row] = &[
    own("GET /v1.0/me", READ_SELF),
    own("POST /v1.0/me/revokeSignInSessions", CHANGE_USERS),
    row("GET /v1.0/users", Least::Member, READ_USERS),
    row("GET /v1.0/users/$count", Least::Member, READ_USERS),
    row("GET /v1.0/users/{user}", Least::Guest, READ_USERS),
    row("PATCH /v1.0/users/{user}", Least::UserAdministrator, CHANGE_USERS),
    row("DELETE /v1.0/users/{user}", Least::UserAdministrator, CHANGE_USERS),
    row("POST /v1.0/users/{user}/revokeSignInSessions", Least::UserAdministrator, CHANGE_USERS),
    row("GET /v1.0/users/{user}/sponsors", Least::Member, READ_SPONSORS),
    row("GET /v1.0/users/{user}/appRoleAssignments", Least::Member, READ_ASSIGNMENTS),
    row("POST /v1.0/users/{user}/appRoleAssignments", Least::GlobalAdministrator, ASSIGN),
    row("DELETE /v1.0/users/{user}/appRoleAssignments/{assignment}", Least::GlobalAdministrator, ASSIGN),
    row("GET /v1.0/directoryRoles", Least::Member, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}", Least::Member, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}/members", Least::Member, READ_ROLES),
    row("POST /v1.0/directoryRoles/{role}/members/$ref", Least::GlobalAdministrator, CHANGE_ROLES),
    row("DELETE /v1.0/directoryRoles/{role}/members/{member}/$ref", Least::GlobalAdministrator, CHANGE_ROLES),
    row("POST /v1.0/invitations", Least::Guest, INVITE),
    row("POST /beta/invitations", Least::Guest, INVITE),
    row("GET /vestibule/v1/invitations", Least::Guest, INVITE),
    row("GET /vestibule/v1/invitations/{id}", Least::UserAdministrator, CHANGE_USERS),
    row("POST /vestibule/v1/invitations/{id}/resend", Least::UserAdministrator, CHANGE_USERS),
    row("POST /vestibule/v1/invitations/{id}/revoke", Least::UserAdministrator, CHANGE_USERS),
    row("GET /vestibule/v1/bulkInvitations", Least::Guest, INVITE),
    row("POST /vestibule/v1/bulkInvitations", Least::Guest, INVITE),
    row("GET /vestibule/v1/bulkInvitations/{id}", Least::UserAdministrator, CHANGE_USERS),
    row("GET /vestibule/v1/bulkInvitations/{id}/rows", Least::UserAdministrator, CHANGE_USERS),
    row("GET /vestibule/v1/bulkInvitations/{id}/failures", Least::UserAdministrator, CHANGE_USERS),
    row("POST /vestibule/v1/bulkInvitations/{id}/start", Least::UserAdministrator, CHANGE_USERS),
    row("POST /vestibule/v1/bulkInvitations/{id}/stop", Least::UserAdministrator, CHANGE_USERS),
    row("GET /vestibule/v1/mails", Least::UserAdministrator, CHANGE_USERS),
    row("POST /vestibule/v1/mails/{id}/retry", Least::UserAdministrator, CHANGE_USERS),
    row("GET /vestibule/v1/jobs", Least::UserAdministrator, CHANGE_USERS),
    row("POST /vestibule/v1/jobs/retryFailed", Least::UserAdministrator, CHANGE_USERS),
    row("POST /vestibule/v1/jobs/{id}/retry", Least::UserAdministrator, CHANGE_USERS),
    row("GET /vestibule/v1/health", Least::UserAdministrator, CHANGE_USERS),
    row("GET /v1.0/policies/authorizationPolicy", Least::Inviter, READ_POLICY),
    row("PATCH /v1.0/policies/authorizationPolicy", Least::GlobalAdministrator, CHANGE_POLICY),
    row("GET /vestibule/v1/collaborationSettings", Least::Inviter, READ_POLICY),
    row("PATCH /vestibule/v1/collaborationSettings", Least::GlobalAdministrator, CHANGE_POLICY),
    row("GET /v1.0/organization", Least::Guest, READ_ORGANIZATION),
    row("GET /v1.0/organization/{organization}", Least::Guest, READ_ORGANIZATION),
    row("PATCH /v1.0/organization/{organization}", Least::GlobalAdministrator, CHANGE_ORGANIZATION),
    row("GET /vestibule/v1/organization", Least::Guest, READ_ORGANIZATION),
    row("PATCH /vestibule/v1/organization", Least::GlobalAdministrator, CHANGE_ORGANIZATION),
    row("GET /v1.0/applications", Least::Guest, READ_APPS),
    row("GET /v1.0/applications/$count", Least::Guest, READ_APPS),
    row("POST /v1.0/applications", Least::GlobalAdministrator, CHANGE_APPS),
    row("GET /v1.0/applications/{application}", Least::Guest, READ_APPS),
    row("PATCH /v1.0/applications/{application}", Least::GlobalAdministrator, CHANGE_APPS),
    row("DELETE /v1.0/applications/{application}", Least::GlobalAdministrator, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/addPassword", Least::GlobalAdministrator, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/removePassword", Least::GlobalAdministrator, CHANGE_APPS),
    row("GET /vestibule/v1/applications/{application}", Least::Guest, READ_APPS),
    row("PATCH /vestibule/v1/applications/{application}", Least::GlobalAdministrator, CHANGE_APPS),
    row("GET /v1.0/servicePrincipals", Least::Guest, READ_APPS),
    row("GET /v1.0/servicePrincipals/$count", Least::Guest, READ_APPS),
    row("POST /v1.0/servicePrincipals", Least::GlobalAdministrator, CHANGE_APPS),
    row("GET /v1.0/servicePrincipals/{principal}", Least::Guest, READ_APPS),
    row("PATCH /v1.0/servicePrincipals/{principal}", Least::GlobalAdministrator, CHANGE_APPS),
    row("DELETE /v1.0/servicePrincipals/{principal}", Least::GlobalAdministrator, CHANGE_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignedTo", Least::Member, READ_APPS),
    assigning("POST /v1.0/servicePrincipals/{principal}/appRoleAssignedTo", Least::GlobalAdministrator),
    assigning("DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}", Least::GlobalAdministrator),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignments", Least::Guest, READ_APPS),
    assigning("POST /v1.0/servicePrincipals/{principal}/appRoleAssignments", Least::GlobalAdministrator),
    assigning("DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}", Least::GlobalAdministrator),
    row("GET /v1.0/auditLogs/signIns", Least::UserAdministrator, READ_LOGS),
    row("GET /v1.0/auditLogs/directoryAudits", Least::UserAdministrator, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/signIns/{format}", Least::UserAdministrator, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/directoryAudits/{format}", Least::UserAdministrator, READ_LOGS),
];

/// The portal: a caller comes from a session.
pub const PORTAL: &[Row] = &[
    person("GET /portal/{tenant}", Least::Guest),
    person("GET /portal/{tenant}/", Least::Guest),
    person("GET /portal/{tenant}/users", Least::Inviter),
    person("GET /portal/{tenant}/users/as/csv", Least::Inviter),
    person("GET /portal/{tenant}/users/{id}", Least::Inviter),
    person("GET /portal/{tenant}/users/{id}/{action}", Least::Inviter),
    person("POST /portal/{tenant}/users/{id}/{action}", Least::UserAdministrator),
    person("GET /portal/{tenant}/invitations", Least::Guest),
    person("GET /portal/{tenant}/invitations/new", Least::Guest),
    person("POST /portal/{tenant}/invitations/new", Least::Guest),
    person("GET /portal/{tenant}/invitations/{id}", Least::UserAdministrator),
    person("POST /portal/{tenant}/invitations/{id}/resend", Least::UserAdministrator),
    person("POST /portal/{tenant}/invitations/{id}/revoke", Least::UserAdministrator),
    person("GET /portal/{tenant}/invitations/bulk", Least::Guest),
    person("POST /portal/{tenant}/invitations/bulk", Least::Guest),
    person("GET /portal/{tenant}/invitations/bulk/{id}", Least::UserAdministrator),
    person("GET /portal/{tenant}/invitations/bulk/{id}/failures", Least::UserAdministrator),
    person("POST /portal/{tenant}/invitations/bulk/{id}/start", Least::UserAdministrator),
    person("POST /portal/{tenant}/invitations/bulk/{id}/stop", Least::UserAdministrator),
    person("GET /portal/{tenant}/apps", Least::GlobalAdministrator),
    person("GET /portal/{tenant}/apps/new", Least::GlobalAdministrator),
    person("POST /portal/{tenant}/apps/new", Least::GlobalAdministrator),
    person("GET /portal/{tenant}/apps/{app}", Least::GlobalAdministrator),
    person("POST /portal/{tenant}/apps/{app}/{part}", Least::GlobalAdministrator),
    person("GET /portal/{tenant}/sign-ins", Least::UserAdministrator),
    person("GET /portal/{tenant}/sign-ins/{id}", Least::UserAdministrator),
    person("GET /portal/{tenant}/sign-ins/as/{format}", Least::UserAdministrator),
    person("GET /portal/{tenant}/changes", Least::UserAdministrator),
    person("GET /portal/{tenant}/changes/{id}", Least::UserAdministrator),
    person("GET /portal/{tenant}/changes/as/{format}", Least::UserAdministrator),
    person("GET /portal/{tenant}/requests/{id}", Least::UserAdministrator),
    person("GET /portal/{tenant}/mail", Least::UserAdministrator),
    person("POST /portal/{tenant}/mail/{id}/retry", Least::UserAdministrator),
    person("GET /portal/{tenant}/jobs", Least::UserAdministrator),
    person("POST /portal/{tenant}/jobs/retry", Least::UserAdministrator),
    person("POST /portal/{tenant}/jobs/{id}/retry", Least::UserAdministrator),
    person("GET /portal/{tenant}/health", Least::UserAdministrator),
    person("GET /portal/{tenant}/settings", Least::GlobalAdministrator),
    person("POST /portal/{tenant}/settings", Least::GlobalAdministrator),
    person("GET /portal/{tenant}/settings/organization", Least::GlobalAdministrator),
    person("POST /portal/{tenant}/settings/organization", Least::GlobalAdministrator),
    person("GET /portal/{tenant}/{*rest}", Least::Guest),
    person("GET /myapps/{tenant}", Least::Guest),
    person("GET /myapps/{tenant}/", Least::Guest),
];

/// What stands before any caller is known, and what protects it instead.
pub const JOURNEY: &[(&str, &str)] = &[
    ("GET /vestibule/style", "public"),
    ("GET /", "shows nothing of any organisation"),
    ("GET /{tenant}/sign-in/{continuation}", "bound to the browser's cookie"),
    ("POST /{tenant}/sign-in/{continuation}", "bound to the browser's cookie; form value"),
    ("GET /{tenant}/sign-in/{continuation}/password", "bound to the browser's cookie"),
    ("POST /{tenant}/sign-in/{continuation}/password", "bound to the browser's cookie; form value; counted"),
    ("GET /{tenant}/sign-in/{continuation}/account", "bound to the browser's cookie"),
    ("POST /{tenant}/sign-in/{continuation}/account", "bound to the browser's cookie; form value"),
    ("GET /{tenant}/sign-in/{continuation}/code", "bound to the browser's cookie"),
    ("POST /{tenant}/sign-in/{continuation}/code", "bound to the browser's cookie; form value; counted"),
    ("POST /{tenant}/sign-in/{continuation}/resend", "bound to the browser's cookie; form value; counted"),
    ("GET /{tenant}/sign-out", "asks first"),
    ("POST /{tenant}/sign-out", "form value"),
    ("GET /{tenant}/recover/{secret}", "one-time link"),
    ("POST /{tenant}/recover/{secret}", "one-time link; form value"),
    ("GET /{tenant}/redeem", "ticket"),
    ("GET /{tenant}/redeem/{continuation}", "bound to the browser's cookie"),
    ("POST /{tenant}/redeem/{continuation}", "bound to the browser's cookie; form value"),
    ("GET /{tenant}/redeem/{continuation}/code", "bound to the browser's cookie"),
    ("POST /{tenant}/redeem/{continuation}/code", "bound to the browser's cookie; form value; counted"),
    ("POST /{tenant}/redeem/{continuation}/resend", "bound to the browser's cookie; form value; counted"),
    ("POST /{tenant}/redeem/{continuation}/switch", "bound to the browser's cookie; form value"),
    ("GET /{tenant}/redeem/{continuation}/cancel", "bound to the browser's cookie"),
    ("GET /{tenant}/redeem/{continuation}/other-address", "bound to the browser's cookie"),
    ("GET /{tenant}/redeem/{continuation}/leave", "bound to the browser's cookie"),
    ("GET /{tenant}/redeem/{continuation}/fresh", "bound to the browser's cookie"),
    ("POST /{tenant}/redeem/{continuation}/fresh", "bound to the browser's cookie; form value; counted"),
    ("GET /{tenant}/no-more-invitations", "signed link of the mail"),
    ("POST /{tenant}/no-more-invitations", "signed link of the mail"),
    ("POST /{tenant}/no-more-invitations/undo", "signed link of the mail"),
    ("GET /{tenant}/oauth2/v2.0/authorize", "client and redirect address"),
    ("POST /{tenant}/oauth2/v2.0/authorize", "client and redirect address"),
    ("POST /{tenant}/oauth2/v2.0/token", "client secret, code or refresh token"),
    ("POST /{tenant}/oauth2/v2.0/introspect", "client secret; the token's own app or audience"),
    ("POST /{tenant}/oauth2/v2.0/revoke", "the token, by its own app"),
    ("GET /{tenant}/oauth2/v2.0/logout", "asks first without a hint"),
    ("POST /{tenant}/oauth2/v2.0/logout", "asks first without a hint"),
    ("GET /{tenant}/v2.0/.well-known/openid-configuration", "public"),
    ("GET /{tenant}/discovery/v2.0/keys", "public"),
    ("GET /common/discovery/instance", "public"),
    ("GET /oidc/userinfo", "access token"),
    ("POST /oidc/userinfo", "access token"),
];
