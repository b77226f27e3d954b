//! Who may use which route.

use crate::graph::Permission::{
    self, AppRoleAssignmentReadWriteAll, ApplicationReadAll, ApplicationReadWriteAll, ApplicationReadWriteOwnedBy,
    AuditLogReadAll, ConsentRequestReadAll, ConsentRequestReadWriteAll, DelegatedPermissionGrantReadAll,
    DelegatedPermissionGrantReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll, DomainReadAll, DomainReadWriteAll,
    GroupCreate, GroupMemberReadAll, GroupMemberReadWriteAll, GroupReadAll, GroupReadWriteAll, OrganizationReadAll,
    OrganizationReadWriteAll, OrganizationalBrandingReadAll, OrganizationalBrandingReadWriteAll, PolicyReadAll,
    PolicyReadAuthenticationMethod, PolicyReadB2BManagementPolicy, PolicyReadPermissionGrant,
    PolicyReadWriteAuthenticationMethod, PolicyReadWriteAuthorization, PolicyReadWriteB2BManagementPolicy,
    PolicyReadWriteConsentRequest, PolicyReadWritePermissionGrant, ProfilePhotoReadAll, ProfilePhotoReadWriteAll,
    RoleManagementReadAll, RoleManagementReadDirectory, RoleManagementReadWriteDirectory, UserDeleteRestoreAll,
    UserEnableDisableAccountAll, UserInviteAll, UserRead, UserReadAll, UserReadBasicAll, UserReadWrite,
    UserReadWriteAll, UserRevokeSessionsAll,
};
use crate::graph::role::LOG_READERS;
use crate::graph::{Caller, Role};

/// Any one of these is enough, for a program and as the scope of an app; no other is.
pub type Enough = &'static [Permission];

const READ_SELF: Enough = &[
    UserRead,
    UserReadWrite,
    UserReadBasicAll,
    UserReadAll,
    UserReadWriteAll,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
const CHANGE_SELF: Enough = &[UserReadWrite, UserReadWriteAll, DirectoryReadWriteAll];
const END_SESSIONS: Enough = &[UserRevokeSessionsAll, UserReadWriteAll, DirectoryReadWriteAll];
const READ_DELETED_USERS: Enough =
    &[UserReadAll, UserDeleteRestoreAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const DELETE_USERS: Enough = &[UserDeleteRestoreAll, UserReadWriteAll, DirectoryReadWriteAll];
const READ_USERS: Enough = &[UserReadBasicAll, UserReadAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const CHANGE_USERS: Enough = &[UserReadWriteAll, DirectoryReadWriteAll];
/// What is enough to invite.
pub const INVITE: Enough = &[UserInviteAll, UserReadWriteAll, DirectoryReadWriteAll];
/// Sponsors are shown whole or not at all.
const READ_SPONSORS: Enough = &[UserReadAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const READ_OWN_RELATIONS: Enough =
    &[UserRead, UserReadWrite, UserReadAll, UserReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const READ_PHOTOS: Enough =
    &[ProfilePhotoReadAll, ProfilePhotoReadWriteAll, UserReadBasicAll, UserReadAll, UserReadWriteAll];
const READ_OWN_PHOTO: Enough = &[
    UserRead,
    UserReadWrite,
    ProfilePhotoReadAll,
    ProfilePhotoReadWriteAll,
    UserReadBasicAll,
    UserReadAll,
    UserReadWriteAll,
];
const CHANGE_PHOTOS: Enough = &[ProfilePhotoReadWriteAll, UserReadWriteAll, DirectoryReadWriteAll];
const CHANGE_OWN_PHOTO: Enough = &[UserReadWrite, ProfilePhotoReadWriteAll, UserReadWriteAll, DirectoryReadWriteAll];
const READ_POLICY: Enough = &[PolicyReadAll, PolicyReadWriteAuthorization];
const CHANGE_POLICY: Enough = &[PolicyReadWriteAuthorization];
const READ_DOMAINS: Enough = &[DomainReadAll, DomainReadWriteAll, DirectoryReadAll];
const CHANGE_DOMAINS: Enough = &[DomainReadWriteAll];
const READ_ORGANIZATION: Enough =
    &[OrganizationReadAll, OrganizationReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const READ_BRANDING: Enough =
    &[OrganizationalBrandingReadAll, OrganizationalBrandingReadWriteAll, OrganizationReadAll, OrganizationReadWriteAll];
const CHANGE_BRANDING: Enough = &[OrganizationalBrandingReadWriteAll, OrganizationReadWriteAll];
const CHANGE_ORGANIZATION: Enough = &[OrganizationReadWriteAll];
const READ_APPS: Enough = &[
    ApplicationReadAll,
    ApplicationReadWriteOwnedBy,
    ApplicationReadWriteAll,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
const CREATE_APPS: Enough = &[ApplicationReadWriteOwnedBy, ApplicationReadWriteAll, DirectoryReadWriteAll];
/// Who may read the application and its assignments.
const READ_ASSIGNED: Enough = &[ApplicationReadAll, ApplicationReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const CHANGE_APPS: Enough = &[ApplicationReadWriteAll, DirectoryReadWriteAll];
const READ_ASSIGNMENTS: Enough = &[
    AppRoleAssignmentReadWriteAll,
    ApplicationReadAll,
    ApplicationReadWriteAll,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
const ASSIGN: Enough = &[AppRoleAssignmentReadWriteAll];
const READ_GRANTS: Enough =
    &[DelegatedPermissionGrantReadAll, DelegatedPermissionGrantReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const CHANGE_GRANTS: Enough = &[DelegatedPermissionGrantReadWriteAll, DirectoryReadWriteAll];
const READ_ROLES: Enough = &[
    RoleManagementReadAll,
    RoleManagementReadDirectory,
    RoleManagementReadWriteDirectory,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
const READ_METHODS: Enough = &[PolicyReadAll, PolicyReadAuthenticationMethod, PolicyReadWriteAuthenticationMethod];
const CHANGE_METHODS: Enough = &[PolicyReadWriteAuthenticationMethod];
const READ_GRANT_POLICIES: Enough =
    &[PolicyReadAll, PolicyReadPermissionGrant, PolicyReadWritePermissionGrant, PolicyReadWriteAuthorization];
const CHANGE_GRANT_POLICIES: Enough = &[PolicyReadWritePermissionGrant];
const READ_CONSENT_POLICY: Enough =
    &[PolicyReadAll, PolicyReadWriteConsentRequest, DirectoryReadAll, DirectoryReadWriteAll];
const CHANGE_CONSENT_POLICY: Enough = &[PolicyReadWriteConsentRequest, DirectoryReadWriteAll];
const READ_CONSENT_REQUESTS: Enough = &[ConsentRequestReadAll, ConsentRequestReadWriteAll];
const READ_DOMAIN_LIST: Enough = &[PolicyReadB2BManagementPolicy, PolicyReadWriteB2BManagementPolicy];
const CHANGE_DOMAIN_LIST: Enough = &[PolicyReadWriteB2BManagementPolicy];
const CHANGE_ROLES: Enough = &[RoleManagementReadWriteDirectory];
const READ_LOGS: Enough = &[AuditLogReadAll];

const READ_GROUPS: Enough = &[
    GroupMemberReadAll,
    GroupMemberReadWriteAll,
    GroupReadAll,
    GroupReadWriteAll,
    DirectoryReadAll,
    DirectoryReadWriteAll,
];
const READ_DELETED_GROUPS: Enough = &[GroupReadAll, GroupReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll];
const CREATE_GROUPS: Enough = &[GroupCreate, GroupReadWriteAll, DirectoryReadWriteAll];
const CHANGE_GROUPS: Enough = &[GroupReadWriteAll, DirectoryReadWriteAll];
const CHANGE_MEMBERS: Enough = &[GroupMemberReadWriteAll, GroupReadWriteAll, DirectoryReadWriteAll];
const READ_ANYTHING: Enough = &[DirectoryReadAll, DirectoryReadWriteAll];

/// Which people may.
#[derive(Debug, Clone, Copy)]
pub enum People {
    /// Any signed-in person, guests too.
    Everybody,
    /// Members, whatever they hold.
    Members,
    /// Holders of one of these roles.
    Holders(&'static [Role]),
}

/// A kind of person that the tests try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A guest without a role.
    Guest,
    /// A member without a role.
    Member,
    /// A member with this role.
    Holder(Role),
}

impl People {
    /// Whether somebody of this kind is among them.
    pub fn include(self, kind: Kind) -> bool {
        match (self, kind) {
            (Self::Everybody, _) | (Self::Members, Kind::Member | Kind::Holder(_)) => true,
            (Self::Holders(roles), Kind::Holder(role)) => roles.contains(&role),
            (Self::Members | Self::Holders(_), _) => false,
        }
    }
}

const EVERYBODY: People = People::Everybody;
const MEMBERS: People = People::Members;
const ANY_ROLE: People = People::Holders(Role::ALL);
/// Only whom the path names, and that is none of those who ask.
const NOBODY: People = People::Holders(&[]);
const GLOBAL: People = People::Holders(&[Role::GlobalAdministrator]);
const ROLES: People = People::Holders(&[Role::GlobalAdministrator, Role::PrivilegedRoleAdministrator]);
const METHODS: People = People::Holders(&[Role::GlobalAdministrator, Role::AuthenticationPolicyAdministrator]);
const LOGS: People = People::Holders(LOG_READERS);
const APPS: People =
    People::Holders(&[Role::GlobalAdministrator, Role::ApplicationAdministrator, Role::CloudApplicationAdministrator]);
/// Who decides what apps may do, and who may use them.
const GRANTS: People = People::Holders(&[
    Role::GlobalAdministrator,
    Role::PrivilegedRoleAdministrator,
    Role::ApplicationAdministrator,
    Role::CloudApplicationAdministrator,
]);
const USERS: People = People::Holders(&[Role::GlobalAdministrator, Role::UserAdministrator]);
const SESSIONS: People =
    People::Holders(&[Role::GlobalAdministrator, Role::UserAdministrator, Role::AuthenticationAdministrator]);
const GROUPS: People =
    People::Holders(&[Role::GlobalAdministrator, Role::GroupsAdministrator, Role::UserAdministrator]);
/// Privileged Role Administrators make groups that roles can be given to, and bring them back.
const GROUPS_OR_ROLES: People = People::Holders(&[
    Role::GlobalAdministrator,
    Role::GroupsAdministrator,
    Role::UserAdministrator,
    Role::PrivilegedRoleAdministrator,
]);

/// Whether deleted objects of another kind than the one of the world are there for the caller of this route.
pub fn has_other_deleted(route: &str, caller: &Caller) -> bool {
    let is_read = route.starts_with("GET ");
    let others = [
        (if is_read { READ_DELETED_GROUPS } else { CHANGE_GROUPS }, GROUPS_OR_ROLES),
        (if is_read { READ_APPS } else { CHANGE_APPS }, APPS),
    ];
    let looks_after = |(enough, people): (Enough, People)| {
        let People::Holders(managers) = people else { return false };
        caller.has_any(enough) && (caller.is_application() || caller.holds_any(managers))
    };
    route.contains("/deletedItems/{deleted}") && others.into_iter().any(looks_after)
}

/// One route.
#[derive(Debug)]
pub struct Row {
    /// Method and path.
    pub route: &'static str,
    /// Which people may.
    pub people: People,
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

const fn row(route: &'static str, people: People, enough: Enough) -> Row {
    Row { route, people, enough, together: &[], serves_programs: true }
}

/// Assigning at a service principal also takes the right to read it (Graph: grant an app role to a service principal).
const fn assigning(route: &'static str, people: People) -> Row {
    let together = &[AppRoleAssignmentReadWriteAll, ApplicationReadAll];
    Row { route, people, enough: &[], together, serves_programs: true }
}

const fn own(route: &'static str, enough: Enough) -> Row {
    Row { route, people: EVERYBODY, enough, together: &[], serves_programs: false }
}

/// What programs have no business with unless it is theirs.
const fn person_only(route: &'static str, people: People, enough: Enough) -> Row {
    Row { route, people, enough, together: &[], serves_programs: false }
}

const fn person(route: &'static str, people: People) -> Row {
    Row { route, people, enough: &[], together: &[], serves_programs: false }
}

/// The API: a caller comes from a token.
pub const API: &[Row] = &[
    own("GET /v1.0/me", READ_SELF),
    Row { people: MEMBERS, ..own("PATCH /v1.0/me", CHANGE_SELF) },
    own("POST /v1.0/me/revokeSignInSessions", END_SESSIONS),
    own("POST /v1.0/me/changePassword", CHANGE_SELF),
    person_only("POST /v1.0/users/{user}/changePassword", NOBODY, CHANGE_SELF),
    row("GET /v1.0/users", MEMBERS, READ_USERS),
    row("GET /v1.0/users/$count", MEMBERS, READ_USERS),
    row("GET /v1.0/users/delta", MEMBERS, READ_USERS),
    row("GET /v1.0/users/{user}", EVERYBODY, READ_USERS),
    row("POST /v1.0/users", USERS, CHANGE_USERS),
    Row {
        together: &[UserEnableDisableAccountAll, UserReadAll],
        ..row("PATCH /v1.0/users/{user}", USERS, CHANGE_USERS)
    },
    row("DELETE /v1.0/users/{user}", USERS, DELETE_USERS),
    row("POST /v1.0/users/{user}/revokeSignInSessions", SESSIONS, END_SESSIONS),
    row("GET /v1.0/users/{user}/sponsors", MEMBERS, READ_SPONSORS),
    row("POST /v1.0/users/{user}/sponsors/$ref", USERS, CHANGE_USERS),
    row("DELETE /v1.0/users/{user}/sponsors/$ref", USERS, CHANGE_USERS),
    row("DELETE /v1.0/users/{user}/sponsors/{sponsor}/$ref", USERS, CHANGE_USERS),
    row("GET /v1.0/users/{user}/sponsorOf", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/manager", EVERYBODY, READ_SPONSORS),
    row("GET /v1.0/users/{user}/sponsors/$ref", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/manager/$ref", EVERYBODY, READ_SPONSORS),
    row("PUT /v1.0/users/{user}/manager/$ref", USERS, CHANGE_USERS),
    row("DELETE /v1.0/users/{user}/manager/$ref", USERS, CHANGE_USERS),
    row("GET /v1.0/users/{user}/directReports", EVERYBODY, READ_SPONSORS),
    own("GET /v1.0/me/manager", READ_OWN_RELATIONS),
    own("GET /v1.0/me/manager/$ref", READ_OWN_RELATIONS),
    own("GET /v1.0/me/sponsors/$ref", READ_OWN_RELATIONS),
    own("GET /v1.0/me/directReports", READ_OWN_RELATIONS),
    own("GET /v1.0/me/sponsors", READ_OWN_RELATIONS),
    own("GET /v1.0/me/photo", READ_OWN_PHOTO),
    own("GET /v1.0/me/photo/$value", READ_OWN_PHOTO),
    Row { people: MEMBERS, ..own("PUT /v1.0/me/photo", CHANGE_OWN_PHOTO) },
    Row { people: MEMBERS, ..own("PATCH /v1.0/me/photo", CHANGE_OWN_PHOTO) },
    Row { people: MEMBERS, ..own("DELETE /v1.0/me/photo", CHANGE_OWN_PHOTO) },
    Row { people: MEMBERS, ..own("PUT /v1.0/me/photo/$value", CHANGE_OWN_PHOTO) },
    Row { people: MEMBERS, ..own("PATCH /v1.0/me/photo/$value", CHANGE_OWN_PHOTO) },
    Row { people: MEMBERS, ..own("DELETE /v1.0/me/photo/$value", CHANGE_OWN_PHOTO) },
    row("GET /v1.0/users/{user}/photo", EVERYBODY, READ_PHOTOS),
    row("GET /v1.0/users/{user}/photo/$value", EVERYBODY, READ_PHOTOS),
    row("PUT /v1.0/users/{user}/photo", USERS, CHANGE_PHOTOS),
    row("PATCH /v1.0/users/{user}/photo", USERS, CHANGE_PHOTOS),
    row("DELETE /v1.0/users/{user}/photo", USERS, CHANGE_PHOTOS),
    row("PUT /v1.0/users/{user}/photo/$value", USERS, CHANGE_PHOTOS),
    row("PATCH /v1.0/users/{user}/photo/$value", USERS, CHANGE_PHOTOS),
    row("DELETE /v1.0/users/{user}/photo/$value", USERS, CHANGE_PHOTOS),
    row("GET /vestibule/v1/guestsWithoutSponsor", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/guestsWithoutSponsor/assign", USERS, CHANGE_USERS),
    row("GET /v1.0/directory/deletedItems/microsoft.graph.user", USERS, READ_DELETED_USERS),
    row("GET /v1.0/directory/deletedItems/microsoft.graph.user/$count", USERS, READ_DELETED_USERS),
    row("GET /v1.0/directory/deletedItems/microsoft.graph.group/$count", GROUPS_OR_ROLES, READ_DELETED_GROUPS),
    row("GET /v1.0/directory/deletedItems/microsoft.graph.application", APPS, READ_APPS),
    row("GET /v1.0/directory/deletedItems/microsoft.graph.application/$count", APPS, READ_APPS),
    row("GET /v1.0/directory/deletedItems/microsoft.graph.servicePrincipal", APPS, READ_APPS),
    row("GET /v1.0/directory/deletedItems/microsoft.graph.servicePrincipal/$count", APPS, READ_APPS),
    row("GET /v1.0/directory/deletedItems/{deleted}", USERS, READ_DELETED_USERS),
    row("DELETE /v1.0/directory/deletedItems/{deleted}", USERS, DELETE_USERS),
    row("POST /v1.0/directory/deletedItems/{deleted}/restore", USERS, DELETE_USERS),
    row("GET /v1.0/directory/deletedItems/microsoft.graph.group", GROUPS_OR_ROLES, READ_DELETED_GROUPS),
    row("GET /v1.0/users/{user}/appRoleAssignments", MEMBERS, READ_ASSIGNMENTS),
    row("POST /v1.0/users/{user}/appRoleAssignments", GRANTS, ASSIGN),
    row("GET /v1.0/users/{user}/appRoleAssignments/{assignment}", MEMBERS, READ_ASSIGNMENTS),
    own("GET /v1.0/me/appRoleAssignments", READ_ASSIGNMENTS),
    row("DELETE /v1.0/users/{user}/appRoleAssignments/{assignment}", GRANTS, ASSIGN),
    row("GET /v1.0/groups", MEMBERS, READ_GROUPS),
    row("POST /v1.0/groups", GROUPS_OR_ROLES, CREATE_GROUPS),
    row("GET /v1.0/groups/$count", MEMBERS, READ_GROUPS),
    row("GET /v1.0/groups/delta", MEMBERS, READ_GROUPS),
    row("GET /v1.0/groups/{group}", EVERYBODY, READ_GROUPS),
    row("PATCH /v1.0/groups/{group}", GROUPS, CHANGE_GROUPS),
    row("DELETE /v1.0/groups/{group}", GROUPS, CHANGE_GROUPS),
    row("GET /vestibule/v1/groups/{group}", EVERYBODY, READ_GROUPS),
    row("POST /v1.0/groups/{group}/validateProperties", EVERYBODY, READ_GROUPS),
    row("POST /v1.0/groups/validateProperties", EVERYBODY, READ_GROUPS),
    row("POST /v1.0/directoryObjects/validateProperties", EVERYBODY, READ_GROUPS),
    row("POST /v1.0/groups/{group}/members/$ref", GROUPS, CHANGE_MEMBERS),
    row("DELETE /v1.0/groups/{group}/members/$ref", GROUPS, CHANGE_MEMBERS),
    row("DELETE /v1.0/groups/{group}/members/{member}/$ref", GROUPS, CHANGE_MEMBERS),
    row("POST /v1.0/groups/{group}/owners/$ref", GROUPS, CHANGE_GROUPS),
    row("DELETE /v1.0/groups/{group}/owners/$ref", GROUPS, CHANGE_GROUPS),
    row("DELETE /v1.0/groups/{group}/owners/{member}/$ref", GROUPS, CHANGE_GROUPS),
    row("GET /v1.0/groups/{group}/members", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/members/$ref", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/members/$count", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/members/{cast}", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/members/{cast}/$count", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/members/{member}/{cast}", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/transitiveMembers", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/transitiveMembers/$count", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/transitiveMembers/{cast}", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/transitiveMembers/{cast}/$count", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/owners", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/owners/$ref", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/owners/{cast}", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/owners/{cast}/$count", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/owners/{member}/{cast}", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/memberOf", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/memberOf/{cast}", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/memberOf/{cast}/$count", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/transitiveMemberOf", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/transitiveMemberOf/{cast}", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/transitiveMemberOf/{cast}/$count", EVERYBODY, READ_GROUPS),
    row("POST /v1.0/groups/{group}/getMemberGroups", EVERYBODY, READ_GROUPS),
    row("POST /v1.0/groups/{group}/getMemberObjects", EVERYBODY, READ_GROUPS),
    row("POST /v1.0/groups/{group}/checkMemberGroups", EVERYBODY, READ_GROUPS),
    row("POST /v1.0/groups/{group}/checkMemberObjects", EVERYBODY, READ_GROUPS),
    row("GET /v1.0/groups/{group}/appRoleAssignments", MEMBERS, READ_ASSIGNMENTS),
    row("POST /v1.0/groups/{group}/appRoleAssignments", GRANTS, ASSIGN),
    row("GET /v1.0/groups/{group}/appRoleAssignments/{assignment}", MEMBERS, READ_ASSIGNMENTS),
    row("DELETE /v1.0/groups/{group}/appRoleAssignments/{assignment}", GRANTS, ASSIGN),
    row("GET /v1.0/users/{user}/memberOf", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/memberOf/$count", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/memberOf/{cast}", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/memberOf/{cast}/$count", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/transitiveMemberOf", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/transitiveMemberOf/$count", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/transitiveMemberOf/{cast}", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/transitiveMemberOf/{cast}/$count", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/ownedObjects", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/ownedObjects/{cast}", MEMBERS, READ_SPONSORS),
    row("GET /v1.0/users/{user}/ownedObjects/{cast}/$count", MEMBERS, READ_SPONSORS),
    row("POST /v1.0/users/{user}/getMemberGroups", MEMBERS, READ_USERS),
    row("POST /v1.0/users/{user}/getMemberObjects", MEMBERS, READ_USERS),
    row("POST /v1.0/users/{user}/checkMemberGroups", MEMBERS, READ_USERS),
    row("POST /v1.0/users/{user}/checkMemberObjects", MEMBERS, READ_USERS),
    own("GET /v1.0/me/memberOf", READ_SELF),
    own("GET /v1.0/me/memberOf/{cast}", READ_SELF),
    own("GET /v1.0/me/memberOf/{cast}/$count", READ_SELF),
    own("GET /v1.0/me/transitiveMemberOf", READ_SELF),
    own("GET /v1.0/me/transitiveMemberOf/{cast}", READ_SELF),
    own("GET /v1.0/me/transitiveMemberOf/{cast}/$count", READ_SELF),
    own("GET /v1.0/me/ownedObjects", READ_SELF),
    own("GET /v1.0/me/ownedObjects/{cast}", READ_SELF),
    own("GET /v1.0/me/ownedObjects/{cast}/$count", READ_SELF),
    own("POST /v1.0/me/getMemberGroups", READ_SELF),
    own("POST /v1.0/me/getMemberObjects", READ_SELF),
    own("POST /v1.0/me/checkMemberGroups", READ_SELF),
    own("POST /v1.0/me/checkMemberObjects", READ_SELF),
    row("GET /v1.0/servicePrincipals/{principal}/memberOf", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/memberOf/{cast}", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/memberOf/{cast}/$count", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/transitiveMemberOf", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/transitiveMemberOf/{cast}", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/transitiveMemberOf/{cast}/$count", MEMBERS, READ_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/getMemberGroups", MEMBERS, READ_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/getMemberObjects", MEMBERS, READ_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/checkMemberGroups", MEMBERS, READ_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/checkMemberObjects", MEMBERS, READ_APPS),
    row("GET /v1.0/directoryObjects/{object}", EVERYBODY, READ_ANYTHING),
    row("DELETE /v1.0/directoryObjects/{object}", USERS, DELETE_USERS),
    row("POST /v1.0/directoryObjects/getByIds", EVERYBODY, READ_ANYTHING),
    row("POST /v1.0/directoryObjects/{object}/getMemberGroups", MEMBERS, READ_ANYTHING),
    row("POST /v1.0/directoryObjects/{object}/getMemberObjects", MEMBERS, READ_ANYTHING),
    row("POST /v1.0/directoryObjects/{object}/checkMemberGroups", MEMBERS, READ_ANYTHING),
    row("POST /v1.0/directoryObjects/{object}/checkMemberObjects", MEMBERS, READ_ANYTHING),
    row("GET /v1.0/directoryRoleTemplates", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoleTemplates/{template}", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles", MEMBERS, READ_ROLES),
    row("POST /v1.0/directoryRoles", ROLES, CHANGE_ROLES),
    row("GET /v1.0/directoryRoles/delta", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}/members", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}/members/microsoft.graph.user", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}/members/microsoft.graph.servicePrincipal", MEMBERS, READ_ROLES),
    row("GET /v1.0/directoryRoles/{role}/members/$ref", MEMBERS, READ_ROLES),
    row("POST /v1.0/directoryRoles/{role}/members/$ref", ROLES, CHANGE_ROLES),
    row("DELETE /v1.0/directoryRoles/{role}/members/{member}/$ref", ROLES, CHANGE_ROLES),
    row("GET /v1.0/roleManagement/directory/roleDefinitions", MEMBERS, READ_ROLES),
    row("GET /v1.0/roleManagement/directory/roleDefinitions/{definition}", MEMBERS, READ_ROLES),
    row("GET /v1.0/roleManagement/directory/roleAssignments", MEMBERS, READ_ROLES),
    row("POST /v1.0/roleManagement/directory/roleAssignments", ROLES, CHANGE_ROLES),
    row("GET /v1.0/roleManagement/directory/roleAssignments/{assigned}", MEMBERS, READ_ROLES),
    row("DELETE /v1.0/roleManagement/directory/roleAssignments/{assigned}", ROLES, CHANGE_ROLES),
    row("POST /v1.0/$batch", EVERYBODY, Permission::ALL),
    row("POST /beta/$batch", EVERYBODY, Permission::ALL),
    row("POST /v1.0/invitations", EVERYBODY, INVITE),
    row("POST /beta/invitations", EVERYBODY, INVITE),
    row("GET /vestibule/v1/invitations", EVERYBODY, INVITE),
    row("POST /vestibule/v1/invitations/resendHeld", EVERYBODY, INVITE),
    row("GET /vestibule/v1/invitations/{id}", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/invitations/{id}/resend", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/invitations/{id}/revoke", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/bulkInvitations", EVERYBODY, INVITE),
    row("POST /vestibule/v1/bulkInvitations", EVERYBODY, INVITE),
    row("GET /vestibule/v1/bulkInvitations/{id}", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/bulkInvitations/{id}/rows", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/bulkInvitations/{id}/failures", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/bulkInvitations/{id}/start", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/bulkInvitations/{id}/stop", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/mails", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/mails/{id}/retry", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/jobs", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/jobs/retryFailed", USERS, CHANGE_USERS),
    row("POST /vestibule/v1/jobs/{id}/retry", USERS, CHANGE_USERS),
    row("GET /vestibule/v1/health", USERS, CHANGE_USERS),
    row("GET /v1.0/policies/authorizationPolicy", ANY_ROLE, READ_POLICY),
    row("PATCH /v1.0/policies/authorizationPolicy", ROLES, CHANGE_POLICY),
    row("GET /v1.0/policies/authenticationMethodsPolicy", ANY_ROLE, READ_METHODS),
    row("PATCH /v1.0/policies/authenticationMethodsPolicy", METHODS, CHANGE_METHODS),
    row("GET /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations", ANY_ROLE, READ_METHODS),
    row(
        "GET /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
        ANY_ROLE,
        READ_METHODS,
    ),
    row(
        "PATCH /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
        METHODS,
        CHANGE_METHODS,
    ),
    row(
        "DELETE /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
        METHODS,
        CHANGE_METHODS,
    ),
    row("GET /v1.0/policies/permissionGrantPolicies", ANY_ROLE, READ_GRANT_POLICIES),
    row("POST /v1.0/policies/permissionGrantPolicies", ROLES, CHANGE_GRANT_POLICIES),
    row("GET /v1.0/policies/permissionGrantPolicies/{grant_policy}", ANY_ROLE, READ_GRANT_POLICIES),
    row("PATCH /v1.0/policies/permissionGrantPolicies/{grant_policy}", ROLES, CHANGE_GRANT_POLICIES),
    row("DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}", ROLES, CHANGE_GRANT_POLICIES),
    row("GET /v1.0/policies/permissionGrantPolicies/{grant_policy}/includes", ANY_ROLE, READ_GRANT_POLICIES),
    row("POST /v1.0/policies/permissionGrantPolicies/{grant_policy}/includes", ROLES, CHANGE_GRANT_POLICIES),
    row(
        "DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}/includes/{condition}",
        ROLES,
        CHANGE_GRANT_POLICIES,
    ),
    row("GET /v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes", ANY_ROLE, READ_GRANT_POLICIES),
    row("POST /v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes", ROLES, CHANGE_GRANT_POLICIES),
    row(
        "DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes/{condition}",
        ROLES,
        CHANGE_GRANT_POLICIES,
    ),
    row("GET /v1.0/policies/adminConsentRequestPolicy", ANY_ROLE, READ_CONSENT_POLICY),
    row("PUT /v1.0/policies/adminConsentRequestPolicy", APPS, CHANGE_CONSENT_POLICY),
    row("GET /v1.0/identityGovernance/appConsent/appConsentRequests", GRANTS, READ_CONSENT_REQUESTS),
    own(
        "GET /v1.0/identityGovernance/appConsent/appConsentRequests/filterByCurrentUser/on=reviewer",
        READ_CONSENT_REQUESTS,
    ),
    row("GET /v1.0/identityGovernance/appConsent/appConsentRequests/{principal}", GRANTS, READ_CONSENT_REQUESTS),
    row(
        "GET /v1.0/identityGovernance/appConsent/appConsentRequests/{principal}/userConsentRequests",
        GRANTS,
        READ_CONSENT_REQUESTS,
    ),
    row(
        "GET /v1.0/identityGovernance/appConsent/appConsentRequests/{principal}/userConsentRequests/{consent_request}",
        GRANTS,
        READ_CONSENT_REQUESTS,
    ),
    row("GET /beta/policies/b2bManagementPolicies", ANY_ROLE, READ_DOMAIN_LIST),
    row("POST /beta/policies/b2bManagementPolicies", GLOBAL, CHANGE_DOMAIN_LIST),
    row("GET /beta/policies/b2bManagementPolicies/{policy}", ANY_ROLE, READ_DOMAIN_LIST),
    row("PATCH /beta/policies/b2bManagementPolicies/{policy}", GLOBAL, CHANGE_DOMAIN_LIST),
    row("DELETE /beta/policies/b2bManagementPolicies/{policy}", GLOBAL, CHANGE_DOMAIN_LIST),
    row("GET /vestibule/v1/collaborationSettings", ANY_ROLE, READ_POLICY),
    row("PATCH /vestibule/v1/collaborationSettings", GLOBAL, CHANGE_POLICY),
    row("GET /v1.0/domains", MEMBERS, READ_DOMAINS),
    row("POST /v1.0/domains", GLOBAL, CHANGE_DOMAINS),
    row("GET /v1.0/domains/{domain}", MEMBERS, READ_DOMAINS),
    row("PATCH /v1.0/domains/{domain}", GLOBAL, CHANGE_DOMAINS),
    row("DELETE /v1.0/domains/{domain}", GLOBAL, CHANGE_DOMAINS),
    row("GET /v1.0/domains/{domain}/domainNameReferences", MEMBERS, READ_DOMAINS),
    row("GET /v1.0/domains/{domain}/verificationDnsRecords", GLOBAL, READ_DOMAINS),
    row("POST /v1.0/domains/{domain}/verify", GLOBAL, CHANGE_DOMAINS),
    row("GET /v1.0/organization", EVERYBODY, READ_ORGANIZATION),
    row("GET /v1.0/organization/{organization}", EVERYBODY, READ_ORGANIZATION),
    row("PATCH /v1.0/organization/{organization}", GLOBAL, CHANGE_ORGANIZATION),
    row("GET /v1.0/organization/{organization}/branding", EVERYBODY, READ_BRANDING),
    row("PATCH /v1.0/organization/{organization}/branding", GLOBAL, CHANGE_BRANDING),
    row("DELETE /v1.0/organization/{organization}/branding", GLOBAL, CHANGE_BRANDING),
    row("GET /v1.0/organization/{organization}/branding/{image}", EVERYBODY, READ_BRANDING),
    row("PUT /v1.0/organization/{organization}/branding/{image}", GLOBAL, CHANGE_BRANDING),
    row("DELETE /v1.0/organization/{organization}/branding/{image}", GLOBAL, CHANGE_BRANDING),
    row("GET /v1.0/organization/{organization}/branding/localizations", EVERYBODY, READ_BRANDING),
    row("POST /v1.0/organization/{organization}/branding/localizations", GLOBAL, CHANGE_BRANDING),
    row("GET /v1.0/organization/{organization}/branding/localizations/{locale}", EVERYBODY, READ_BRANDING),
    row("PATCH /v1.0/organization/{organization}/branding/localizations/{locale}", GLOBAL, CHANGE_BRANDING),
    row("DELETE /v1.0/organization/{organization}/branding/localizations/{locale}", GLOBAL, CHANGE_BRANDING),
    row("GET /v1.0/organization/{organization}/branding/localizations/{locale}/{image}", EVERYBODY, READ_BRANDING),
    row("PUT /v1.0/organization/{organization}/branding/localizations/{locale}/{image}", GLOBAL, CHANGE_BRANDING),
    row("DELETE /v1.0/organization/{organization}/branding/localizations/{locale}/{image}", GLOBAL, CHANGE_BRANDING),
    row("GET /vestibule/v1/organization", EVERYBODY, READ_ORGANIZATION),
    row("PATCH /vestibule/v1/organization", GLOBAL, CHANGE_ORGANIZATION),
    row("GET /v1.0/applications", EVERYBODY, READ_APPS),
    row("GET /v1.0/applications/$count", EVERYBODY, READ_APPS),
    row("GET /v1.0/applications/delta", EVERYBODY, READ_APPS),
    row("POST /v1.0/applications", APPS, CREATE_APPS),
    row("GET /v1.0/applications/{application}", EVERYBODY, READ_APPS),
    row("PATCH /v1.0/applications/{application}", APPS, CHANGE_APPS),
    row("DELETE /v1.0/applications/{application}", APPS, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/addPassword", APPS, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/removePassword", APPS, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/addKey", APPS, CHANGE_APPS),
    row("POST /v1.0/applications/{application}/removeKey", APPS, CHANGE_APPS),
    row("GET /v1.0/applications/{application}/federatedIdentityCredentials", EVERYBODY, READ_APPS),
    row("POST /v1.0/applications/{application}/federatedIdentityCredentials", APPS, CHANGE_APPS),
    row("GET /v1.0/applications/{application}/federatedIdentityCredentials/{credential}", EVERYBODY, READ_APPS),
    row("PATCH /v1.0/applications/{application}/federatedIdentityCredentials/{credential}", APPS, CHANGE_APPS),
    row("DELETE /v1.0/applications/{application}/federatedIdentityCredentials/{credential}", APPS, CHANGE_APPS),
    row("GET /v1.0/applications/{application}/extensionProperties", EVERYBODY, READ_APPS),
    row("POST /v1.0/applications/{application}/extensionProperties", APPS, CHANGE_APPS),
    row("GET /v1.0/applications/{application}/extensionProperties/{property}", EVERYBODY, READ_APPS),
    row("DELETE /v1.0/applications/{application}/extensionProperties/{property}", APPS, CHANGE_APPS),
    row("POST /v1.0/directoryObjects/getAvailableExtensionProperties", EVERYBODY, READ_APPS),
    row("GET /v1.0/applications/{application}/owners", MEMBERS, READ_APPS),
    row("GET /v1.0/applications/{application}/owners/$ref", MEMBERS, READ_APPS),
    row("GET /v1.0/applications/{application}/owners/{cast}", MEMBERS, READ_APPS),
    row("GET /v1.0/applications/{application}/owners/{cast}/$count", MEMBERS, READ_APPS),
    row("POST /v1.0/applications/{application}/owners/$ref", APPS, CHANGE_APPS),
    row("DELETE /v1.0/applications/{application}/owners/{member}/$ref", APPS, CHANGE_APPS),
    row("GET /vestibule/v1/applications/{application}", EVERYBODY, READ_APPS),
    row("PATCH /vestibule/v1/applications/{application}", APPS, CHANGE_APPS),
    row("GET /v1.0/servicePrincipals", EVERYBODY, READ_APPS),
    row("GET /v1.0/servicePrincipals/$count", EVERYBODY, READ_APPS),
    row("GET /v1.0/servicePrincipals/delta", EVERYBODY, READ_APPS),
    row("POST /v1.0/servicePrincipals", APPS, CREATE_APPS),
    row("GET /v1.0/servicePrincipals/{principal}", EVERYBODY, READ_APPS),
    row("PATCH /v1.0/servicePrincipals/{principal}", APPS, CHANGE_APPS),
    row("DELETE /v1.0/servicePrincipals/{principal}", APPS, CHANGE_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/addPassword", APPS, CHANGE_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/removePassword", APPS, CHANGE_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/owners", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/owners/$ref", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/owners/{cast}", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/owners/{cast}/$count", MEMBERS, READ_APPS),
    row("POST /v1.0/servicePrincipals/{principal}/owners/$ref", APPS, CHANGE_APPS),
    row("DELETE /v1.0/servicePrincipals/{principal}/owners/{member}/$ref", APPS, CHANGE_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/ownedObjects", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/ownedObjects/{cast}", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/ownedObjects/{cast}/$count", MEMBERS, READ_APPS),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignedTo", MEMBERS, READ_ASSIGNED),
    assigning("POST /v1.0/servicePrincipals/{principal}/appRoleAssignedTo", GRANTS),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}", MEMBERS, READ_ASSIGNED),
    assigning("DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}", GRANTS),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignments", EVERYBODY, READ_ASSIGNED),
    assigning("POST /v1.0/servicePrincipals/{principal}/appRoleAssignments", GRANTS),
    row("GET /v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}", EVERYBODY, READ_ASSIGNED),
    assigning("DELETE /v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}", GRANTS),
    row("GET /v1.0/oauth2PermissionGrants", EVERYBODY, READ_GRANTS),
    row("GET /v1.0/oauth2PermissionGrants/delta", MEMBERS, READ_GRANTS),
    row("POST /v1.0/oauth2PermissionGrants", GRANTS, CHANGE_GRANTS),
    row("GET /v1.0/oauth2PermissionGrants/{grant}", EVERYBODY, READ_GRANTS),
    row("PATCH /v1.0/oauth2PermissionGrants/{grant}", GRANTS, CHANGE_GRANTS),
    row("DELETE /v1.0/oauth2PermissionGrants/{grant}", GRANTS, CHANGE_GRANTS),
    row("GET /v1.0/servicePrincipals/{principal}/oauth2PermissionGrants", EVERYBODY, READ_GRANTS),
    row("GET /v1.0/users/{user}/oauth2PermissionGrants", MEMBERS, READ_GRANTS),
    own("GET /v1.0/me/oauth2PermissionGrants", READ_GRANTS),
    row("GET /v1.0/auditLogs/signIns", LOGS, READ_LOGS),
    row("GET /v1.0/auditLogs/signIns/{id}", LOGS, READ_LOGS),
    row("GET /v1.0/auditLogs/directoryAudits", LOGS, READ_LOGS),
    row("GET /v1.0/auditLogs/directoryAudits/{id}", LOGS, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/directoryReads", LOGS, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/directoryReads/{format}", LOGS, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/signIns/{format}", LOGS, READ_LOGS),
    row("GET /vestibule/v1/auditLogs/directoryAudits/{format}", LOGS, READ_LOGS),
    row("GET /v1.0/subscriptions", EVERYBODY, Permission::ALL),
    row("POST /v1.0/subscriptions", EVERYBODY, Permission::ALL),
    person_only("GET /v1.0/subscriptions/{subscription}", GLOBAL, READ_SPONSORS),
    person_only("PATCH /v1.0/subscriptions/{subscription}", GLOBAL, READ_SPONSORS),
    person_only("DELETE /v1.0/subscriptions/{subscription}", GLOBAL, READ_SPONSORS),
    person_only("POST /v1.0/subscriptions/{subscription}/reauthorize", GLOBAL, READ_SPONSORS),
    person_only("GET /vestibule/v1/subscriptions/{subscription}", GLOBAL, READ_SPONSORS),
];

/// The portal: a caller comes from a session.
pub const PORTAL: &[Row] = &[
    person("GET /portal/{tenant}", EVERYBODY),
    person("GET /portal/{tenant}/", EVERYBODY),
    person("GET /portal/{tenant}/users", ANY_ROLE),
    person("GET /portal/{tenant}/users/as/csv", ANY_ROLE),
    person("GET /portal/{tenant}/users/{id}", ANY_ROLE),
    person("GET /portal/{tenant}/users/{id}/{action}", ANY_ROLE),
    person("POST /portal/{tenant}/users/{id}/{action}", USERS),
    person("POST /portal/{tenant}/users/picked", USERS),
    person("GET /portal/{tenant}/users/new", USERS),
    person("POST /portal/{tenant}/users/new", USERS),
    person("GET /portal/{tenant}/users/removed", USERS),
    person("POST /portal/{tenant}/users/removed/{removed}/restore", USERS),
    person("GET /portal/{tenant}/users/without-sponsor", USERS),
    person("POST /portal/{tenant}/users/without-sponsor", USERS),
    person("GET /portal/{tenant}/users/{id}/relations", USERS),
    person("POST /portal/{tenant}/users/{id}/relations", USERS),
    person("GET /portal/{tenant}/users/{id}/reset", SESSIONS),
    person("POST /portal/{tenant}/users/{id}/reset", SESSIONS),
    person("GET /portal/{tenant}/invitations", EVERYBODY),
    person("GET /portal/{tenant}/invitations/new", EVERYBODY),
    person("POST /portal/{tenant}/invitations/new", EVERYBODY),
    person("GET /portal/{tenant}/invitations/{id}", USERS),
    person("POST /portal/{tenant}/invitations/picked", EVERYBODY),
    person("POST /portal/{tenant}/invitations/resend-held", EVERYBODY),
    person("POST /portal/{tenant}/invitations/{id}/resend", USERS),
    person("POST /portal/{tenant}/invitations/{id}/revoke", USERS),
    person("GET /portal/{tenant}/invitations/bulk", EVERYBODY),
    person("POST /portal/{tenant}/invitations/bulk", EVERYBODY),
    person("GET /portal/{tenant}/invitations/bulk/{id}", USERS),
    person("GET /portal/{tenant}/invitations/bulk/{id}/failures", USERS),
    person("POST /portal/{tenant}/invitations/bulk/{id}/start", USERS),
    person("POST /portal/{tenant}/invitations/bulk/{id}/stop", USERS),
    person("GET /portal/{tenant}/groups", ANY_ROLE),
    person("GET /portal/{tenant}/groups/new", GROUPS),
    person("POST /portal/{tenant}/groups/new", GROUPS),
    person("GET /portal/{tenant}/groups/removed", GROUPS),
    person("POST /portal/{tenant}/groups/removed/{gone}/restore", GROUPS),
    person("POST /portal/{tenant}/groups/picked", GROUPS),
    person("POST /portal/{tenant}/groups/{group}/members/picked", GROUPS),
    person("GET /portal/{tenant}/groups/{group}", ANY_ROLE),
    person("POST /portal/{tenant}/groups/{group}/{part}", GROUPS),
    person("GET /portal/{tenant}/apps", APPS),
    person("GET /portal/{tenant}/apps/new", APPS),
    person("POST /portal/{tenant}/apps/new", APPS),
    person("GET /portal/{tenant}/apps/removed", APPS),
    person("POST /portal/{tenant}/apps/removed/{retired}/restore", APPS),
    person("POST /portal/{tenant}/apps/picked", APPS),
    person("POST /portal/{tenant}/apps/{app}/assignments/picked", APPS),
    person("GET /portal/{tenant}/apps/{app}", APPS),
    person("POST /portal/{tenant}/apps/{app}/{part}", APPS),
    person("GET /portal/{tenant}/consent-requests", GRANTS),
    person("GET /portal/{tenant}/consent-requests/{principal}", GRANTS),
    person("POST /portal/{tenant}/consent-requests/{principal}/{decision}", GRANTS),
    person("GET /portal/{tenant}/sign-ins", LOGS),
    person("GET /portal/{tenant}/sign-ins/{id}", LOGS),
    person("GET /portal/{tenant}/sign-ins/as/{format}", LOGS),
    person("GET /portal/{tenant}/changes", LOGS),
    person("GET /portal/{tenant}/changes/{id}", LOGS),
    person("GET /portal/{tenant}/changes/as/{format}", LOGS),
    person("GET /portal/{tenant}/reads", LOGS),
    person("GET /portal/{tenant}/reads/as/{format}", LOGS),
    person("GET /portal/{tenant}/requests/{id}", LOGS),
    person("GET /portal/{tenant}/mail", USERS),
    person("POST /portal/{tenant}/mail/{id}/retry", USERS),
    person("GET /portal/{tenant}/jobs", USERS),
    person("POST /portal/{tenant}/jobs/retry", USERS),
    person("POST /portal/{tenant}/jobs/{id}/retry", USERS),
    person("GET /portal/{tenant}/health", USERS),
    person("GET /portal/{tenant}/roles", ANY_ROLE),
    person("GET /portal/{tenant}/roles/{slug}", ANY_ROLE),
    person("POST /portal/{tenant}/roles/{slug}/give", ROLES),
    person("POST /portal/{tenant}/roles/{slug}/take", ROLES),
    person("GET /portal/{tenant}/domains", GLOBAL),
    person("POST /portal/{tenant}/domains", GLOBAL),
    person("POST /portal/{tenant}/domains/{domain}/verify", GLOBAL),
    person("POST /portal/{tenant}/domains/{domain}/remove", GLOBAL),
    person("GET /portal/{tenant}/settings", GLOBAL),
    person("POST /portal/{tenant}/settings", GLOBAL),
    person("GET /portal/{tenant}/settings/organization", GLOBAL),
    person("POST /portal/{tenant}/settings/organization", GLOBAL),
    person("GET /portal/{tenant}/settings/branding", GLOBAL),
    person("POST /portal/{tenant}/settings/branding", GLOBAL),
    person("GET /portal/{tenant}/{*rest}", EVERYBODY),
    person("GET /myapps/{tenant}", EVERYBODY),
    person("GET /myapps/{tenant}/", EVERYBODY),
    person("GET /myapps/{tenant}/permissions", EVERYBODY),
    person("POST /myapps/{tenant}/permissions", EVERYBODY),
];

/// What stands before any caller is known, and what protects it instead.
pub const JOURNEY: &[(&str, &str)] = &[
    ("GET /openapi.json", "public"),
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
    ("GET /{tenant}/branding/{locale}/{part}", "public"),
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
    ("GET /{tenant}/consent/{continuation}", "session, and bound to the browser's cookie"),
    ("POST /{tenant}/consent/{continuation}", "session, and bound to the browser's cookie; form value"),
    ("GET /{tenant}/v2.0/adminconsent", "session; client and redirect address"),
    ("POST /{tenant}/v2.0/adminconsent", "session; client and redirect address; form value"),
    ("GET /{tenant}/adminconsent", "session; client and redirect address"),
    ("POST /{tenant}/adminconsent", "session; client and redirect address; form value"),
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
