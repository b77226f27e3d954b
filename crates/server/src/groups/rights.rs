//! Who may read and change groups (Graph: permissions of the group calls; default user permissions of members and guests).

use super::group::{Group, Relation};
use super::{GroupError, store};
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission, Role};
use crate::platform::ids::PrincipalId;
use database::Transaction;

/// What lets a caller read groups and who belongs to them.
pub const READ: [Permission; 6] = [
    Permission::GroupMemberReadAll,
    Permission::GroupMemberReadWriteAll,
    Permission::GroupReadAll,
    Permission::GroupReadWriteAll,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// What lets a caller change groups and who answers for them.
pub const WRITE: [Permission; 2] = [Permission::GroupReadWriteAll, Permission::DirectoryReadWriteAll];

/// What lets a caller change who belongs to groups.
pub const WRITE_MEMBERS: [Permission; 3] =
    [Permission::GroupMemberReadWriteAll, Permission::GroupReadWriteAll, Permission::DirectoryReadWriteAll];

/// What lets a caller make groups.
const CREATE: [Permission; 3] =
    [Permission::GroupCreate, Permission::GroupReadWriteAll, Permission::DirectoryReadWriteAll];

/// The roles that manage every group, but those that roles can be given to.
const MANAGERS: [Role; 3] = [Role::GlobalAdministrator, Role::GroupsAdministrator, Role::UserAdministrator];

/// How much of groups a person sees by what they are (Graph: authorizationPolicy.guestUserRoleId). A level nobody knows is the
/// lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Every group.
    Member,
    /// Groups they can name.
    Limited,
    /// The ids of those they belong to.
    Restricted,
}

impl Level {
    /// The level of the caller. Roles stack on top of the level of a guest.
    pub fn of(caller: &Caller) -> Self {
        match &caller.actor {
            Actor::System | Actor::Application(_) => Self::Member,
            Actor::User(_) if caller.sees_others() => Self::Member,
            Actor::User(user) if user.level == guest_level::LIMITED && user.defaults.reads_others => Self::Limited,
            Actor::User(_) => Self::Restricted,
        }
    }
}

/// Whether the properties of groups may be shown to the caller.
pub fn may_read(caller: &Caller) -> bool {
    caller.has_any(&READ) && Level::of(caller) != Level::Restricted
}

impl Relation {
    /// What lets a caller change it.
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Members => &WRITE_MEMBERS,
            Self::Owners => &WRITE,
        }
    }
}

/// Refuses whoever may not make a group. One that roles can be given to is as good as those roles.
pub fn check_create(caller: &Caller, is_assignable_to_role: bool) -> Result<(), GroupError> {
    let may = caller.may(&CREATE, &MANAGERS) && (!is_assignable_to_role || may_manage_assignable(caller));
    if may { Ok(()) } else { Err(GroupError::Denied) }
}

/// Refuses whoever may not change a group: programs need the permission alone, people a role or to be an owner.
pub async fn check_change(
    tx: &mut Transaction,
    caller: &Caller,
    group: &Group,
    permissions: &[Permission],
) -> Result<(), GroupError> {
    let may = caller.has_any(permissions)
        && if group.is_assignable_to_role {
            may_manage_assignable(caller)
        } else {
            caller.is_application() || caller.holds_any(&MANAGERS) || is_owner(tx, caller, group).await?
        };
    if may { Ok(()) } else { Err(GroupError::Denied) }
}

/// Whoever is put into a group that roles can be given to may be given its roles: its owners do not decide that.
fn may_manage_assignable(caller: &Caller) -> bool {
    caller.may(&[Permission::RoleManagementReadWriteDirectory], &[Role::PrivilegedRoleAdministrator])
}

async fn is_owner(tx: &mut Transaction, caller: &Caller, group: &Group) -> Result<bool, GroupError> {
    let Some(person) = caller.user() else { return Ok(false) };
    Ok(store::is_linked(tx, caller.tenant, Relation::Owners, group.id, PrincipalId::from(person.id)).await?)
}
