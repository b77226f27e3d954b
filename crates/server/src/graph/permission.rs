//! The permissions of the directory API, with Microsoft's ids, so that registrations can be carried over unchanged.

use uuid::{Uuid, uuid};

/// The client id of the directory API itself, as resource of permissions and as audience of tokens.
pub const RESOURCE: Uuid = uuid!("00000003-0000-0000-c000-000000000000");

macro_rules! permissions {
    ($($(#[$meta:meta])* $name:ident = $text:literal, scope $scope:expr, role $role:expr;)+) => {
        /// A permission of the directory API, delegated (scope) or of an application (role).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission { $($(#[$meta])* $name),+ }

        impl Permission {
            /// Every permission the server knows.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name in tokens and requests.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The id of the delegated form.
            pub const fn scope_id(self) -> Option<Uuid> {
                match self { $(Self::$name => $scope),+ }
            }

            /// The id of the application form.
            pub const fn role_id(self) -> Option<Uuid> {
                match self { $(Self::$name => $role),+ }
            }
        }
    };
}

permissions! {
    /// Read the signed-in person.
    UserRead = "User.Read", scope Some(uuid!("e1fe6dd8-ba31-4d61-89e7-88639da4683d")), role None;
    /// Read the public properties of every user.
    UserReadBasicAll = "User.ReadBasic.All", scope Some(uuid!("b340eb25-3456-403f-be2f-af7a0d370277")), role Some(uuid!("97235f07-e226-4f63-ace3-39588e11d3a1"));
    /// Read every user.
    UserReadAll = "User.Read.All", scope Some(uuid!("a154be20-db9c-4678-8ab7-66f6cc099a59")), role Some(uuid!("df021288-bdef-4463-88db-98f22de89214"));
    /// Read and change every user.
    UserReadWriteAll = "User.ReadWrite.All", scope Some(uuid!("204e0828-b5ca-4ad8-b9f3-f32a958e7cc4")), role Some(uuid!("741f803b-c850-494e-b5df-cde7c675a1ca"));
    /// Invite guests.
    UserInviteAll = "User.Invite.All", scope Some(uuid!("63dd7cd9-b489-4adf-a28c-ac38b9a0f962")), role Some(uuid!("09850681-111b-4a89-9bed-3f2cae46d706"));
    /// Read the directory.
    DirectoryReadAll = "Directory.Read.All", scope Some(uuid!("06da0dbc-49e2-44d2-8312-53f166ab848a")), role Some(uuid!("7ab1d382-f21e-4acd-a863-ba3e13f7da61"));
    /// Read and change the directory.
    DirectoryReadWriteAll = "Directory.ReadWrite.All", scope Some(uuid!("c5366453-9fb0-48a5-a156-24f0c49a4b84")), role Some(uuid!("19dbc75e-c2e2-444c-a770-ec69d8559fc7"));
    /// Read applications.
    ApplicationReadAll = "Application.Read.All", scope Some(uuid!("c79f8feb-a9db-4090-85f9-90d820caa0eb")), role Some(uuid!("9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"));
    /// Read and change applications.
    ApplicationReadWriteAll = "Application.ReadWrite.All", scope Some(uuid!("bdfbf15f-ee85-4955-8675-146e8e5296b5")), role Some(uuid!("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"));
    /// Assign app roles, permissions included.
    AppRoleAssignmentReadWriteAll = "AppRoleAssignment.ReadWrite.All", scope Some(uuid!("84bccea3-f856-4a8a-967b-dbe0a3d53a64")), role Some(uuid!("06b708a9-e830-4db3-a914-8e69da51d44f"));
    /// Read directory roles and who holds them.
    RoleManagementReadDirectory = "RoleManagement.Read.Directory", scope Some(uuid!("741c54c3-0c1e-44a1-818b-3f97ab4e8c83")), role Some(uuid!("483bed4a-2ad3-4361-a73b-c83ccdbdc53c"));
    /// Give and take directory roles.
    RoleManagementReadWriteDirectory = "RoleManagement.ReadWrite.Directory", scope Some(uuid!("d01b97e9-cbc0-49fe-810a-750afd5527a3")), role Some(uuid!("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"));
    /// Read policies.
    PolicyReadAll = "Policy.Read.All", scope Some(uuid!("572fea84-0151-49b2-9301-11cb16974376")), role Some(uuid!("246dd0d5-5bd0-4def-940b-0421030a5b68"));
    /// Change the authorization policy.
    PolicyReadWriteAuthorization = "Policy.ReadWrite.Authorization", scope Some(uuid!("edd3c878-b384-41fd-95ad-e7407dd775be")), role Some(uuid!("fb221be6-99f2-473f-bd32-01c6a0e9ca3b"));
    /// Read the organisation.
    OrganizationReadAll = "Organization.Read.All", scope Some(uuid!("4908d5b9-3fb2-4b1e-9336-1888b7937185")), role Some(uuid!("498476ce-e0fe-48b0-b801-37ba7e2685c6"));
    /// Read and change the organisation.
    OrganizationReadWriteAll = "Organization.ReadWrite.All", scope Some(uuid!("46ca0847-7e6b-426e-9775-ea810a948356")), role Some(uuid!("292d869f-3427-49a8-9dab-8c70152b74e9"));
    /// Read the audit and sign-in logs.
    AuditLogReadAll = "AuditLog.Read.All", scope Some(uuid!("e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20")), role Some(uuid!("b0afded3-3588-46d8-8b3d-9842eff778da"));
}

impl Permission {
    /// The permission with this name; names are compared without case, as Microsoft's are.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.name().eq_ignore_ascii_case(name))
    }

    /// The permission whose application form has this id.
    pub fn from_role_id(id: Uuid) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.role_id() == Some(id))
    }

    /// The permission whose delegated form has this id.
    pub fn from_scope_id(id: Uuid) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.scope_id() == Some(id))
    }
}
