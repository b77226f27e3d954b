//! Who may use which route.

use crate::graph::Permission::{
    self, AppRoleAssignmentReadWriteAll, ApplicationReadAll, ApplicationReadWriteAll, AuditLogReadAll, PolicyReadAll,
    PolicyReadWriteAuthorization, RoleManagementReadDirectory, RoleManagementReadWriteDirectory, UserInviteAll,
    UserReadAll, UserReadWriteAll,
};

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
    /// A permission that is enough for a program; `None` where programs have no business.
    pub permission: Option<Permission>,
}

const fn row(route: &'static str, least: Least, permission: Permission) -> Row {
    Row { route, least, permission: Some(permission) }
}

const fn person(route: &'static str, least: Least) -> Row {
    Row { route, least, permission: None }
}

/// The API: a caller comes from a token.
pub const API: &[Row] = &[
    person("GET /v1.0/me", Least::Guest),
    person("POST /v1.0/me/revokeSignInSessions", Least::Guest),
    row("GET /v1.0/users", Least::Member, UserReadAll),
    row("GET /v1.0/users/$count", Least::Member, UserReadAll),
    row("GET /v1.0/users/{user}", Least::Guest, UserReadAll),
    row("PATCH /v1.0/users/{user}", Least::UserAdministrator, UserReadWriteAll),
    row("DELETE /v1.0/users/{user}", Least::UserAdministrator, UserReadWriteAll),
    row("POST /v1.0/users/{user}/revokeSignInSessions", Least::UserAdministrator, UserReadWriteAll),
    row("GET /v1.0/users/{user}/sponsors", Least::Member, UserReadAll),
    row("GET /v1.0/users/{user}/appRoleAssignments", Least::Member, ApplicationReadAll),
    row("POST /v1.0/users/{user}/appRoleAssignments", Least::GlobalAdministrator, AppRoleAssignmentReadWriteAll),
    row(
        "DELETE /v1.0/users/{user}/appRoleAssignments/{assignment}",
        Least::GlobalAdministrator,
        AppRoleAssignmentReadWriteAll,
    ),
    row("GET /v1.0/directoryRoles", Least::Member, RoleManagementReadDirectory),
    row("GET /v1.0/directoryRoles/{role}", Least::Member, RoleManagementReadDirectory),
    row("GET /v1.0/directoryRoles/{role}/members", Least::Member, RoleManagementReadDirectory),
    row("POST /v1.0/directoryRoles/{role}/members/$ref", Least::GlobalAdministrator, RoleManagementReadWriteDirectory),
    row(
        "DELETE /v1.0/directoryRoles/{role}/members/{member}/$ref",
        Least::GlobalAdministrator,
        RoleManagementReadWriteDirectory,
    ),
    row("POST /v1.0/invitations", Least::Guest, UserInviteAll),
    row("POST /beta/invitations", Least::Guest, UserInviteAll),
    row("GET /vestibule/v1/invitations", Least::Guest, UserInviteAll),
    row("GET /vestibule/v1/invitations/{id}", Least::UserAdministrator, UserReadWriteAll),
    row("POST /vestibule/v1/invitations/{id}/resend", Least::UserAdministrator, UserReadWriteAll),
    row("POST /vestibule/v1/invitations/{id}/revoke", Least::UserAdministrator, UserReadWriteAll),
    row("GET /vestibule/v1/mails", Least::UserAdministrator, UserReadWriteAll),
    row("POST /vestibule/v1/mails/{id}/retry", Least::UserAdministrator, UserReadWriteAll),
    row("GET /v1.0/policies/authorizationPolicy", Least::Inviter, PolicyReadAll),
    row("PATCH /v1.0/policies/authorizationPolicy", Least::GlobalAdministrator, PolicyReadWriteAuthorization),
    row("GET /vestibule/v1/collaborationSettings", Least::Inviter, PolicyReadAll),
    row("PATCH /vestibule/v1/collaborationSettings", Least::GlobalAdministrator, PolicyReadWriteAuthorization),
    row("GET /v1.0/applications", Least::Guest, ApplicationReadAll),
    row("GET /v1.0/applications/$count", Least::Guest, ApplicationReadAll),
    row("POST /v1.0/applications", Least::GlobalAdministrator, ApplicationReadWriteAll),
    row("GET /v1.0/applications/{application}", Least::Guest, ApplicationReadAll),
    row("PATCH /v1.0/applications/{application}", Least::GlobalAdministrator, ApplicationReadWriteAll),
    row("DELETE /v1.0/applications/{application}", Least::GlobalAdministrator, ApplicationReadWriteAll),
    row("POST /v1.0/applications/{application}/addPassword", Least::GlobalAdministrator, ApplicationReadWriteAll),
    row("POST /v1.0/applications/{application}/removePassword", Least::GlobalAdministrator, ApplicationReadWriteAll),
    row("GET /vestibule/v1/applications/{application}", Least::Guest, ApplicationReadAll),
    row("PATCH /vestibule/v1/applications/{application}", Least::GlobalAdministrator, ApplicationReadWriteAll),
    row("GET /v1.0/servicePrincipals", Least::Guest, ApplicationReadAll),
    row("GET /v1.0/servicePrincipals/$count", Least::Guest, ApplicationReadAll),
    row("POST /v1.0/servicePrincipals", Least::GlobalAdministrator, ApplicationReadWriteAll),
    row("GET /v1.0/servicePrincipals/{principal}", Least::Guest, ApplicationReadAll),
    row("PATCH /v1.0/servicePrincipals/{principal}", Least::GlobalAdministrator, ApplicationReadWriteAll),
    row("DELETE /v1.0/servicePrincipals/{principal}", Least::GlobalAdministrator, ApplicationReadWriteAll),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignedTo", Least::Member, ApplicationReadAll),
    row(
        "POST /v1.0/servicePrincipals/{principal}/appRoleAssignedTo",
        Least::GlobalAdministrator,
        AppRoleAssignmentReadWriteAll,
    ),
    row(
        "DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}",
        Least::GlobalAdministrator,
        AppRoleAssignmentReadWriteAll,
    ),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignments", Least::Guest, ApplicationReadAll),
    row(
        "POST /v1.0/servicePrincipals/{principal}/appRoleAssignments",
        Least::GlobalAdministrator,
        AppRoleAssignmentReadWriteAll,
    ),
    row(
        "DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}",
        Least::GlobalAdministrator,
        AppRoleAssignmentReadWriteAll,
    ),
    row("GET /v1.0/auditLogs/signIns", Least::UserAdministrator, AuditLogReadAll),
    row("GET /v1.0/auditLogs/directoryAudits", Least::UserAdministrator, AuditLogReadAll),
];

/// The portal: a caller comes from a session.
pub const PORTAL: &[Row] = &[
    person("GET /portal/{tenant}", Least::Guest),
    person("GET /portal/{tenant}/", Least::Guest),
    person("GET /portal/{tenant}/users", Least::Inviter),
    person("GET /portal/{tenant}/users/{id}", Least::Inviter),
    person("GET /portal/{tenant}/users/{id}/{action}", Least::Inviter),
    person("POST /portal/{tenant}/users/{id}/{action}", Least::UserAdministrator),
    person("GET /portal/{tenant}/invitations", Least::Guest),
    person("GET /portal/{tenant}/invitations/new", Least::Guest),
    person("POST /portal/{tenant}/invitations/new", Least::Guest),
    person("GET /portal/{tenant}/invitations/{id}", Least::UserAdministrator),
    person("POST /portal/{tenant}/invitations/{id}/resend", Least::UserAdministrator),
    person("POST /portal/{tenant}/invitations/{id}/revoke", Least::UserAdministrator),
    person("GET /portal/{tenant}/apps", Least::GlobalAdministrator),
    person("GET /portal/{tenant}/apps/new", Least::GlobalAdministrator),
    person("POST /portal/{tenant}/apps/new", Least::GlobalAdministrator),
    person("GET /portal/{tenant}/apps/{app}", Least::GlobalAdministrator),
    person("POST /portal/{tenant}/apps/{app}/{part}", Least::GlobalAdministrator),
    person("GET /portal/{tenant}/sign-ins", Least::UserAdministrator),
    person("GET /portal/{tenant}/changes", Least::UserAdministrator),
    person("GET /portal/{tenant}/mail", Least::UserAdministrator),
    person("POST /portal/{tenant}/mail/{id}/retry", Least::UserAdministrator),
    person("GET /portal/{tenant}/settings", Least::GlobalAdministrator),
    person("POST /portal/{tenant}/settings", Least::GlobalAdministrator),
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
    ("POST /{tenant}/redeem/{continuation}/fresh", "bound to the browser's cookie; form value; counted"),
    ("GET /{tenant}/no-more-invitations", "signed link of the mail"),
    ("POST /{tenant}/no-more-invitations", "signed link of the mail"),
    ("POST /{tenant}/no-more-invitations/undo", "signed link of the mail"),
    ("GET /{tenant}/oauth2/v2.0/authorize", "client and redirect address"),
    ("POST /{tenant}/oauth2/v2.0/authorize", "client and redirect address"),
    ("POST /{tenant}/oauth2/v2.0/token", "client secret, code or refresh token"),
    ("GET /{tenant}/oauth2/v2.0/logout", "asks first without a hint"),
    ("POST /{tenant}/oauth2/v2.0/logout", "asks first without a hint"),
    ("GET /{tenant}/v2.0/.well-known/openid-configuration", "public"),
    ("GET /{tenant}/discovery/v2.0/keys", "public"),
    ("GET /common/discovery/instance", "public"),
    ("GET /oidc/userinfo", "access token"),
    ("POST /oidc/userinfo", "access token"),
];
