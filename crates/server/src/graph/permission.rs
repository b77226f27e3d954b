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
    /// Read and change the signed-in person.
    UserReadWrite = "User.ReadWrite", scope Some(uuid!("b4e74841-8e56-480b-be8b-910348b18b4c")), role None;
    /// Block and unblock users.
    UserEnableDisableAccountAll = "User.EnableDisableAccount.All", scope Some(uuid!("f92e74e7-2563-467f-9dd0-902688cb5863")), role Some(uuid!("3011c876-62b7-4ada-afa2-506cbbecc68c"));
    /// Delete users and bring them back.
    UserDeleteRestoreAll = "User.DeleteRestore.All", scope Some(uuid!("4bb440cd-2cf2-4f90-8004-aa2acd2537c5")), role Some(uuid!("eccc023d-eccf-4e7b-9683-8813ab36cecc"));
    /// End the sessions of users.
    UserRevokeSessionsAll = "User.RevokeSessions.All", scope Some(uuid!("fc30e98b-8810-4501-81f5-c20a3196387b")), role Some(uuid!("77f3a031-c388-4f99-b373-dc68676a979e"));
    /// Read the pictures of users.
    ProfilePhotoReadAll = "ProfilePhoto.Read.All", scope Some(uuid!("469cd065-729e-4dee-b1fa-d92e0fab6310")), role Some(uuid!("e24d31aa-e1ab-4c80-85fe-23018690335d"));
    /// Read and change the pictures of users.
    ProfilePhotoReadWriteAll = "ProfilePhoto.ReadWrite.All", scope Some(uuid!("f5b24df7-511e-48bb-ae88-643f023b55e1")), role Some(uuid!("27baa7f6-5dfb-4ba8-b1d3-1e812c143013"));
    /// Read groups and who belongs to them.
    GroupReadAll = "Group.Read.All", scope Some(uuid!("5f8c59db-677d-491f-a6b8-5f174b11ec1d")), role Some(uuid!("5b567255-7703-4780-807c-7be8301ae99b"));
    /// Read and change groups and who belongs to them.
    GroupReadWriteAll = "Group.ReadWrite.All", scope Some(uuid!("4e46008b-f24c-477d-8fff-7bb4ec7aafe0")), role Some(uuid!("62a82d76-70ea-41e2-9197-370581804d09"));
    /// Create groups.
    GroupCreate = "Group.Create", scope None, role Some(uuid!("bf7b1a76-6e77-406b-b258-bf5c7720e98f"));
    /// Read who belongs to groups.
    GroupMemberReadAll = "GroupMember.Read.All", scope Some(uuid!("bc024368-1153-4739-b217-4326f2e966d0")), role Some(uuid!("98830695-27a2-44f7-8c18-0c3ebc9698f6"));
    /// Read and change who belongs to groups.
    GroupMemberReadWriteAll = "GroupMember.ReadWrite.All", scope Some(uuid!("f81125ac-d3b7-4573-a3b2-7099cc39df9e")), role Some(uuid!("dbaae8cf-10b5-4b86-a4a1-f871c94c6695"));
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
    /// Create applications and change those one owns.
    ApplicationReadWriteOwnedBy = "Application.ReadWrite.OwnedBy", scope None, role Some(uuid!("18a4783c-866b-4cc7-a460-3d5e5662c884"));
    /// Read what apps may do for people.
    DelegatedPermissionGrantReadAll = "DelegatedPermissionGrant.Read.All", scope Some(uuid!("a197cdc4-a8e8-4d49-9d35-4ca7c83887b4")), role Some(uuid!("81b4724a-58aa-41c1-8a55-84ef97466587"));
    /// Decide what apps may do for people.
    DelegatedPermissionGrantReadWriteAll = "DelegatedPermissionGrant.ReadWrite.All", scope Some(uuid!("41ce6ca6-6826-4807-84f1-1c82854f7ee5")), role Some(uuid!("8e8e4742-1d95-4f68-9d56-6ee75648c72a"));
    /// Assign app roles, permissions included.
    AppRoleAssignmentReadWriteAll = "AppRoleAssignment.ReadWrite.All", scope Some(uuid!("84bccea3-f856-4a8a-967b-dbe0a3d53a64")), role Some(uuid!("06b708a9-e830-4db3-a914-8e69da51d44f"));
    /// Read directory roles and who holds them.
    RoleManagementReadDirectory = "RoleManagement.Read.Directory", scope Some(uuid!("741c54c3-0c1e-44a1-818b-3f97ab4e8c83")), role Some(uuid!("483bed4a-2ad3-4361-a73b-c83ccdbdc53c"));
    /// Read roles and who holds them, in every system of roles.
    RoleManagementReadAll = "RoleManagement.Read.All", scope Some(uuid!("48fec646-b2ba-4019-8681-8eb31435aded")), role Some(uuid!("c7fbd983-d9aa-4fa7-84b8-17382c103bc4"));
    /// Give and take directory roles.
    RoleManagementReadWriteDirectory = "RoleManagement.ReadWrite.Directory", scope Some(uuid!("d01b97e9-cbc0-49fe-810a-750afd5527a3")), role Some(uuid!("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"));
    /// Read policies.
    PolicyReadAll = "Policy.Read.All", scope Some(uuid!("572fea84-0151-49b2-9301-11cb16974376")), role Some(uuid!("246dd0d5-5bd0-4def-940b-0421030a5b68"));
    /// Change the authorization policy.
    PolicyReadWriteAuthorization = "Policy.ReadWrite.Authorization", scope Some(uuid!("edd3c878-b384-41fd-95ad-e7407dd775be")), role Some(uuid!("fb221be6-99f2-473f-bd32-01c6a0e9ca3b"));
    /// Read by which methods people sign in.
    PolicyReadAuthenticationMethod = "Policy.Read.AuthenticationMethod", scope Some(uuid!("a6ff13ac-1851-4993-8ca9-a671d70de2d5")), role Some(uuid!("8e3bc81b-d2f3-4b7b-838c-32c88218d2f0"));
    /// Decide by which methods people sign in.
    PolicyReadWriteAuthenticationMethod = "Policy.ReadWrite.AuthenticationMethod", scope Some(uuid!("7e823077-d88e-468f-a337-e18f1f0e6c7c")), role Some(uuid!("29c18626-4985-4dcd-85c0-193eef327366"));
    /// Read which domains guests may come from.
    PolicyReadB2BManagementPolicy = "Policy.Read.B2BManagementPolicy", scope Some(uuid!("1e320e87-6de2-424a-87bb-da340fc3434c")), role Some(uuid!("b41683de-870d-4462-939a-1a3d94f3accf"));
    /// Decide which domains guests may come from.
    PolicyReadWriteB2BManagementPolicy = "Policy.ReadWrite.B2BManagementPolicy", scope Some(uuid!("f976d038-b068-4e1f-9c5e-d2fb27e4b453")), role Some(uuid!("50c51436-099b-4545-b39b-9fdf1274707c"));
    /// Decide whether guests may leave by themselves.
    PolicyReadWriteExternalIdentities = "Policy.ReadWrite.ExternalIdentities", scope Some(uuid!("b5219784-1215-45b5-b3f1-88fe1081f9c0")), role Some(uuid!("03cc4f92-788e-4ede-b93f-199424d144a5"));
    /// Read what people may consent to.
    PolicyReadPermissionGrant = "Policy.Read.PermissionGrant", scope Some(uuid!("414de6ea-2d92-462f-b120-6e2a809a6d01")), role Some(uuid!("9e640839-a198-48fb-8b9a-013fd6f6cbcd"));
    /// Decide what people may consent to.
    PolicyReadWritePermissionGrant = "Policy.ReadWrite.PermissionGrant", scope Some(uuid!("2672f8bb-fd5e-42e0-85e1-ec764dd2614e")), role Some(uuid!("a402ca1c-2696-4531-972d-6e5ee4aa11ea"));
    /// Decide how long tokens of apps are good.
    PolicyReadWriteApplicationConfiguration = "Policy.ReadWrite.ApplicationConfiguration", scope Some(uuid!("b27add92-efb2-4f16-84f5-8108ba77985c")), role Some(uuid!("be74164b-cff1-491c-8741-e671cb536e13"));
    /// Decide whether people may ask for an administrator's consent, and who looks at it.
    PolicyReadWriteConsentRequest = "Policy.ReadWrite.ConsentRequest", scope Some(uuid!("4d135e65-66b8-41a8-9f8b-081452c91774")), role Some(uuid!("999f8c63-0a38-4f1b-91fd-ed1947bdd1a9"));
    /// Read who asked for an administrator's consent.
    ConsentRequestReadAll = "ConsentRequest.Read.All", scope Some(uuid!("f3bfad56-966e-4590-a536-82ecf548ac1e")), role Some(uuid!("1260ad83-98fb-4785-abbb-d6cc1806fd41"));
    /// Read who asked for an administrator's consent, and answer it.
    ConsentRequestReadWriteAll = "ConsentRequest.ReadWrite.All", scope Some(uuid!("497d9dfa-3bd1-481a-baab-90895e54568c")), role Some(uuid!("9f1b81a7-0223-4428-bfa4-0bcb5535f27d"));
    /// Read the organisation.
    OrganizationReadAll = "Organization.Read.All", scope Some(uuid!("4908d5b9-3fb2-4b1e-9336-1888b7937185")), role Some(uuid!("498476ce-e0fe-48b0-b801-37ba7e2685c6"));
    /// Read and change the organisation.
    OrganizationReadWriteAll = "Organization.ReadWrite.All", scope Some(uuid!("46ca0847-7e6b-426e-9775-ea810a948356")), role Some(uuid!("292d869f-3427-49a8-9dab-8c70152b74e9"));
    /// Read the domains.
    DomainReadAll = "Domain.Read.All", scope Some(uuid!("2f9ee017-59c1-4f1d-9472-bd5529a7b311")), role Some(uuid!("dbb9058a-0e50-45d7-ae91-66909b5d4664"));
    /// Read, add, prove and remove domains.
    DomainReadWriteAll = "Domain.ReadWrite.All", scope Some(uuid!("0b5d694c-a244-4bde-86e6-eb5cd07730fe")), role Some(uuid!("7e05723c-0bb0-42da-be95-ae9f08a6e53c"));
    /// Read the branding.
    OrganizationalBrandingReadAll = "OrganizationalBranding.Read.All", scope Some(uuid!("9082f138-6f02-4f3a-9f4d-5f3c2ce5c688")), role Some(uuid!("eb76ac34-0d62-4454-b97c-185e4250dc20"));
    /// Read and change the branding.
    OrganizationalBrandingReadWriteAll = "OrganizationalBranding.ReadWrite.All", scope Some(uuid!("15ce63de-b141-4c9a-a9a5-241bf27c6aaf")), role Some(uuid!("d2ebfbc1-a5f8-424b-83a6-56ab5927a73c"));
    /// Read the audit and sign-in logs.
    AuditLogReadAll = "AuditLog.Read.All", scope Some(uuid!("e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20")), role Some(uuid!("b0afded3-3588-46d8-8b3d-9842eff778da"));
}

impl Permission {
    /// Whether its delegated form tells or changes nothing that the person could not tell or change themselves, so that they
    /// may grant it without an administrator (Graph: permissions reference, admin consent required).
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::UserRead | Self::UserReadWrite | Self::UserReadBasicAll)
    }

    /// The permission with this name; names are compared without case, as Microsoft's are.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.name().eq_ignore_ascii_case(name))
    }

    /// The permission whose application form has this id.
    pub fn from_role_id(id: Uuid) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.role_id() == Some(id))
    }
}
