//! The permissions of which one is enough.

use crate::graph::Permission::{
    self, AppRoleAssignmentReadWriteAll, ApplicationReadAll, ApplicationReadWriteAll, ApplicationReadWriteOwnedBy,
    AuditLogReadAll, ConsentRequestReadAll, ConsentRequestReadWriteAll, DelegatedPermissionGrantReadAll,
    DelegatedPermissionGrantReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll, DomainReadAll, DomainReadWriteAll,
    GroupCreate, GroupMemberReadAll, GroupMemberReadWriteAll, GroupReadAll, GroupReadWriteAll, OrganizationReadAll,
    OrganizationReadWriteAll, OrganizationalBrandingReadAll, OrganizationalBrandingReadWriteAll, PolicyReadAll,
    PolicyReadAuthenticationMethod, PolicyReadB2BManagementPolicy, PolicyReadPermissionGrant,
    PolicyReadWriteApplicationConfiguration, PolicyReadWriteAuthenticationMethod, PolicyReadWriteAuthorization,
    PolicyReadWriteB2BManagementPolicy, PolicyReadWriteConsentRequest, PolicyReadWriteExternalIdentities,
    PolicyReadWritePermissionGrant, ProfilePhotoReadAll, ProfilePhotoReadWriteAll, RoleManagementReadAll,
    RoleManagementReadDirectory, RoleManagementReadWriteDirectory, UserDeleteRestoreAll, UserInviteAll, UserRead,
    UserReadAll, UserReadBasicAll, UserReadWrite, UserReadWriteAll, UserRevokeSessionsAll,
};

/// Any one of these is enough, for a program and as the scope of an app; no other is.
pub type Enough = &'static [Permission];

pub(super) const READ_SELF: Enough = &[
    UserRead,
    UserReadWrite,
    UserReadBasicAll,
    UserReadAll,
    UserReadWriteAll,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
pub(super) const CHANGE_SELF: Enough = &[UserReadWrite, UserReadWriteAll, DirectoryReadWriteAll];
pub(super) const END_SESSIONS: Enough = &[UserRevokeSessionsAll, UserReadWriteAll, DirectoryReadWriteAll];
pub(super) const READ_DELETED_USERS: Enough =
    &[UserReadAll, UserDeleteRestoreAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
pub(super) const DELETE_USERS: Enough = &[UserDeleteRestoreAll, UserReadWriteAll, DirectoryReadWriteAll];
pub(super) const READ_USERS: Enough =
    &[UserReadBasicAll, UserReadAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
pub(super) const CHANGE_USERS: Enough = &[UserReadWriteAll, DirectoryReadWriteAll];
/// What is enough to invite.
pub const INVITE: Enough = &[UserInviteAll, UserReadWriteAll, DirectoryReadWriteAll];
/// Sponsors are shown whole or not at all.
pub(super) const READ_SPONSORS: Enough = &[UserReadAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
pub(super) const READ_OWN_RELATIONS: Enough =
    &[UserRead, UserReadWrite, UserReadAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
pub(super) const READ_PHOTOS: Enough =
    &[ProfilePhotoReadAll, ProfilePhotoReadWriteAll, UserReadBasicAll, UserReadAll, UserReadWriteAll];
pub(super) const READ_OWN_PHOTO: Enough = &[
    UserRead,
    UserReadWrite,
    ProfilePhotoReadAll,
    ProfilePhotoReadWriteAll,
    UserReadBasicAll,
    UserReadAll,
    UserReadWriteAll,
];
pub(super) const CHANGE_PHOTOS: Enough = &[ProfilePhotoReadWriteAll, UserReadWriteAll, DirectoryReadWriteAll];
pub(super) const CHANGE_OWN_PHOTO: Enough =
    &[UserReadWrite, ProfilePhotoReadWriteAll, UserReadWriteAll, DirectoryReadWriteAll];
pub(super) const READ_POLICY: Enough = &[PolicyReadAll, PolicyReadWriteAuthorization];
pub(super) const CHANGE_POLICY: Enough = &[PolicyReadWriteAuthorization];
pub(super) const READ_DOMAINS: Enough = &[DomainReadAll, DomainReadWriteAll, DirectoryReadAll];
pub(super) const CHANGE_DOMAINS: Enough = &[DomainReadWriteAll];
pub(super) const READ_ORGANIZATION: Enough =
    &[OrganizationReadAll, OrganizationReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
pub(super) const READ_BRANDING: Enough =
    &[OrganizationalBrandingReadAll, OrganizationalBrandingReadWriteAll, OrganizationReadAll, OrganizationReadWriteAll];
pub(super) const CHANGE_BRANDING: Enough = &[OrganizationalBrandingReadWriteAll, OrganizationReadWriteAll];
pub(super) const CHANGE_ORGANIZATION: Enough = &[OrganizationReadWriteAll];
pub(super) const READ_APPS: Enough = &[
    ApplicationReadAll,
    ApplicationReadWriteOwnedBy,
    ApplicationReadWriteAll,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
pub(super) const CREATE_APPS: Enough = &[ApplicationReadWriteOwnedBy, ApplicationReadWriteAll, DirectoryReadWriteAll];
/// Who may read the application and its assignments.
pub(super) const READ_ASSIGNED: Enough =
    &[ApplicationReadAll, ApplicationReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
pub(super) const CHANGE_APPS: Enough = &[ApplicationReadWriteAll, DirectoryReadWriteAll];
pub(super) const READ_ASSIGNMENTS: Enough = &[
    AppRoleAssignmentReadWriteAll,
    ApplicationReadAll,
    ApplicationReadWriteAll,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
pub(super) const ASSIGN: Enough = &[AppRoleAssignmentReadWriteAll];
pub(super) const READ_GRANTS: Enough =
    &[DelegatedPermissionGrantReadAll, DelegatedPermissionGrantReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
pub(super) const CHANGE_GRANTS: Enough = &[DelegatedPermissionGrantReadWriteAll, DirectoryReadWriteAll];
pub(super) const READ_ROLES: Enough = &[
    RoleManagementReadAll,
    RoleManagementReadDirectory,
    RoleManagementReadWriteDirectory,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
pub(super) const READ_METHODS: Enough =
    &[PolicyReadAll, PolicyReadAuthenticationMethod, PolicyReadWriteAuthenticationMethod];
pub(super) const CHANGE_METHODS: Enough = &[PolicyReadWriteAuthenticationMethod];
pub(super) const READ_GRANT_POLICIES: Enough =
    &[PolicyReadAll, PolicyReadPermissionGrant, PolicyReadWritePermissionGrant, PolicyReadWriteAuthorization];
pub(super) const CHANGE_GRANT_POLICIES: Enough = &[PolicyReadWritePermissionGrant];
pub(super) const READ_LIFETIMES: Enough = &[PolicyReadAll, PolicyReadWriteApplicationConfiguration];
pub(super) const CHANGE_LIFETIMES: Enough = &[PolicyReadWriteApplicationConfiguration];
pub(super) const READ_CONSENT_POLICY: Enough =
    &[PolicyReadAll, PolicyReadWriteConsentRequest, DirectoryReadAll, DirectoryReadWriteAll];
pub(super) const CHANGE_CONSENT_POLICY: Enough = &[PolicyReadWriteConsentRequest, DirectoryReadWriteAll];
pub(super) const READ_CONSENT_REQUESTS: Enough = &[ConsentRequestReadAll, ConsentRequestReadWriteAll];
pub(super) const READ_DOMAIN_LIST: Enough = &[PolicyReadB2BManagementPolicy, PolicyReadWriteB2BManagementPolicy];
pub(super) const CHANGE_DOMAIN_LIST: Enough = &[PolicyReadWriteB2BManagementPolicy];
pub(super) const READ_EXTERNAL_IDENTITIES: Enough = &[PolicyReadAll, PolicyReadWriteExternalIdentities];
pub(super) const CHANGE_EXTERNAL_IDENTITIES: Enough = &[PolicyReadWriteExternalIdentities];
pub(super) const CHANGE_ROLES: Enough = &[RoleManagementReadWriteDirectory];
pub(super) const READ_LOGS: Enough = &[AuditLogReadAll];

pub(super) const READ_GROUPS: Enough = &[
    GroupMemberReadAll,
    GroupMemberReadWriteAll,
    GroupReadAll,
    GroupReadWriteAll,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
pub(super) const READ_DELETED_GROUPS: Enough =
    &[GroupReadAll, GroupReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
pub(super) const CREATE_GROUPS: Enough = &[GroupCreate, GroupReadWriteAll, DirectoryReadWriteAll];
pub(super) const CHANGE_GROUPS: Enough = &[GroupReadWriteAll, DirectoryReadWriteAll];
pub(super) const CHANGE_MEMBERS: Enough = &[GroupMemberReadWriteAll, GroupReadWriteAll, DirectoryReadWriteAll];
pub(super) const READ_ANYTHING: Enough = &[DirectoryReadAll, DirectoryReadWriteAll];
/// Where each permission alone is too little.
pub(super) const NONE_ALONE: Enough = &[];
