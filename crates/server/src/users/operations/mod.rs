//! What can be done about users, for the API and the portal alike.

mod addresses;
mod along;
mod by_address;
mod change;
mod create;
mod leave;
mod password;
mod principal_name;
mod proxy_addresses;
mod read;
mod related;
mod reset;

pub use by_address::{NotOne, find_by_address, find_known_by_address};
pub use change::{
    Amendment, amend, change, change_with_password, check_id, check_may_change, delete, is_own, may_change_anybody,
    revoke_sessions,
};
pub(super) use change::{get_for, record, target};
pub use create::{NewUser, create, may_create};
pub use leave::{LeaveError, guest_who_may_leave, leave};
pub use password::{HashedPassword, PasswordChange, check as check_password, set as set_password};
pub(super) use principal_name::{check as check_principal_name, follow as follow_principal_name};
pub use proxy_addresses::follow_mail;
pub(super) use read::check_names;
pub use read::{Found, Page, among, count, find, list, place};
pub use related::{Relation, list_related, related, sponsoring_groups};
pub use reset::{get_to_reset, may_reset, reset};

use super::{User, UserError, store};
use crate::platform::ids::{TenantId, UserId};
use database::Transaction;

/// How a user is named in a path: by id or `userPrincipalName`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The object id.
    Id(UserId),
    /// The `userPrincipalName`, in any case.
    Name(String),
}

impl Key {
    /// Reads a path segment, already decoded.
    pub fn parse(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Name(text.to_owned()), Self::Id)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl From<UserId> for Key {
    fn from(id: UserId) -> Self {
        Self::Id(id)
    }
}

pub(super) async fn look_up(tx: &mut Transaction, tenant: TenantId, key: &Key) -> database::Result<Option<User>> {
    match key {
        Key::Id(id) => store::find(tx, tenant, *id).await,
        Key::Name(name) => store::find_by_principal_name(tx, tenant, name).await,
    }
}

async fn get(tx: &mut Transaction, tenant: TenantId, key: &Key) -> Result<User, UserError> {
    look_up(tx, tenant, key).await?.ok_or_else(|| UserError::NotFound(key.to_string()))
}
