//! Who may see which grants.

use super::grant::{DelegatedGrant, GrantError};
use super::store;
use crate::Server;
use crate::graph::query::{Condition, Listing, Place, Value};
use crate::graph::{Caller, Permission};
use crate::platform::ids::{DelegatedGrantId, ServicePrincipalId, UserId};
use database::Transaction;

/// What lets a caller read grants (Graph: list oauth2PermissionGrants).
const READ: [Permission; 4] = [
    Permission::DelegatedPermissionGrantReadAll,
    Permission::DelegatedPermissionGrantReadWriteAll,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// The side grants are looked at from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantSide {
    /// All of the tenant.
    All,
    /// Those of one app.
    Client(ServicePrincipalId),
    /// Those of one person: what they, or an administrator for them alone, have granted.
    User(UserId),
}

/// Some grants.
#[derive(Debug)]
pub struct Page {
    /// The grants in order.
    pub grants: Vec<DelegatedGrant>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many there are in all, if it was asked for.
    pub count: Option<i64>,
}

/// Whether the caller may look from this side at all. A guest below the level of members sees what was granted for
/// everybody and what they granted themselves, but not what others did (Graph: authorizationPolicy.guestUserRoleId).
pub fn may_read(caller: &Caller, side: GrantSide) -> bool {
    let in_sight = match side {
        GrantSide::All | GrantSide::Client(_) => true,
        GrantSide::User(id) => caller.sees_others() || is_self(caller, id),
    };
    in_sight && caller.has_any(&READ)
}

fn is_self(caller: &Caller, id: UserId) -> bool {
    caller.user().is_some_and(|user| user.id == id)
}

/// What every grant meets that the caller sees from this side.
fn conditions(caller: &Caller, side: GrantSide) -> Vec<Condition> {
    let equal = |column, id| Condition::Compare { column, operator: " = ", value: Value::Id(id) };
    let mut conditions = match side {
        GrantSide::All => Vec::new(),
        GrantSide::Client(id) => vec![equal("g.client_id", id.0)],
        GrantSide::User(id) => vec![equal("g.principal_id", id.0)],
    };
    if let Some(user) = caller.user().filter(|_| !caller.sees_others()) {
        conditions.push(Condition::Or(vec![Condition::Null("g.principal_id"), equal("g.principal_id", user.id.0)]));
    }
    conditions
}

/// A page of grants (Graph: list oauth2PermissionGrants).
pub async fn list(server: &Server, caller: &Caller, side: GrantSide, listing: &Listing) -> Result<Page, GrantError> {
    if !may_read(caller, side) {
        return Err(GrantError::Denied);
    }
    let mut conditions = conditions(caller, side);
    let mut tx = server.read().await?;
    let slice = &listing.slice;
    let grants = store::list_slice(&mut tx, caller.tenant, &conditions, slice).await?;
    let (grants, next) = slice.page(grants, |last| Place { key: None, id: last.id.0 });
    let count = if listing.with_count {
        conditions.extend(slice.condition.clone());
        Some(store::count(&mut tx, caller.tenant, &conditions).await?)
    } else {
        None
    };
    Ok(Page { grants, next, count })
}

/// How many grants that the caller sees from this side meet a condition.
pub async fn count(
    server: &Server,
    caller: &Caller,
    side: GrantSide,
    condition: Option<Condition>,
) -> Result<i64, GrantError> {
    if !may_read(caller, side) {
        return Err(GrantError::Denied);
    }
    let mut conditions = conditions(caller, side);
    conditions.extend(condition);
    Ok(store::count(&mut server.read().await?, caller.tenant, &conditions).await?)
}

/// The grant with this id, if the caller sees it.
pub async fn find(
    tx: &mut Transaction,
    caller: &Caller,
    id: Option<DelegatedGrantId>,
) -> Result<Option<DelegatedGrant>, GrantError> {
    let Some(id) = id else { return Ok(None) };
    let conditions = conditions(caller, GrantSide::All);
    let condition = (!conditions.is_empty()).then_some(Condition::And(conditions));
    Ok(store::find(tx, caller.tenant, id, condition.as_ref()).await?)
}

/// The grant an address names (Graph: GET /oauth2PermissionGrants/{id}).
pub async fn get(tx: &mut Transaction, caller: &Caller, id: &str) -> Result<DelegatedGrant, GrantError> {
    if !may_read(caller, GrantSide::All) {
        return Err(GrantError::Denied);
    }
    find(tx, caller, DelegatedGrant::parse_wire_id(id)).await?.ok_or_else(|| GrantError::NotFound(id.to_owned()))
}
