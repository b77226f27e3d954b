//! The built-in directory roles.

use crate::platform::ids::RoleId;
use uuid::{Uuid, uuid};

macro_rules! roles {
    ($($name:ident = $text:literal, $id:literal, $is_privileged:literal, $description:literal;)+) => {
        /// A built-in directory role; its id is the one of Microsoft's template, so that programs find it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Role {
            $(#[doc = $description] $name),+
        }

        impl Role {
            /// Every role the server knows.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The template id, which is also the id of the definition.
            pub const fn id(self) -> RoleId {
                RoleId(match self { $(Self::$name => uuid!($id)),+ })
            }

            /// The name shown in the portal and in logs.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What its holder may do, in one sentence.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$name => $description),+ }
            }

            /// Whether the role changes who has access, or sees what is not for everybody; somebody from outside does
            /// not hold such a one unless the organisation allows it.
            pub const fn is_privileged(self) -> bool {
                match self { $(Self::$name => $is_privileged),+ }
            }
        }
    };
}

// The order is that of the portal: from the one that may do most to those that only read.
roles! {
    GlobalAdministrator = "Global Administrator", "62e90394-69f5-4237-9190-012177145e10", true,
        "May do everything in the organisation.";
    PrivilegedRoleAdministrator = "Privileged Role Administrator", "e8611ab8-c189-46e8-94e1-60213ab1f814", true,
        "Gives and takes directory roles and the permissions of programs.";
    UserAdministrator = "User Administrator", "fe930be7-5e62-47db-91af-98c3a49a38b1", true,
        "Manages members and guests, except administrators.";
    GroupsAdministrator = "Groups Administrator", "fdd7a751-b60b-444a-984c-02652fe8fa1c", true,
        "Manages groups and who belongs to them.";
    ApplicationAdministrator = "Application Administrator", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", true,
        "Manages apps, their credentials, who may use them and what they may do for people.";
    CloudApplicationAdministrator = "Cloud Application Administrator", "158c047a-c907-4556-b7ef-446551a6b5f7", true,
        "Manages apps, their credentials, who may use them and what they may do for people.";
    AuthenticationAdministrator = "Authentication Administrator", "c4e39bd9-1100-46d3-8c65-fb160da0071f", true,
        "Ends sessions and resets the sign-in of people who hold no role.";
    AuthenticationPolicyAdministrator = "Authentication Policy Administrator", "0526716b-113d-4c15-b2c8-68e3c22b9f80", true,
        "Decides by which methods people sign in.";
    ExternalIdentityProviderAdministrator = "External Identity Provider Administrator", "be2f45a1-457d-42af-a067-6ec1fa63bc45", true,
        "Connects the identity providers of other organisations.";
    ConditionalAccessAdministrator = "Conditional Access Administrator", "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", true,
        "Manages the policies of Conditional Access.";
    IdentityGovernanceAdministrator = "Identity Governance Administrator", "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e", true,
        "Manages access packages and access reviews.";
    SecurityReader = "Security Reader", "5d6b6bb7-de71-4623-b4af-96380a352509", true,
        "Reads the logs and the policies.";
    ReportsReader = "Reports Reader", "4a5d8f65-41da-4de4-8968-e035b65339cf", true,
        "Reads the logs.";
    GuestInviter = "Guest Inviter", "95e79109-95c0-4d8e-aee3-d01accf2d47b", false,
        "May invite guests, also where members may not.";
}

/// Roles that read the logs (Graph: list signIns); who administers users has to know what they did.
pub const LOG_READERS: &[Role] =
    &[Role::GlobalAdministrator, Role::UserAdministrator, Role::SecurityReader, Role::ReportsReader];

impl Role {
    /// The role with this id.
    pub fn from_id(id: RoleId) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.id() == id)
    }

    /// The name as it stands in an address: `global-administrator`.
    pub fn slug(self) -> String {
        self.name().to_lowercase().replace(' ', "-")
    }

    /// The role with this [`Role::slug`].
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.slug() == slug)
    }
}

/// What a user may see by type; values of `guestUserRoleId` (Graph: authorizationPolicy).
pub mod guest_level {
    use super::{Uuid, uuid};

    /// Guests see what members see.
    pub const MEMBER: Uuid = uuid!("a0b1b346-4d3e-4e8b-98f8-753987be4970");
    /// Guests see themselves and public properties of users they can name; the default.
    pub const LIMITED: Uuid = uuid!("10dae51f-b6af-4016-8d66-8c2a99b929b3");
    /// Guests see themselves only.
    pub const RESTRICTED: Uuid = uuid!("2af84b1e-32c8-42b7-82bc-daa82404023b");
}
