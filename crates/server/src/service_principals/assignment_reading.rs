//! Who may see which assignments.

use super::assignment::AppRoleAssignment;
use super::assignment_store;
use super::error::AssignError;
use crate::Server;
use crate::graph::query::{Condition, Listing, Place};
use crate::graph::{Caller, Permission};
use crate::platform::ids::{AssignmentId, GroupId, PrincipalId, ServicePrincipalId, TenantId, UserId};
use crate::{groups, users};
use database::Transaction;

/// What lets a caller read assignments.
const READ: [Permission; 5] = [
    Permission::AppRoleAssignmentReadWriteAll,
    Permission::ApplicationReadAll,
    Permission::ApplicationReadWriteAll,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// The side assignments are looked at from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Everybody who was given a role of this application.
    Resource(ServicePrincipalId),
    /// Everything this program was given.
    Program(ServicePrincipalId),
    /// Everything this user was given.
    User(UserId),
    /// Everything this group was given.
    Group(GroupId),
}

impl Side {
    /// The principal whose assignments are looked at, if it is one.
    pub(super) fn principal(self) -> Option<PrincipalId> {
        match self {
            Self::Resource(_) => None,
            Self::Program(id) => Some(id.into()),
            Self::User(id) => Some(id.into()),
            Self::Group(id) => Some(id.into()),
        }
    }

    fn holds(self, assignment: &AppRoleAssignment) -> bool {
        match self {
            Self::Resource(id) => assignment.resource_id == id,
            Self::Program(_) | Self::User(_) | Self::Group(_) => self.principal() == Some(assignment.principal_id),
        }
    }
}

/// Some assignments.
#[derive(Debug)]
pub struct Page {
    /// The assignments in order.
    pub assignments: Vec<AppRoleAssignment>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many there are in all, if it was asked for.
    pub count: Option<i64>,
}

/// Whether the caller may see this side. A guest below the level of members sees what programs were given and what
/// they were given themselves, but not who else uses an application (Graph: authorizationPolicy.guestUserRoleId).
pub fn may_read(caller: &Caller, side: Side) -> bool {
    let is_self = |id: UserId| caller.user().is_some_and(|user| user.id == id);
    let in_sight = match side {
        Side::Program(_) => true,
        Side::User(id) => caller.sees_others() || is_self(id),
        Side::Resource(_) | Side::Group(_) => caller.sees_others(),
    };
    in_sight && caller.has_any(&READ)
}

/// The side of the user a path names by id or `userPrincipalName`.
///
/// # Errors
/// `Denied` whether or not the user exists, if the caller may not see their assignments.
pub async fn side_of_user(tx: &mut Transaction, caller: &Caller, key: &str) -> Result<Side, AssignError> {
    let user = match key.parse() {
        Ok(id) => users::store::find(tx, caller.tenant, id).await?,
        Err(_) => users::store::find_by_principal_name(tx, caller.tenant, key).await?,
    };
    match user {
        Some(user) if may_read(caller, Side::User(user.id)) => Ok(Side::User(user.id)),
        None if caller.sees_others() && caller.has_any(&READ) => Err(AssignError::NotFound(key.to_owned())),
        _ => Err(AssignError::Denied),
    }
}

/// The side of the group a path names.
///
/// # Errors
/// `Denied` whether or not the group exists, if the caller may not see its assignments.
pub async fn side_of_group(tx: &mut Transaction, caller: &Caller, key: &str) -> Result<Side, AssignError> {
    if !caller.sees_others() || !caller.has_any(&READ) {
        return Err(AssignError::Denied);
    }
    let missing = || AssignError::NotFound(key.to_owned());
    let found = match groups::operations::Key::parse(key).ok_or_else(missing)? {
        groups::operations::Key::Id(id) => groups::store::find(tx, caller.tenant, id).await?,
        groups::operations::Key::UniqueName(name) => {
            groups::store::find_by_unique_name(tx, caller.tenant, &name).await?
        }
    };
    found.map(|group| Side::Group(group.id)).ok_or_else(missing)
}

/// A page of assignments (Graph: list appRoleAssignedTo, list appRoleAssignments).
pub async fn list(server: &Server, caller: &Caller, side: Side, listing: &Listing) -> Result<Page, AssignError> {
    if !may_read(caller, side) {
        return Err(AssignError::Denied);
    }
    let mut tx = server.read().await?;
    let slice = &listing.slice;
    let assignments = assignment_store::list_slice(&mut tx, caller.tenant, side, slice).await?;
    let (assignments, next) = slice.page(assignments, |last| Place { key: None, id: last.id.0 });
    let count = if listing.with_count {
        Some(assignment_store::count(&mut tx, caller.tenant, side, slice.condition.as_ref()).await?)
    } else {
        None
    };
    Ok(Page { assignments, next, count })
}

/// How many assignments of a side meet a condition.
pub async fn count(
    server: &Server,
    caller: &Caller,
    side: Side,
    condition: Option<&Condition>,
) -> Result<i64, AssignError> {
    if !may_read(caller, side) {
        return Err(AssignError::Denied);
    }
    Ok(assignment_store::count(&mut server.read().await?, caller.tenant, side, condition).await?)
}

/// The assignment of a side with this id, as it stands on the wire (Graph: get appRoleAssignment).
pub async fn read(server: &Server, caller: &Caller, side: Side, id: &str) -> Result<AppRoleAssignment, AssignError> {
    if !may_read(caller, side) {
        return Err(AssignError::Denied);
    }
    let found = match AppRoleAssignment::parse_wire_id(id) {
        Some(parsed) => find(&mut server.read().await?, caller.tenant, side, parsed).await?,
        None => None,
    };
    found.ok_or_else(|| AssignError::NotFound(id.to_owned()))
}

/// The assignment with this id, if it stands on this side.
pub async fn find(
    tx: &mut Transaction,
    tenant: TenantId,
    side: Side,
    id: AssignmentId,
) -> Result<Option<AppRoleAssignment>, AssignError> {
    Ok(assignment_store::find(tx, tenant, id).await?.filter(|assignment| side.holds(assignment)))
}
