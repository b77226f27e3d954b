//! Who may read and change whom (Graph: permissions of the user calls; default user permissions of members and guests).

use super::{User, UserError};
use crate::graph::role::LOG_READERS;
use crate::graph::{Caller, Level, Permission, Role};
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

/// Permissions that change every property.
const WRITE: &[Permission] = &[Permission::UserReadWriteAll, Permission::DirectoryReadWriteAll];

/// Roles that reach no further than a User Administrator does.
const BELOW_USER_ADMINISTRATOR: [Role; 3] = [Role::UserAdministrator, Role::GuestInviter, Role::ReportsReader];

/// Properties by which people get in, are reached, or are taken for somebody (Graph: users, who can perform sensitive actions).
/// Four of them are ours: people go by the name, mail goes to the address, whoever opens the invitation that went to a pending
/// user is that user, and guests have none of the roles that administer.
const SENSITIVE: [&str; 8] = [
    "accountEnabled",
    "businessPhones",
    "displayName",
    "mail",
    "mobilePhone",
    "otherMails",
    "userPrincipalName",
    "userType",
];

/// What `User.ReadBasic.All` shows.
const BASIC: [&str; 6] = ["displayName", "givenName", "id", "mail", "surname", "userPrincipalName"];

/// What a guest sees of a user whose id or name they know.
const PUBLIC: [&str; 8] =
    ["directReports", "displayName", "id", "mail", "manager", "photo", "userPrincipalName", "userType"];

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
            _ if property.starts_with("signInActivity") => self.activity,
            Extent::Everything => true,
            Extent::Basic => BASIC.contains(&property),
            Extent::Public => PUBLIC.contains(&property),
        }
    }

    /// What the caller sees of themselves.
    pub fn of_self(caller: &Caller) -> Result<Self, UserError> {
        let any = [&[Permission::UserRead, Permission::UserReadWrite, Permission::UserReadBasicAll], READ].concat();
        if caller.has_any(&any) { Ok(Self::new(caller, Extent::Everything)) } else { Err(UserError::Denied) }
    }

    /// What the caller sees of everybody, and that they may list and search at all.
    pub fn of_all(caller: &Caller) -> Result<Self, UserError> {
        let extent = granted(caller).ok_or(UserError::Denied)?;
        if caller.level() == Level::Member { Ok(Self::new(caller, extent)) } else { Err(UserError::Denied) }
    }

    /// What the caller sees of somebody else whom they can name by `key`.
    pub fn of_other(caller: &Caller, key: &str) -> Result<Self, UserError> {
        let extent = granted(caller).ok_or(UserError::Denied)?;
        match caller.level() {
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

/// Whether the caller may know how others stand here, and what they are called, without naming them by id or name first. A
/// guest may not, unless they hold a role or the organisation gives guests the level of members.
pub fn knows_others(caller: &Caller) -> bool {
    caller.level() == Level::Member
}

/// Whether the caller sees nobody but themselves, whatever an app may read for them: a guest of the lowest level, and a member
/// where members read nobody else.
pub fn sees_nobody(caller: &Caller) -> bool {
    caller.level() == Level::Restricted
}

/// Refuses a caller who may see no relations of users at all, whoever the user is.
pub fn check_relations(caller: &Caller) -> Result<(), UserError> {
    let own = [Permission::UserRead, Permission::UserReadWrite];
    if caller.has_any(READ) || (caller.user().is_some() && caller.has_any(&own)) {
        Ok(())
    } else {
        Err(UserError::Denied)
    }
}

/// Whether the caller may see who stands in a relation to this user: with the permission to read everybody, or for
/// themselves.
pub fn shows_relations(caller: &Caller, user: UserId) -> bool {
    caller.has_any(READ) || is_self(caller, user)
}

/// Whether the caller is this user.
pub fn is_self(caller: &Caller, user: UserId) -> bool {
    caller.user().is_some_and(|person| person.id == user)
}

/// What is done to a user, where more than the permission to change everything is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Properties are changed, none of them a sensitive one.
    Change,
    /// Properties are changed, a sensitive one among them.
    Sensitive,
    /// `accountEnabled` alone is changed.
    Block,
    /// The user is deleted, brought back or purged.
    Delete,
    /// Sessions end.
    SignOut,
    /// The picture is set or removed.
    Photo,
    /// What the user signs in with is changed: their password, or the address of a guest.
    Credentials,
}

impl Deed {
    /// What it is to change these properties.
    pub fn of(properties: &[&str]) -> Self {
        if properties.iter().any(|name| is_sensitive(name)) { Self::Sensitive } else { Self::Change }
    }

    /// Whether the caller may do it at all, to whomever; for a program its role or its permission is enough.
    pub fn is_allowed(self, caller: &Caller) -> bool {
        let by_role = caller.holds_any(&[Role::GlobalAdministrator]) || caller.holds_any(self.roles());
        let is_permitted = self.is_permitted(caller);
        if caller.is_application() { by_role || is_permitted } else { by_role && is_permitted }
    }

    /// Whether the token carries a permission for it (Graph: permissions of the user calls).
    fn is_permitted(self, caller: &Caller) -> bool {
        let further = match self {
            Self::Change | Self::Sensitive | Self::Credentials => false,
            Self::Block => caller.has_any(&[Permission::UserEnableDisableAccountAll]) && caller.has_any(READ),
            Self::Delete => caller.has_any(&[Permission::UserDeleteRestoreAll]),
            Self::SignOut => caller.has_any(&[Permission::UserRevokeSessionsAll]),
            Self::Photo => caller.has_any(&[Permission::ProfilePhotoReadWriteAll]),
        };
        further || caller.has_any(WRITE)
    }

    const fn roles(self) -> &'static [Role] {
        match self {
            Self::Change | Self::Sensitive | Self::Block | Self::Delete | Self::Photo => &[Role::UserAdministrator],
            Self::SignOut | Self::Credentials => &[Role::UserAdministrator, Role::AuthenticationAdministrator],
        }
    }

    /// Whether somebody with these roles stands too high. What decides nothing is changed of everybody but those who are or make
    /// Global Administrators, by programs too (Graph: update user). Beyond that a program without a role of its own, and an
    /// Authentication Administrator, touch nobody who holds one. A User Administrator decides who gets in, and whom people take
    /// for whom, only of those who may do no more than they: whoever gets hold of a password gets the roles with it.
    fn is_above(self, caller: &Caller, held: &[Role]) -> bool {
        // Who gives every role is as good as who holds it.
        let is_highest =
            || held.iter().any(|role| [Role::GlobalAdministrator, Role::PrivilegedRoleAdministrator].contains(role));
        match self {
            Self::Change => is_highest(),
            _ if !caller.holds_any(&[Role::UserAdministrator]) => !held.is_empty(),
            Self::Sensitive | Self::Block | Self::Delete | Self::Credentials => {
                held.iter().any(|role| !BELOW_USER_ADMINISTRATOR.contains(role))
            }
            Self::SignOut | Self::Photo => is_highest(),
        }
    }
}

/// Whether a property of somebody who holds a role is changed only by who stands as high.
pub fn is_sensitive(property: &str) -> bool {
    SENSITIVE.contains(&property)
}

/// Refuses to touch an administrator unless the caller stands as high: only a Global Administrator changes another one.
pub async fn check_deed(tx: &mut Transaction, caller: &Caller, user: &User, deed: Deed) -> Result<(), UserError> {
    if !deed.is_allowed(caller) {
        return Err(UserError::Denied);
    }
    if caller.holds_any(&[Role::GlobalAdministrator]) {
        return Ok(());
    }
    let held = directory_roles::within_reach(tx, caller.tenant, PrincipalId::from(user.id)).await?;
    if deed.is_above(caller, &held) { Err(UserError::Denied) } else { Ok(()) }
}

/// Permissions that show pictures (Graph: get profilePhoto).
const PHOTOS: &[Permission] = &[
    Permission::ProfilePhotoReadAll,
    Permission::ProfilePhotoReadWriteAll,
    Permission::UserReadBasicAll,
    Permission::UserReadAll,
    Permission::UserReadWriteAll,
];

/// Refuses a caller who may not see their own picture.
pub fn check_own_photo(caller: &Caller) -> Result<(), UserError> {
    let own = [&[Permission::UserRead, Permission::UserReadWrite], PHOTOS].concat();
    if caller.has_any(&own) { Ok(()) } else { Err(UserError::Denied) }
}

/// Refuses a caller who may not see the picture of somebody else. A guest sees that of whomever they can name.
pub fn check_photo_of_other(caller: &Caller, key: &impl ToString) -> Result<(), UserError> {
    if !caller.has_any(PHOTOS) {
        return Err(UserError::Denied);
    }
    if caller.level() == Level::Restricted { Err(UserError::NotFound(key.to_string())) } else { Ok(()) }
}

/// Whether the caller may set their own picture, as everybody of the house may.
pub fn may_set_own_photo(caller: &Caller) -> bool {
    let own = [&[Permission::UserReadWrite, Permission::ProfilePhotoReadWriteAll], WRITE].concat();
    caller.user().is_some() && caller.has_any(&own) && caller.level() == Level::Member
}

/// Whether the caller may change what everybody of the house may change about themselves.
pub fn may_change_self(caller: &Caller) -> bool {
    let permissions = [&[Permission::UserReadWrite], WRITE].concat();
    caller.user().is_some() && caller.has_any(&permissions) && caller.level() == Level::Member
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
    if tenants::administrators::is_last(tx, tenant, PrincipalId::from(user.id)).await? {
        return Err(UserError::LastAdministrator);
    }
    Ok(())
}

/// Refuses to make somebody a guest who holds a role that guests do not hold. It stays so until the transaction ends: the
/// organisation may be about to decide that guests hold none.
pub async fn check_may_be_guest(tx: &mut Transaction, tenant: TenantId, user: &User) -> Result<(), UserError> {
    tenants::administrators::lock(tx, tenant).await?;
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

/// Refuses to make somebody a member who then has a role that guests do not hold, unless the caller could give it: for a guest it
/// sleeps, by themselves or by a group of theirs, and of a deleted group once it is brought back.
pub async fn check_wakes_no_role(tx: &mut Transaction, caller: &Caller, user: &User) -> Result<(), UserError> {
    if directory_roles::operations::may_change(caller) {
        return Ok(());
    }
    let held = directory_roles::within_reach(tx, caller.tenant, PrincipalId::from(user.id)).await?;
    let settings = tenants::store::get_settings(tx, caller.tenant).await?;
    if held.into_iter().all(|role| settings.lets_guests_hold(role)) { Ok(()) } else { Err(UserError::Denied) }
}

/// Whether the caller may delete themselves, where the organisation lets them: a person, through an app that may delete users.
pub fn may_delete_self(caller: &Caller) -> bool {
    caller.user().is_some() && Deed::Delete.is_permitted(caller)
}

/// Whether the caller is this user and may end their own sessions.
pub fn may_sign_out_self(caller: &Caller, user: UserId) -> bool {
    let permissions = [&[Permission::UserRevokeSessionsAll], WRITE].concat();
    is_self(caller, user) && caller.has_any(&permissions)
}
