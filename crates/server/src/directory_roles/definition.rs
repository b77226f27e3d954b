//! What each role may do, in the words of Entra's resource actions (Graph: unifiedRolePermission.allowedResourceActions).

use crate::graph::Role;

/// What every member reads without a role, and whoever holds one.
pub(super) const DIRECTORY: &str = "microsoft.directory/users/standard/read";

/// The actions a role adds, as far as this server serves what they act on.
pub(super) const fn actions(role: Role) -> &'static [&'static str] {
    match role {
        Role::GlobalAdministrator => &["microsoft.directory/allEntities/allTasks"],
        Role::PrivilegedRoleAdministrator => &[
            DIRECTORY,
            "microsoft.directory/authorizationPolicy/allProperties/allTasks",
            "microsoft.directory/directoryRoles/allProperties/allTasks",
            "microsoft.directory/roleAssignments/allProperties/allTasks",
            "microsoft.directory/roleDefinitions/standard/read",
            "microsoft.directory/servicePrincipals/appRoleAssignedTo/allTasks",
        ],
        Role::UserAdministrator => &[
            DIRECTORY,
            "microsoft.directory/users/basic/update",
            "microsoft.directory/users/create",
            "microsoft.directory/users/delete",
            "microsoft.directory/users/disable",
            "microsoft.directory/users/enable",
            "microsoft.directory/users/inviteGuest",
            "microsoft.directory/users/invalidateAllRefreshTokens",
            "microsoft.directory/auditLogs/allProperties/read",
            "microsoft.directory/signInReports/allProperties/read",
        ],
        Role::GroupsAdministrator => &[
            DIRECTORY,
            "microsoft.directory/groups.security/createAsOwner",
            "microsoft.directory/groups.security/delete",
            "microsoft.directory/groups.security/members/update",
            "microsoft.directory/groups.security/owners/update",
        ],
        Role::ApplicationAdministrator | Role::CloudApplicationAdministrator => &[
            DIRECTORY,
            "microsoft.directory/applications/allProperties/update",
            "microsoft.directory/applications/create",
            "microsoft.directory/applications/delete",
            "microsoft.directory/oAuth2PermissionGrants/allProperties/update",
            "microsoft.directory/servicePrincipals/appRoleAssignedTo/update",
            "microsoft.directory/servicePrincipals/create",
            "microsoft.directory/servicePrincipals/delete",
        ],
        Role::AuthenticationAdministrator => &[DIRECTORY, "microsoft.directory/users/invalidateAllRefreshTokens"],
        Role::AuthenticationPolicyAdministrator => {
            &[DIRECTORY, "microsoft.directory/userCredentialPolicies/basic/update"]
        }
        Role::ExternalIdentityProviderAdministrator => {
            &[DIRECTORY, "microsoft.directory/identityProviders/allProperties/allTasks"]
        }
        Role::ConditionalAccessAdministrator => {
            &[DIRECTORY, "microsoft.directory/conditionalAccessPolicies/allProperties/allTasks"]
        }
        Role::IdentityGovernanceAdministrator => {
            &[DIRECTORY, "microsoft.directory/entitlementManagement/allProperties/allTasks"]
        }
        Role::SecurityReader => &[
            DIRECTORY,
            "microsoft.directory/auditLogs/allProperties/read",
            "microsoft.directory/policies/standard/read",
            "microsoft.directory/signInReports/allProperties/read",
        ],
        Role::ReportsReader => &[
            DIRECTORY,
            "microsoft.directory/auditLogs/allProperties/read",
            "microsoft.directory/signInReports/allProperties/read",
        ],
        Role::GuestInviter => &[DIRECTORY, "microsoft.directory/users/inviteGuest"],
    }
}
