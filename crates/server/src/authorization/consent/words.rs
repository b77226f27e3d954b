//! What an app asks for, in the words of its readers.

use crate::graph::Permission;
use crate::service_principals::ServicePrincipal;
use crate::translations::Words;
use crate::web::pages::Asking;

/// The words of a scope of a resource. An app describes its own scopes; those of the directory API we describe.
pub fn asking(words: Words, resource: &ServicePrincipal, name: &str) -> Asking {
    let text = if resource.is_directory_api() { of_directory(words, name) } else { of_app(words, resource, name) };
    Asking { text, name: name.to_owned() }
}

/// A permission of the directory API that a program gets for itself.
pub fn asking_for_itself(words: Words, permission: Permission) -> Asking {
    Asking { text: words.t(key(permission)), name: permission.name().to_owned() }
}

fn of_directory(words: Words, name: &str) -> String {
    match (name, Permission::from_name(name)) {
        (_, Some(permission)) => words.t(key(permission)),
        ("openid", _) => words.t("may-openid"),
        ("profile", _) => words.t("may-profile"),
        ("email", _) => words.t("may-email"),
        ("offline_access", _) => words.t("may-offline"),
        _ => name.to_owned(),
    }
}

fn of_app(words: Words, resource: &ServicePrincipal, name: &str) -> String {
    let scope = resource.exposed_scopes().into_iter().find(|scope| scope.value == name);
    let said = scope.and_then(|scope| scope.user_consent_display_name.or(scope.admin_consent_display_name));
    let said = said.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| name.to_owned());
    words.t2("may-at-app", "permission", &said, "app", &resource.display_name)
}

const fn key(permission: Permission) -> &'static str {
    match permission {
        Permission::UserRead => "may-user-read",
        Permission::UserReadBasicAll => "may-user-readbasic-all",
        Permission::UserReadAll => "may-user-read-all",
        Permission::UserReadWriteAll => "may-user-readwrite-all",
        Permission::UserReadWrite => "may-user-readwrite",
        Permission::UserEnableDisableAccountAll => "may-user-enabledisableaccount-all",
        Permission::UserDeleteRestoreAll => "may-user-deleterestore-all",
        Permission::UserRevokeSessionsAll => "may-user-revokesessions-all",
        Permission::ProfilePhotoReadAll => "may-profilephoto-read-all",
        Permission::ProfilePhotoReadWriteAll => "may-profilephoto-readwrite-all",
        Permission::GroupReadAll => "may-group-read-all",
        Permission::GroupReadWriteAll => "may-group-readwrite-all",
        Permission::GroupCreate => "may-group-create",
        Permission::GroupMemberReadAll => "may-groupmember-read-all",
        Permission::GroupMemberReadWriteAll => "may-groupmember-readwrite-all",
        Permission::UserInviteAll => "may-user-invite-all",
        Permission::DirectoryReadAll => "may-directory-read-all",
        Permission::DirectoryReadWriteAll => "may-directory-readwrite-all",
        Permission::ApplicationReadAll => "may-application-read-all",
        Permission::ApplicationReadWriteAll => "may-application-readwrite-all",
        Permission::ApplicationReadWriteOwnedBy => "may-application-readwrite-ownedby",
        Permission::DelegatedPermissionGrantReadAll => "may-delegatedpermissiongrant-read-all",
        Permission::DelegatedPermissionGrantReadWriteAll => "may-delegatedpermissiongrant-readwrite-all",
        Permission::AppRoleAssignmentReadWriteAll => "may-approleassignment-readwrite-all",
        Permission::RoleManagementReadDirectory => "may-rolemanagement-read-directory",
        Permission::RoleManagementReadAll => "may-rolemanagement-read-all",
        Permission::RoleManagementReadWriteDirectory => "may-rolemanagement-readwrite-directory",
        Permission::PolicyReadAll => "may-policy-read-all",
        Permission::PolicyReadWriteAuthorization => "may-policy-readwrite-authorization",
        Permission::PolicyReadAuthenticationMethod => "may-policy-read-authenticationmethod",
        Permission::PolicyReadWriteAuthenticationMethod => "may-policy-readwrite-authenticationmethod",
        Permission::PolicyReadB2BManagementPolicy => "may-policy-read-b2bmanagementpolicy",
        Permission::PolicyReadWriteB2BManagementPolicy => "may-policy-readwrite-b2bmanagementpolicy",
        Permission::PolicyReadWriteExternalIdentities => "may-policy-readwrite-externalidentities",
        Permission::PolicyReadPermissionGrant => "may-policy-read-permissiongrant",
        Permission::PolicyReadWritePermissionGrant => "may-policy-readwrite-permissiongrant",
        Permission::PolicyReadWriteApplicationConfiguration => "may-policy-readwrite-applicationconfiguration",
        Permission::PolicyReadWriteConsentRequest => "may-policy-readwrite-consentrequest",
        Permission::ConsentRequestReadAll => "may-consentrequest-read-all",
        Permission::ConsentRequestReadWriteAll => "may-consentrequest-readwrite-all",
        Permission::OrganizationReadAll => "may-organization-read-all",
        Permission::OrganizationReadWriteAll => "may-organization-readwrite-all",
        Permission::DomainReadAll => "may-domain-read-all",
        Permission::DomainReadWriteAll => "may-domain-readwrite-all",
        Permission::OrganizationalBrandingReadAll => "may-organizationalbranding-read-all",
        Permission::OrganizationalBrandingReadWriteAll => "may-organizationalbranding-readwrite-all",
        Permission::AuditLogReadAll => "may-auditlog-read-all",
    }
}
