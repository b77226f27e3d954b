//! The built-in directory roles.

use crate::platform::ids::RoleId;
use uuid::{Uuid, uuid};

/// A built-in directory role; its id is the one of Microsoft's template, so that programs find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// May do everything in the tenant.
    GlobalAdministrator,
    /// Manages members and guests.
    UserAdministrator,
    /// May invite guests, also where members may not.
    GuestInviter,
}

impl Role {
    /// Every role the server knows.
    pub const ALL: [Self; 3] = [Self::GlobalAdministrator, Self::UserAdministrator, Self::GuestInviter];

    /// The template id, which is also the id of the definition.
    pub const fn id(self) -> RoleId {
        RoleId(match self {
            Self::GlobalAdministrator => uuid!("62e90394-69f5-4237-9190-012177145e10"),
            Self::UserAdministrator => uuid!("fe930be7-5e62-47db-91af-98c3a49a38b1"),
            Self::GuestInviter => uuid!("95e79109-95c0-4d8e-aee3-d01accf2d47b"),
        })
    }

    /// The role with this id.
    pub fn from_id(id: RoleId) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// Whether the role administers the tenant; somebody from outside does not hold such a one.
    pub const fn is_privileged(self) -> bool {
        match self {
            Self::GlobalAdministrator | Self::UserAdministrator => true,
            Self::GuestInviter => false,
        }
    }

    /// What its holder may do, in one sentence.
    pub const fn description(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "May do everything in the organisation.",
            Self::UserAdministrator => "Manages members and guests, except Global Administrators.",
            Self::GuestInviter => "May invite guests, also where members may not.",
        }
    }

    /// The name shown in the portal and in logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "Global Administrator",
            Self::UserAdministrator => "User Administrator",
            Self::GuestInviter => "Guest Inviter",
        }
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
