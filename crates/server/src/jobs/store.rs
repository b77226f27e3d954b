//! The SQL of the queue.

use super::{Job, Kind, State};
use crate::platform::ids::{JobId, TenantId};
use database::{Result, Timestamp, Transaction, sql, sql_across};
use uuid::Uuid;

pub(super) async fn insert(
    tx: &mut Transaction,
    tenant: TenantId,
    id: JobId,
    kind: Kind,
    subject: Uuid,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO job (tenant_id, id, kind, subject, run_at, attempts, state, created_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7)"
    ))
    .bind(tenant)
    .bind(id)
    .bind(kind)
    .bind(subject)
    .bind(run_at)
    .bind(State::Waiting)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Leases due jobs, at a cost that does not grow with those that wait: each of the two kinds comes in the order of its index.
/// The condition stands twice: a process that waited for the row lock of another one looks at it again and finds the row
/// leased. The second time it is a `CASE`, so that SQLite does not look for rows by it.
pub(super) async fn claim(
    tx: &mut Transaction,
    owner: Uuid,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Job>> {
    tx.query(sql_across!(
        "one worker serves every tenant",
        "UPDATE job SET state = 'running', lease_owner = $1, lease_until = $2, attempts = attempts + 1
         WHERE (tenant_id, id) IN (
                   SELECT due.tenant_id, due.id FROM (
                       SELECT * FROM (SELECT w.tenant_id, w.id, w.run_at FROM job w
                                      WHERE w.state = 'waiting' AND w.run_at <= $3
                                      ORDER BY w.run_at, w.id LIMIT $4) waiting
                       UNION ALL
                       SELECT * FROM (SELECT r.tenant_id, r.id, r.run_at FROM job r
                                      WHERE r.state = 'running' AND r.lease_until <= $3
                                      ORDER BY r.run_at, r.id LIMIT $4) running) due
                   ORDER BY due.run_at, due.id LIMIT $4)
           AND CASE state WHEN 'waiting' THEN run_at <= $3 WHEN 'running' THEN lease_until <= $3 ELSE FALSE END
         RETURNING tenant_id, id, kind, subject, attempts"
    ))
    .bind(owner)
    .bind(lease_until)
    .bind(now)
    .bind(limit)
    .fetch_all()
    .await
}

/// Prolongs a lease, unless it has passed to somebody else or its job is done.
pub(super) async fn renew(tx: &mut Transaction, job: &Job, owner: Uuid, lease_until: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE job SET lease_until = $5
             WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND attempts = $4 AND state = 'running'"
        ))
        .bind(job.tenant_id)
        .bind(job.id)
        .bind(owner)
        .bind(job.attempts)
        .bind(lease_until)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Makes due what a clock that was set back has moved far ahead: jobs put in later than now, pauses longer than any, and
/// leases longer than any, which run out after a whole one, because whoever holds it may still be at work.
pub(super) async fn draw_near(
    tx: &mut Transaction,
    now: Timestamp,
    longest_pause: Timestamp,
    longest_lease: Timestamp,
) -> Result<u64> {
    tx.query(sql_across!(
        "one clock is that of every tenant",
        "UPDATE job SET run_at = $1, lease_until = CASE WHEN state = 'running' THEN CAST($3 AS BIGINT) END
         WHERE (state = 'waiting' AND run_at > $1 AND (created_at > $1 OR (attempts > 0 AND run_at > $2)))
            OR (state = 'running' AND lease_until > $3)"
    ))
    .bind(now)
    .bind(longest_pause)
    .bind(longest_lease)
    .execute()
    .await
}

/// Removes a job that is done, unless its lease has passed to somebody else.
pub(super) async fn delete(tx: &mut Transaction, job: &Job, owner: Uuid) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM job WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND attempts = $4"))
        .bind(job.tenant_id)
        .bind(job.id)
        .bind(owner)
        .bind(job.attempts)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Where a job goes when it is not done.
pub(super) struct Next {
    pub(super) state: State,
    pub(super) attempts: i64,
    pub(super) run_at: Timestamp,
    pub(super) error: Option<String>,
}

/// Ends the lease without being done, unless it has passed to somebody else.
pub(super) async fn release(tx: &mut Transaction, job: &Job, owner: Uuid, next: Next) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE job SET state = $5, attempts = $6, run_at = $7, last_error = $8, lease_owner = NULL, lease_until = NULL
             WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND attempts = $4"
        ))
        .bind(job.tenant_id)
        .bind(job.id)
        .bind(owner)
        .bind(job.attempts)
        .bind(next.state)
        .bind(next.attempts)
        .bind(next.run_at)
        .bind(next.error)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Gives back everything this process still leases, as if it had not been tried.
pub(super) async fn hand_back(tx: &mut Transaction, owner: Uuid) -> Result<u64> {
    tx.query(sql_across!(
        "one worker serves every tenant",
        "UPDATE job SET state = 'waiting', attempts = attempts - 1, lease_owner = NULL, lease_until = NULL
         WHERE state = 'running' AND lease_owner = $1"
    ))
    .bind(owner)
    .execute()
    .await
}

pub(super) async fn retry(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    subject: Uuid,
    now: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE job SET state = 'waiting', attempts = 0, run_at = $4
             WHERE tenant_id = $1 AND kind = $2 AND subject = $3 AND state = 'failed'"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(subject)
        .bind(now)
        .execute()
        .await?;
    Ok(rows > 0)
}

pub(super) async fn call_off(tx: &mut Transaction, tenant: TenantId, kind: Kind, subject: Uuid) -> Result<u64> {
    tx.query(sql!("DELETE FROM job WHERE tenant_id = $1 AND kind = $2 AND subject = $3 AND state = 'waiting'"))
        .bind(tenant)
        .bind(kind)
        .bind(subject)
        .execute()
        .await
}

pub(super) async fn forget(tx: &mut Transaction, tenant: TenantId, kind: Kind, subject: Uuid) -> Result<u64> {
    tx.query(sql!("DELETE FROM job WHERE tenant_id = $1 AND kind = $2 AND subject = $3 AND state = 'failed'"))
        .bind(tenant)
        .bind(kind)
        .bind(subject)
        .execute()
        .await
}
