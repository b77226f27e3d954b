//! Counters of attempts.

use crate::config::Retention;
use crate::platform::SecretHash;
use crate::platform::ids::TenantId;
use database::{Result, Timestamp, Transaction, sql, sql_across};

/// Counts one attempt; how many there are now.
pub async fn count(
    tx: &mut Transaction,
    tenant: TenantId,
    scope: &'static str,
    subject: &SecretHash,
    window: Timestamp,
) -> Result<i64> {
    tx.query(sql!(
        "INSERT INTO attempt (tenant_id, scope, subject, window_start, attempts) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (tenant_id, scope, subject, window_start) DO UPDATE SET attempts = attempt.attempts + 1
         RETURNING attempts"
    ))
    .bind(tenant)
    .bind(scope)
    .bind(subject.clone())
    .bind(window)
    .fetch_value()
    .await
}

/// How many attempts there are.
pub async fn read(
    tx: &mut Transaction,
    tenant: TenantId,
    scope: &'static str,
    subject: &SecretHash,
    window: Timestamp,
) -> Result<i64> {
    let row: Option<(i64,)> = tx
        .query(sql!(
            "SELECT attempts FROM attempt
             WHERE tenant_id = $1 AND scope = $2 AND subject = $3 AND window_start = $4"
        ))
        .bind(tenant)
        .bind(scope)
        .bind(subject.clone())
        .bind(window)
        .fetch_optional()
        .await?;
    Ok(row.map_or(0, |(attempts,)| attempts))
}

/// Forgets the attempts of a window.
pub async fn forget(
    tx: &mut Transaction,
    tenant: TenantId,
    scope: &'static str,
    subject: &SecretHash,
    window: Timestamp,
) -> Result<()> {
    tx.query(sql!("DELETE FROM attempt WHERE tenant_id = $1 AND scope = $2 AND subject = $3 AND window_start = $4"))
        .bind(tenant)
        .bind(scope)
        .bind(subject.clone())
        .bind(window)
        .execute()
        .await?;
    Ok(())
}

/// Counts attempts that belong to no tenant; how many there are now.
pub async fn count_globally(
    tx: &mut Transaction,
    scope: &'static str,
    subject: &SecretHash,
    window: Timestamp,
    times: i64,
) -> Result<i64> {
    tx.query(sql_across!(
        "attempts of a client address belong to no tenant",
        "INSERT INTO global_attempt (scope, subject, window_start, attempts) VALUES ($1, $2, $3, $4)
         ON CONFLICT (scope, subject, window_start)
         DO UPDATE SET attempts = global_attempt.attempts + excluded.attempts
         RETURNING attempts"
    ))
    .bind(scope)
    .bind(subject.clone())
    .bind(window)
    .bind(times)
    .fetch_value()
    .await
}

/// Takes one attempt that belongs to no tenant off the count.
pub async fn give_back_globally(
    tx: &mut Transaction,
    scope: &'static str,
    subject: &SecretHash,
    window: Timestamp,
) -> Result<()> {
    tx.query(sql_across!(
        "attempts of a client address belong to no tenant",
        "UPDATE global_attempt SET attempts = attempts - 1
         WHERE scope = $1 AND subject = $2 AND window_start = $3 AND attempts > 0"
    ))
    .bind(scope)
    .bind(subject.clone())
    .bind(window)
    .execute()
    .await?;
    Ok(())
}

/// Removes a batch of the counts of windows that began before this instant.
pub async fn purge(tx: &mut Transaction, before: Timestamp) -> Result<u64> {
    let of_tenants = tx
        .query(sql_across!(
            "old counts of every tenant are purged",
            "DELETE FROM attempt WHERE (tenant_id, scope, subject, window_start) IN
             (SELECT a.tenant_id, a.scope, a.subject, a.window_start FROM attempt a WHERE a.window_start < $1 LIMIT $2)"
        ))
        .bind(before)
        .bind(Retention::AT_ONCE)
        .execute()
        .await?;
    let global = tx
        .query(sql_across!(
            "counts of no tenant are purged",
            "DELETE FROM global_attempt WHERE (scope, subject, window_start) IN
             (SELECT a.scope, a.subject, a.window_start FROM global_attempt a WHERE a.window_start < $1 LIMIT $2)"
        ))
        .bind(before)
        .bind(Retention::AT_ONCE)
        .execute()
        .await?;
    Ok(of_tenants + global)
}
