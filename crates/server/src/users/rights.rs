//! Who may read and change whom (Graph: permissions of the user calls; default user permissions of members and guests).

use super::{User, UserError};
use crate::graph::role::{LOG_READERS, guest_level};
use crate::graph::{Actor, Caller, Permission, Role};
use crate::platform::ids::{PrincipalId, TenantId, UserId};
use crate::{directory_roles, tenants};
use database::Transaction;

/// Permissions that show every property.
const READ: &[Permission] = &[
    Permission::UserReadAll,
    Permission::UserReadWriteAll,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// What `User.ReadBasic.All` shows.
const BASIC: [&str; 6] = ["displayName", "givenName", "id", "mail", "surname", "userPrincipalName"];

/// What a guest sees of a user whose id or name they know.
const PUBLIC: [&str; 5] = ["displayName", "id", "mail", "userPrincipalName", "userType"];

/// Which properties of a user a caller may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    extent: Extent,
    activity: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Everything,
    Basic,
    Public,
}

impl Sight {
    /// What anybody sees who may name a user at all.
    pub const PUBLIC: Self = Self { extent: Extent::Public, activity: false };

    /// Whether this property may be read. When somebody signed in last takes a permission of its own.
    pub fn shows(self, property: &str) -> bool {
        match self.extent {
            _ if property == "signInActivity" => self.activity,
            Extent::Everything => true,
            Extent::Basic => BASIC.contains(&property),
            Extent::Public => PUBLIC.contains(&property),
        }
    }

    /// What the caller sees of themselves.
    pub fn of_self(caller: &Caller) -> Result<Self, UserError> {
        let any = [&[Permission::UserRead, Permission::UserReadBasicAll], READ].concat();
        if caller.has_any(&any) { Ok(Self::new(caller, Extent::Everything)) } else { Err(UserError::Denied) }
    }

    /// What the caller sees of everybody, and that they may list and search at all.
    pub fn of_all(caller: &Caller) -> Result<Self, UserError> {
        let extent = granted(caller).ok_or(UserError::Denied)?;
        if level(caller) == Level::Member { Ok(Self::new(caller, extent)) } else { Err(UserError::Denied) }
    }

    /// What the caller sees of somebody else whom they can name by `key`.
    pub fn of_other(caller: &Caller, key: &str) -> Result<Self, UserError> {
        let extent = granted(caller).ok_or(UserError::Denied)?;
        match level(caller) {
            Level::Member => Ok(Self::new(caller, extent)),
            Level::Limited => Ok(Self::new(caller, Extent::Public)),
            Level::Restricted => Err(UserError::NotFound(key.to_owned())),
        }
    }

    fn new(caller: &Caller, extent: Extent) -> Self {
        let activity = caller.has_any(&[Permission::AuditLogReadAll])
            && (caller.is_application() || caller.holds_any(LOG_READERS));
        Self { extent, activity }
    }
}

/// What the token allows.
fn granted(caller: &Caller) -> Option<Extent> {
    if caller.has_any(READ) {
        Some(Extent::Everything)
    } else if caller.has_any(&[Permission::UserReadBasicAll]) {
        Some(Extent::Basic)
    } else {
        None
    }
}

#[derive(PartialEq, Eq)]
enum Level {
    Member,
    Limited,
    Restricted,
}

/// What the person is. Roles stack on top of the level of a guest; a level nobody knows is the lowest.
fn level(caller: &Caller) -> Level {
    match &caller.actor {
        Actor::System | Actor::Application(_) => Level::Member,
        Actor::User(_) if caller.sees_others() => Level::Member,
        Actor::User(user) if user.level == guest_level::LIMITED && user.defaults.reads_others => Level::Limited,
        Actor::User(_) => Level::Restricted,
    }
}

/// Whether the caller may know how others stand here, and what they are called, without naming them by id or name first. A
/// guest may not, unless they hold a role or the organisation gives guests the level of members.
pub fn knows_others(caller: &Caller) -> bool {
    level(caller) == Level::Member
}

/// Whether the caller is this user.
pub fn is_self(caller: &Caller, user: UserId) -> bool {
    caller.user().is_some_and(|person| person.id == user)
}

/// Refuses to touch an administrator unless the caller stands as high: only a Global Administrator changes another one,
/// and a program without a role of its own changes nobody who holds one.
pub async fn check_change(tx: &mut Transaction, caller: &Caller, user: &User) -> Result<(), UserError> {
    if !caller.may_administer_users() {
        return Err(UserError::Denied);
    }
    if caller.holds_any(&[Role::GlobalAdministrator]) {
        return Ok(());
    }
    let held = directory_roles::store::list(tx, caller.tenant, PrincipalId::from(user.id)).await?;
    let is_above = match caller.actor {
        Actor::Application(_) => !held.is_empty(),
        Actor::User(_) | Actor::System => held.contains(&Role::GlobalAdministrator),
    };
    if is_above { Err(UserError::Denied) } else { Ok(()) }
}

/// Refuses to take the last Global Administrator out of service.
pub async fn check_not_last_administrator(
    tx: &mut Transaction,
    tenant: TenantId,
    user: &User,
) -> Result<(), UserError> {
    let held = directory_roles::store::list(tx, tenant, PrincipalId::from(user.id)).await?;
    if !user.account_enabled || !held.contains(&Role::GlobalAdministrator) {
        return Ok(());
    }
    if directory_roles::operations::is_last_administrator(tx, tenant, PrincipalId::from(user.id)).await? {
        return Err(UserError::LastAdministrator);
    }
    Ok(())
}

/// Refuses to make somebody a guest who holds a role that guests do not hold.
pub async fn check_may_be_guest(tx: &mut Transaction, tenant: TenantId, user: &User) -> Result<(), UserError> {
    let held = directory_roles::store::list(tx, tenant, PrincipalId::from(user.id)).await?;
    let settings = tenants::store::get_settings(tx, tenant).await?;
    match held.into_iter().find(|role| !settings.lets_guests_hold(*role)) {
        None => Ok(()),
        Some(role) => {
            let problem = format!("a guest cannot hold the role {}; take it first", role.name());
            Err(UserError::Invalid { property: "userType", problem })
        }
    }
}

/// Whether the caller is this user and may end their own sessions.
pub fn may_sign_out_self(caller: &Caller, user: UserId) -> bool {
    is_self(caller, user) && caller.has_any(&[Permission::UserReadWriteAll, Permission::DirectoryReadWriteAll])
}
