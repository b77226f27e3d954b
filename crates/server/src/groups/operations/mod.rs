//! What can be done about groups, for the API and the portal alike.

mod create;
mod decide;
mod edit;
mod follow;
mod link;
mod read;
mod sponsor;

pub use create::create;
pub use edit::{change, delete};
pub use follow::{MOST_RULES, follow_rules};
pub(in crate::groups) use follow::{conclude, prepare};
pub use link::{add, admit, check_may_admit, remove};
pub(in crate::groups) use read::place;
pub use read::{Page, Sight, count, evaluation, known_with_name, list, see, with_name};
pub use sponsor::sponsor_named;

use super::rights;
use super::store;
use super::{Group, GroupError};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission};
use crate::platform::ids::{GroupId, TenantId};
use database::Transaction;

/// How a group is named in a path: by id or `uniqueName`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The object id.
    Id(GroupId),
    /// `groups(uniqueName='..')`, in any case.
    UniqueName(String),
}

impl Key {
    /// Reads a path segment, already decoded.
    pub fn parse(segment: &str) -> Option<Self> {
        match segment.strip_prefix("uniqueName=") {
            Some(name) => Some(Self::UniqueName(name.to_owned())),
            None => segment.parse().ok().map(Self::Id),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::UniqueName(name) => f.write_str(name),
        }
    }
}

async fn find(tx: &mut Transaction, tenant: TenantId, key: &Key) -> database::Result<Option<Group>> {
    match key {
        Key::Id(id) => store::find(tx, tenant, *id).await,
        Key::UniqueName(name) => store::find_by_unique_name(tx, tenant, name).await,
    }
}

/// The group, if the caller may change it by one of these permissions; what is refused to everybody is refused before the group
/// is looked up, and whoever may not know of it does not find it.
pub async fn get_to_change(
    tx: &mut Transaction,
    caller: &Caller,
    key: &Key,
    permissions: &[Permission],
) -> Result<Group, GroupError> {
    if !rights::is_permitted(caller, permissions) {
        return Err(GroupError::Denied);
    }
    let group = read::get_known(tx, caller, key).await?;
    rights::check_change(tx, caller, &group, permissions).await?;
    Ok(group)
}

pub(in crate::groups) fn target(group: &Group) -> Target {
    Target::new("Group", group.id.0, group.display_name.clone())
}

pub(in crate::groups) async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    target: &Target,
) -> Result<(), GroupError> {
    Ok(audit::record(tx, server, caller, activity, &Outcome::Success, target, &[]).await?)
}
