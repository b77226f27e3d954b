//! The SQL of changes.

use super::{Change, Kind, Logged, What};
use crate::platform::ids::TenantId;
use database::{Result, Timestamp, Transaction, sql, sql_across};
use uuid::Uuid;

/// Rows that one statement adds: their values stay far below what SQLite binds at most (32,766).
pub const AT_ONCE: usize = 500;

/// The next number of a tenant. Its row stays locked until the transaction ends.
pub async fn take_number(tx: &mut Transaction, tenant: TenantId) -> Result<i64> {
    tx.query(sql!(
        "INSERT INTO change_turn (tenant_id, number, from_number) VALUES ($1, 1, 0)
         ON CONFLICT (tenant_id) DO UPDATE SET number = change_turn.number + 1 RETURNING number"
    ))
    .bind(tenant)
    .fetch_value()
    .await
}

/// The next numbers of a tenant, as many as the count says; the last of them.
pub async fn take_numbers(tx: &mut Transaction, tenant: TenantId, count: i64) -> Result<i64> {
    tx.query(sql!(
        "INSERT INTO change_turn (tenant_id, number, from_number) VALUES ($1, $2, 0)
         ON CONFLICT (tenant_id) DO UPDATE SET number = change_turn.number + $2 RETURNING number"
    ))
    .bind(tenant)
    .bind(count)
    .fetch_value()
    .await
}

/// Adds what happened to several objects, numbered behind `before`; at most [`AT_ONCE`].
pub async fn insert_each(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, what, at): (Kind, What, Timestamp),
    before: i64,
    objects: &[Uuid],
) -> Result<()> {
    let Some((first, others)) = objects.split_first() else { return Ok(()) };
    let mut query = tx
        .query(sql!(
            "INSERT INTO directory_change (tenant_id, kind, what, at, number, object_id)
             VALUES ($1, $2, $3, $4, $5, $6)"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(what)
        .bind(at)
        .bind(before + 1)
        .bind(*first);
    for (number, object) in (before + 2..).zip(others) {
        query.push(", ($1, $2, $3, $4, ").value(number).push(", ").value(*object).push(")");
    }
    query.execute().await?;
    Ok(())
}

/// Adds a change.
pub async fn insert(tx: &mut Transaction, tenant: TenantId, number: i64, at: Timestamp, change: Change) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO directory_change (tenant_id, kind, number, object_id, what, related_id, related_kind, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(tenant)
    .bind(change.kind)
    .bind(number)
    .bind(change.object)
    .bind(change.what)
    .bind(change.related.map(|(_, id)| id))
    .bind(change.related.map(|(kind, _)| kind))
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// The number of the last change, and the one the log is whole from; zeros where nothing has changed yet.
pub async fn bounds(tx: &mut Transaction, tenant: TenantId) -> Result<(i64, i64)> {
    let found = tx
        .query(sql!("SELECT number, from_number FROM change_turn WHERE tenant_id = $1"))
        .bind(tenant)
        .fetch_optional()
        .await?;
    Ok(found.unwrap_or((0, 0)))
}

/// Changes of one kind behind `after`, up to and with `until`, in order, at most `limit`.
pub async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    after: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<Logged>> {
    tx.query(sql!(
        "SELECT number, object_id, what, related_id, related_kind FROM directory_change
         WHERE tenant_id = $1 AND kind = $2 AND number > $3 AND number <= $4 ORDER BY number LIMIT $5"
    ))
    .bind(tenant)
    .bind(kind)
    .bind(after)
    .bind(until)
    .bind(limit)
    .fetch_all()
    .await
}

/// The tenants in which something has changed.
pub async fn list_tenants(tx: &mut Transaction) -> Result<Vec<TenantId>> {
    tx.query(sql_across!("old changes of every tenant are purged", "SELECT t.tenant_id FROM change_turn t"))
        .fetch_values()
        .await
}

/// When the oldest change of a kind was.
pub async fn oldest(tx: &mut Transaction, tenant: TenantId, kind: Kind) -> Result<Option<Timestamp>> {
    let found: Option<(Timestamp,)> = tx
        .query(sql!("SELECT at FROM directory_change WHERE tenant_id = $1 AND kind = $2 ORDER BY number LIMIT 1"))
        .bind(tenant)
        .bind(kind)
        .fetch_optional()
        .await?;
    Ok(found.map(|(at,)| at))
}

/// Removes the oldest changes of a kind, at most `limit`, as far as they are of before this instant; their numbers.
pub async fn delete_oldest(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<i64>> {
    tx.query(sql!(
        "DELETE FROM directory_change
         WHERE tenant_id = $1 AND kind = $2 AND at < $3 AND number IN
             (SELECT o.number FROM directory_change o
              WHERE o.tenant_id = $1 AND o.kind = $2 ORDER BY o.number LIMIT $4)
         RETURNING number"
    ))
    .bind(tenant)
    .bind(kind)
    .bind(before)
    .bind(limit)
    .fetch_values()
    .await
}

/// The log is whole from this number on, not from an earlier one.
pub async fn raise_from(tx: &mut Transaction, tenant: TenantId, number: i64) -> Result<()> {
    tx.query(sql!("UPDATE change_turn SET from_number = $2 WHERE tenant_id = $1 AND from_number < $2"))
        .bind(tenant)
        .bind(number)
        .execute()
        .await?;
    Ok(())
}
