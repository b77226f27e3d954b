//! The SQL of the health of one organisation. Each statement looks at so many rows and no more.

use super::operations::{Depth, Failure, Key, TooLate};
use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};

/// Reads a row that is there.
pub(super) async fn read_one(tx: &mut Transaction, tenant: TenantId) -> Result<()> {
    let _: (i64,) = tx.query(sql!("SELECT version FROM tenant WHERE id = $1")).bind(tenant).fetch_one().await?;
    Ok(())
}

/// Writes a row as it is.
pub(super) async fn touch(tx: &mut Transaction, tenant: TenantId) -> Result<u64> {
    tx.query(sql!("UPDATE tenant SET version = version WHERE id = $1")).bind(tenant).execute().await
}

/// The oldest jobs by their state, and since when the first of their mails is owed that was tried and not taken.
pub(super) async fn depths(tx: &mut Transaction, tenant: TenantId, most: i64) -> Result<Vec<Depth>> {
    tx.query(sql!(
        "SELECT oldest.state, COUNT(*) AS jobs, MIN(oldest.run_at) AS earliest,
                MIN(CASE WHEN oldest.kind = 'send_mail' AND oldest.last_error IS NOT NULL THEN oldest.due_at END) AS owed
         FROM (SELECT j.state, j.kind, j.run_at, j.due_at, j.last_error FROM job j WHERE j.tenant_id = $1
               ORDER BY j.id LIMIT $2) oldest
         GROUP BY oldest.state"
    ))
    .bind(tenant)
    .bind(most)
    .fetch_all()
    .await
}

/// When the relay last took one of the newest mails.
pub(super) async fn last_handed_over(tx: &mut Transaction, tenant: TenantId, most: i64) -> Result<Option<Timestamp>> {
    let (at,): (Option<Timestamp>,) = tx
        .query(sql!(
            "SELECT MAX(newest.handed_over_at) FROM (SELECT m.handed_over_at FROM mail m WHERE m.tenant_id = $1
             ORDER BY m.created_at DESC, m.id DESC LIMIT $2) newest"
        ))
        .bind(tenant)
        .bind(most)
        .fetch_one()
        .await?;
    Ok(at)
}

/// Mails that came too late to be sent since an instant: how many, at most `most`, and when the last of them did.
pub(super) async fn too_late(tx: &mut Transaction, tenant: TenantId, since: Timestamp, most: i64) -> Result<TooLate> {
    tx.query(sql!(
        "SELECT COUNT(*) AS mails, MAX(newest.expired_at) AS newest
         FROM (SELECT m.expired_at FROM mail m WHERE m.tenant_id = $1 AND m.expired_at >= $2
               ORDER BY m.expired_at DESC LIMIT $3) newest"
    ))
    .bind(tenant)
    .bind(since)
    .bind(most)
    .fetch_one()
    .await
}

/// The newest of the newest jobs of mails whose last try failed.
pub(super) async fn last_failure(tx: &mut Transaction, tenant: TenantId, most: i64) -> Result<Option<Failure>> {
    tx.query(sql!(
        "SELECT newest.state, newest.attempts, newest.run_at, newest.last_error AS reason
         FROM (SELECT j.id, j.kind, j.state, j.attempts, j.run_at, j.last_error FROM job j WHERE j.tenant_id = $1
               ORDER BY j.id DESC LIMIT $2) newest
         WHERE newest.kind = 'send_mail' AND newest.last_error IS NOT NULL ORDER BY newest.id DESC LIMIT 1"
    ))
    .bind(tenant)
    .bind(most)
    .fetch_optional()
    .await
}

/// The signing keys that are published, without what they sign with.
pub(super) async fn keys(tx: &mut Transaction, tenant: TenantId, now: Timestamp) -> Result<Vec<Key>> {
    tx.query(sql!(
        "SELECT id, algorithm, created_at, active_from, published_until FROM signing_key
         WHERE tenant_id = $1 AND (published_until IS NULL OR published_until > $2) ORDER BY algorithm, generation"
    ))
    .bind(tenant)
    .bind(now)
    .fetch_all()
    .await
}
