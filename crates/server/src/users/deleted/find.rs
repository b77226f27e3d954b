//! Reading deleted users.

use super::{Sight, UserError};
use crate::Server;
use crate::graph::query::{Condition, Count, Listing, Place, Slice, write_condition};
use crate::graph::{Caller, Role};
use crate::platform::ids::{TenantId, UserId};
use crate::users::operations::{Page, check_names, place};
use crate::users::store::{self, columns};
use crate::users::{Identity, User};
use database::{Result, Timestamp, Transaction, sql};
use std::collections::HashMap;

/// What `deleted_at` is while that goes which hangs on a user who is removed for good: it is older than anybody who can be brought back,
/// so that they are found nowhere.
pub(super) const GOING: Timestamp = Timestamp::from_microseconds(0);

/// A deleted user, and what the caller may see of them.
#[derive(Debug)]
pub struct Deleted {
    /// The user.
    pub user: User,
    /// How they signed in.
    pub identities: Vec<Identity>,
    /// What may be shown.
    pub sight: Sight,
}

/// The roles that see deleted users.
const READERS: [Role; 2] = [Role::GlobalAdministrator, Role::UserAdministrator];

pub(super) fn may_read(caller: &Caller) -> bool {
    Sight::of_all(caller).is_ok_and(|sight| sight.shows("deletedDateTime"))
        && (caller.is_application() || caller.holds_any(&READERS))
}

/// Whoever may bring users back without reading them sees what everybody does.
pub(super) fn sight(caller: &Caller) -> Sight {
    Sight::of_all(caller).unwrap_or(Sight::PUBLIC)
}

/// One deleted user.
pub(super) async fn find(
    server: &Server,
    caller: &Caller,
    id: UserId,
) -> std::result::Result<Option<Deleted>, UserError> {
    if !super::may_read(caller) {
        return Err(UserError::Denied);
    }
    let mut tx = server.read().await?;
    let Some(user) = find_deleted(&mut tx, caller.tenant, id).await? else { return Ok(None) };
    let identities = store::list_identities(&mut tx, caller.tenant, id).await?;
    Ok(Some(Deleted { user, identities, sight: sight(caller) }))
}

/// A page of deleted users (Graph: list deleted items of the kind user).
pub async fn list(server: &Server, caller: &Caller, listing: &Listing) -> std::result::Result<Page, UserError> {
    if !super::may_read(caller) {
        return Err(UserError::Denied);
    }
    let sight = sight(caller);
    check_names(sight, &listing.names)?;
    let slice = &listing.slice;
    let (users, next) = page(server, caller, slice).await?;
    let mut tx = server.read().await?;
    let count = match listing.with_count {
        true => Some(count_deleted(&mut tx, caller.tenant, slice.condition.as_ref()).await?),
        false => None,
    };
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let identities = match listing.selection.has("identities") {
        true => store::list_identities_of(&mut tx, caller.tenant, &ids).await?,
        false => HashMap::new(),
    };
    Ok(Page { users, identities, sight, next, count })
}

/// How many deleted users meet a condition.
pub async fn count(server: &Server, caller: &Caller, count: &Count) -> std::result::Result<i64, UserError> {
    if !super::may_read(caller) {
        return Err(UserError::Denied);
    }
    check_names(sight(caller), &count.names)?;
    let mut tx = server.read().await?;
    Ok(count_deleted(&mut tx, caller.tenant, count.condition.as_ref()).await?)
}

/// Some deleted users, and where the next page begins.
pub async fn page(
    server: &Server,
    caller: &Caller,
    slice: &Slice,
) -> std::result::Result<(Vec<User>, Option<Place>), UserError> {
    if !super::may_read(caller) {
        return Err(UserError::Denied);
    }
    let mut tx = server.read().await?;
    let users = list_deleted(&mut tx, caller.tenant, slice).await?;
    Ok(slice.page(users, |last| place(&slice.order, last)))
}

pub(super) async fn find_deleted(tx: &mut Transaction, tenant: TenantId, id: UserId) -> Result<Option<User>> {
    let found = store::find_even_deleted(tx, tenant, id).await?;
    Ok(found.filter(|user| user.deleted_at.is_some_and(|at| at > GOING)))
}

async fn list_deleted(tx: &mut Transaction, tenant: TenantId, slice: &Slice) -> Result<Vec<User>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NOT NULL AND u.deleted_at > $2"
        )))
        .bind(tenant)
        .bind(GOING);
    slice.write(&mut query);
    query.fetch_all().await
}

async fn count_deleted(tx: &mut Transaction, tenant: TenantId, condition: Option<&Condition>) -> Result<i64> {
    let mut query = tx
        .query(sql!(
            "SELECT COUNT(*) FROM user_account u
             WHERE u.tenant_id = $1 AND u.deleted_at IS NOT NULL AND u.deleted_at > $2"
        ))
        .bind(tenant)
        .bind(GOING);
    write_condition(condition, &mut query);
    let (count,): (i64,) = query.fetch_one().await?;
    Ok(count)
}

/// Users of a tenant that were deleted before an instant, also those who are going, at most `limit`.
pub(super) async fn list_old(
    tx: &mut Transaction,
    tenant: TenantId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<UserId>> {
    let rows: Vec<(UserId,)> = tx
        .query(sql!(
            "SELECT id FROM user_account WHERE tenant_id = $1 AND deleted_at IS NOT NULL AND deleted_at < $2
             ORDER BY deleted_at, id LIMIT $3"
        ))
        .bind(tenant)
        .bind(before)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
