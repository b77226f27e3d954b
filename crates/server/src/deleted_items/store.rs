//! The statements on deleted objects. They differ by table and columns alone, so a kind writes them by the macros of this file,
//! each on a line of its own: a statement is known by its place.

use super::{GOING, Recoverable};
use crate::graph::query::{Condition, Slice, count_meeting};
use crate::platform::ids::TenantId;
use database::{Result, Statement, Timestamp, Transaction};
use uuid::Uuid;

/// What is read of the objects of a tenant (`$1`) that were deleted behind an instant (`$2`), from a table by its alias. The plus
/// sign keeps a range of ages from winning over an index in the order that is asked for.
macro_rules! select_deleted {
    ($columns:expr, $from:literal, $alias:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $from,
            " WHERE ",
            $alias,
            ".tenant_id = $1 AND ",
            $alias,
            ".deleted_at IS NOT NULL AND +",
            $alias,
            ".deleted_at > $2"
        )
    };
}
pub(crate) use select_deleted;

/// The ids of the objects of a tenant (`$1`) that were deleted before an instant (`$2`), the oldest first, at most `$3`.
macro_rules! select_old {
    ($table:literal) => {
        concat!(
            "SELECT id FROM ",
            $table,
            " WHERE tenant_id = $1 AND deleted_at IS NOT NULL AND deleted_at < $2 ORDER BY deleted_at, id LIMIT $3"
        )
    };
}
pub(crate) use select_old;

/// Holds the object of a tenant (`$1`) with an id (`$2`) until the end of the transaction, if its `deleted_at` is an instant (`$3`).
macro_rules! lock_going {
    ($table:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET version = version WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL AND deleted_at = $3"
        )
    };
}
pub(crate) use lock_going;

/// The statements on the deleted objects of one kind.
#[derive(Debug)]
pub struct Statements {
    /// `select_deleted!` of the columns of an object, continued by its id as `$3`.
    pub find: &'static Statement,
    /// `select_deleted!` of the columns of an object.
    pub list: &'static Statement,
    /// `select_deleted!` of `COUNT(*)`.
    pub count: &'static Statement,
    /// `select_old!`
    pub list_old: &'static Statement,
    /// `lock_going!`, for a kind that is marked before it is removed for good.
    pub lock_going: Option<&'static Statement>,
}

/// The object with this id, if it was deleted behind this instant.
pub async fn find<T: Recoverable>(
    tx: &mut Transaction,
    tenant: TenantId,
    id: Uuid,
    since: Timestamp,
) -> Result<Option<T>> {
    tx.query(T::STATEMENTS.find).bind(tenant).bind(since).bind(id).fetch_optional().await
}

/// Objects that were deleted behind an instant, in an order; one more than the slice holds, if there is one.
pub async fn list<T: Recoverable>(
    tx: &mut Transaction,
    tenant: TenantId,
    since: Timestamp,
    slice: &Slice,
) -> Result<Vec<T>> {
    let mut query = tx.query(T::STATEMENTS.list).bind(tenant).bind(since);
    slice.write(&mut query);
    query.fetch_all().await
}

/// Holds an object that is removed for good, by the statement of its kind; `false` if it is not marked as one, or is gone. Two who
/// clear up the same object come one after the other: whoever waits for rows that the other one removes would find fewer than
/// there are, and take the object for bare.
pub async fn hold_going(
    tx: &mut Transaction,
    lock_going: &'static Statement,
    tenant: TenantId,
    id: Uuid,
) -> Result<bool> {
    Ok(tx.query(lock_going).bind(tenant).bind(id).bind(GOING).execute().await? == 1)
}

/// How many of them meet a condition.
pub async fn count<T: Recoverable>(
    tx: &mut Transaction,
    tenant: TenantId,
    since: Timestamp,
    condition: Option<&Condition>,
) -> Result<i64> {
    count_meeting(condition, tx.query(T::STATEMENTS.count).bind(tenant).bind(since)).await
}

/// The ids of those that were deleted before an instant, also of those that are on their way, at most `limit`.
pub async fn list_old<T: Recoverable>(
    tx: &mut Transaction,
    tenant: TenantId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Uuid>> {
    tx.query(T::STATEMENTS.list_old).bind(tenant).bind(before).bind(limit).fetch_values().await
}
