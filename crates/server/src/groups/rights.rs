//! Who may read and change groups (Graph: permissions of the group calls; default user permissions of members and guests).

use super::group::{Group, Relation};
use super::store::Above;
use super::{GroupError, store};
use crate::changes::Kind;
use crate::graph::{Caller, Level, Permission, Role};
use crate::platform::ids::{GroupId, PrincipalId, UserId};
use database::Transaction;
use uuid::Uuid;

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

/// What lets a caller see deleted groups (Graph: list deleted items of the kind group).
const READ_DELETED: [Permission; 4] = [
    Permission::GroupReadAll,
    Permission::GroupReadWriteAll,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// What lets a caller change who belongs to groups.
pub const WRITE_MEMBERS: [Permission; 3] =
    [Permission::GroupMemberReadWriteAll, Permission::GroupReadWriteAll, Permission::DirectoryReadWriteAll];

/// What lets a caller make groups.
const CREATE: [Permission; 3] =
    [Permission::GroupCreate, Permission::GroupReadWriteAll, Permission::DirectoryReadWriteAll];

/// The roles that manage every group, but those that roles can be given to.
const MANAGERS: [Role; 3] = [Role::GlobalAdministrator, Role::GroupsAdministrator, Role::UserAdministrator];

/// Whether the properties of groups may be shown to the caller.
pub fn may_read(caller: &Caller) -> bool {
    caller.has_any(&READ) && caller.level() != Level::Restricted
}

/// Whether the caller may read what an object is called whose id they have: what they are called themselves, other people and
/// groups above the lowest level, and every app.
pub fn may_read_name(caller: &Caller, (kind, id): (Kind, Uuid)) -> bool {
    let is_self = || caller.user().is_some_and(|person| person.id.0 == id);
    match kind {
        Kind::User | Kind::Group => caller.level() != Level::Restricted || is_self(),
        Kind::Application | Kind::ServicePrincipal | Kind::Grant | Kind::DirectoryRole => true,
    }
}

/// What an object is called on a page: its id where the caller may not read its name.
pub fn shown_name(caller: &Caller, object: (Kind, Uuid), name: String) -> String {
    if may_read_name(caller, object) { name } else { object.1.to_string() }
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

/// Whether one of these permissions is there; for a program a role that manages groups is as good.
pub fn is_permitted(caller: &Caller, permissions: &[Permission]) -> bool {
    caller.has_any(permissions) || (caller.is_application() && is_manager(caller))
}

/// Whether the caller holds a role that manages groups.
pub fn is_manager(caller: &Caller) -> bool {
    caller.holds_any(&MANAGERS)
}

/// Refuses whoever may not make a group. Members without a role may if the organisation lets them (Graph: authorizationPolicy,
/// `allowedToCreateSecurityGroups`). One that roles can be given to is as good as those roles.
pub fn check_create(caller: &Caller, is_assignable_to_role: bool) -> Result<(), GroupError> {
    let makes_own = caller.user().is_some_and(|person| person.defaults.creates_groups) && caller.has_any(&CREATE);
    let may = if is_assignable_to_role {
        caller.may(&CREATE, &[Role::PrivilegedRoleAdministrator]) && may_manage_assignable(caller)
    } else {
        makes_own || caller.may(&CREATE, &MANAGERS)
    };
    if may { Ok(()) } else { Err(GroupError::Denied) }
}

/// Refuses whoever may not say by which rule people belong to a group. A rule asks about everybody, and who then belongs to the
/// group answers: it is not for owners, who may be guests.
pub fn check_rule(caller: &Caller) -> Result<(), GroupError> {
    if caller.is_application() || is_manager(caller) { Ok(()) } else { Err(GroupError::Denied) }
}

/// Whether the caller looks after this group in the admin centre: whoever manages every group, its owners as far as they may see
/// groups at all, and where roles can be given to it, whoever gives roles.
pub async fn looks_after(tx: &mut Transaction, caller: &Caller, group: GroupId) -> database::Result<bool> {
    if is_manager(caller) {
        return Ok(true);
    }
    if may_manage_assignable(caller)
        && store::find(tx, caller.tenant, group).await?.is_some_and(|group| group.is_assignable_to_role)
    {
        return Ok(true);
    }
    let Some(person) = caller.user().filter(|_| may_read(caller)) else { return Ok(false) };
    store::is_linked(tx, caller.tenant, Relation::Owners, group, person.id.into()).await
}

/// How many groups the caller answers for and may see; none for programs.
pub async fn count_owned(tx: &mut Transaction, caller: &Caller) -> database::Result<i64> {
    let Some(person) = caller.user().filter(|_| may_read(caller)) else { return Ok(0) };
    store::count_above(tx, caller.tenant, (Above::Owned, person.id.into()), None).await
}

/// Who answers for a group they make, whoever else does: a person who could not change it otherwise.
pub fn founder(caller: &Caller) -> Option<UserId> {
    caller.user().filter(|_| !is_manager(caller)).map(|person| person.id)
}

/// Whether there may be a group into which the caller may put people: every one, or those they own.
pub async fn may_add_somewhere(tx: &mut Transaction, caller: &Caller) -> Result<bool, GroupError> {
    if !is_permitted(caller, &WRITE_MEMBERS) {
        return Ok(false);
    }
    let Some(person) = caller.user().filter(|_| !is_manager(caller)) else { return Ok(true) };
    let owned = (Above::Owned, PrincipalId::from(person.id));
    Ok(store::count_above(tx, caller.tenant, owned, None).await? > 0)
}

/// Refuses whoever may not change a group: programs need the permission or a role alone, people also a role or to be an owner.
pub async fn check_change(
    tx: &mut Transaction,
    caller: &Caller,
    group: &Group,
    permissions: &[Permission],
) -> Result<(), GroupError> {
    let may = is_permitted(caller, permissions)
        && if group.is_assignable_to_role {
            may_manage_assignable(caller)
        } else {
            caller.is_application() || is_manager(caller) || is_owner(tx, caller, group).await?
        };
    if may { Ok(()) } else { Err(GroupError::Denied) }
}

/// Whether deleted groups are there for the caller: for those who manage groups, not for who owned one.
pub fn may_read_deleted(caller: &Caller) -> bool {
    is_permitted(caller, &READ_DELETED) && looks_after_deleted(caller)
}

/// Whether the caller may bring deleted groups back and purge them.
pub fn may_change_deleted(caller: &Caller) -> bool {
    is_permitted(caller, &WRITE) && looks_after_deleted(caller)
}

fn looks_after_deleted(caller: &Caller) -> bool {
    caller.is_application() || is_manager(caller) || caller.holds_any(&[Role::PrivilegedRoleAdministrator])
}

/// Refuses whoever may do neither with this one.
pub fn check_change_deleted(caller: &Caller, group: &Group) -> Result<(), GroupError> {
    let may_manage = if group.is_assignable_to_role {
        may_manage_assignable(caller)
    } else {
        caller.is_application() || is_manager(caller)
    };
    if may_manage && may_change_deleted(caller) { Ok(()) } else { Err(GroupError::Denied) }
}

/// Whoever is put into a group that roles can be given to may be given its roles: its owners do not decide that.
fn may_manage_assignable(caller: &Caller) -> bool {
    caller.may(&[Permission::RoleManagementReadWriteDirectory], &[Role::PrivilegedRoleAdministrator])
}

async fn is_owner(tx: &mut Transaction, caller: &Caller, group: &Group) -> Result<bool, GroupError> {
    let Some(person) = caller.user() else { return Ok(false) };
    Ok(store::is_linked(tx, caller.tenant, Relation::Owners, group.id, PrincipalId::from(person.id)).await?)
}
