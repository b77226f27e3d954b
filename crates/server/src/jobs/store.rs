//! The SQL of the queue.

use super::deaths::{APART, STEP};
use super::lanes::Free;
use super::{Job, Kind, Lane, State};
use crate::platform::ids::{JobId, TenantId};
use database::{Result, Timestamp, Transaction, sql, sql_across};
use uuid::Uuid;

/// Adds jobs of one kind, each with its subject.
pub(super) async fn insert_each(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, lane): (Kind, Lane),
    jobs: &[(JobId, Uuid)],
    (run_at, now): (Timestamp, Timestamp),
) -> Result<()> {
    let Some(((id, subject), others)) = jobs.split_first() else { return Ok(()) };
    let mut query = tx
        .query(sql!(
            "INSERT INTO job (tenant_id, kind, lane, run_at, due_at, attempts, state, created_at, id, subject)
             VALUES ($1, $2, $3, $4, $4, 0, $5, $6, $7, $8)"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(lane)
        .bind(run_at)
        .bind(State::Waiting)
        .bind(now)
        .bind(*id)
        .bind(*subject);
    for (id, subject) in others {
        query.push(", ($1, $2, $3, $4, $4, 0, $5, $6, ").value(*id).push(", ").value(*subject).push(")");
    }
    query.execute().await?;
    Ok(())
}

/// Makes jobs wait again whose leases have run out, and says which: their processes died. That counts as a death and not as an
/// attempt. One that ran apart has a longer pause each time; the others are due at once.
pub(super) async fn take_back(tx: &mut Transaction, now: Timestamp) -> Result<Vec<Job>> {
    tx.query(sql_across!(
        "one worker serves every tenant",
        "UPDATE job SET state = 'waiting', attempts = attempts - 1, deaths = deaths + 1,
                        run_at = CASE WHEN deaths < $2 THEN run_at ELSE $1 + $3 * (deaths + 1 - $2) END,
                        lease_owner = NULL, lease_until = NULL
         WHERE state = 'running' AND lease_until <= $1
         RETURNING tenant_id, id, kind, lane, subject, attempts, deaths"
    ))
    .bind(now)
    .bind(APART)
    .bind(i64::try_from(STEP.as_micros()).unwrap_or(i64::MAX))
    .fetch_all()
    .await
}

// It stands in the texts below, as in that of the index.
const _: () = assert!(APART == 2);

/// The first due jobs of a lane.
macro_rules! due {
    ($lane:literal, $most:literal) => {
        concat!(
            "SELECT * FROM (SELECT w.tenant_id, w.id FROM job w
                            WHERE w.state = 'waiting' AND w.lane = '",
            $lane,
            "' AND w.run_at <= $3 AND w.deaths < 2 ORDER BY w.run_at, w.id LIMIT ",
            $most,
            ") of_",
            $lane
        )
    };
}

/// Leases due jobs, in each lane as many as slots are free, the most urgent lane first, and apart from them one that may have killed
/// its process. What it costs does not grow with what waits: each lane comes in the order of the index.
/// The condition stands twice: a process that waited for the row lock of another one looks at it again and finds the row
/// leased. The second time it is a `CASE`, so that SQLite does not look for rows by it.
pub(super) async fn claim(
    tx: &mut Transaction,
    owner: Uuid,
    now: Timestamp,
    lease_until: Timestamp,
    free: Free,
) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = tx
        .query(sql_across!(
            "one worker serves every tenant",
            concat!(
                "UPDATE job SET state = 'running', lease_owner = $1, lease_until = $2, attempts = attempts + 1
                 WHERE (tenant_id, id) IN (SELECT due.tenant_id, due.id FROM (",
                due!("code", "$4"),
                " UNION ALL ",
                due!("mail", "$5"),
                " UNION ALL ",
                due!("list_mail", "$6"),
                " UNION ALL ",
                due!("work", "$7"),
                " UNION ALL ",
                due!("call", "$8"),
                " UNION ALL SELECT * FROM (
                     SELECT w.tenant_id, w.id FROM job w
                     WHERE w.state = 'waiting' AND w.run_at <= $3 AND w.deaths >= 2 AND w.deaths <= $10
                     ORDER BY w.run_at, w.id LIMIT $9) apart
                 ) due) AND CASE state WHEN 'waiting' THEN run_at <= $3 ELSE FALSE END
                 RETURNING tenant_id, id, kind, lane, subject, attempts, deaths"
            )
        ))
        .bind(owner)
        .bind(lease_until)
        .bind(now)
        .bind(free.code)
        .bind(free.mail)
        .bind(free.list_mail)
        .bind(free.work)
        .bind(free.call)
        .bind(free.apart)
        .bind(free.deaths)
        .fetch_all()
        .await?;
    jobs.sort_by_key(|job| (job.lane, job.id));
    Ok(jobs)
}

/// Prolongs a lease, unless it has passed to somebody else or its job is done.
pub(super) async fn renew(tx: &mut Transaction, job: &Job, owner: Uuid, lease_until: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE job SET lease_until = $5
             WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND attempts = $4 AND deaths = $6
               AND state = 'running'"
        ))
        .bind(job.tenant_id)
        .bind(job.id)
        .bind(owner)
        .bind(job.attempts)
        .bind(lease_until)
        .bind(job.deaths)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Makes due what a clock that was set back has moved far ahead: jobs put in later than now, pauses longer than any, and
/// leases longer than any, which run out after a whole one, because whoever holds it may still be at work. Nothing is owed since
/// later than now.
pub(super) async fn draw_near(
    tx: &mut Transaction,
    now: Timestamp,
    longest_pause: Timestamp,
    longest_lease: Timestamp,
) -> Result<u64> {
    tx.query(sql_across!(
        "one clock is that of every tenant",
        "UPDATE job SET run_at = $1, due_at = CASE WHEN due_at > $1 THEN $1 ELSE due_at END,
                        lease_until = CASE WHEN state = 'running' THEN CAST($3 AS BIGINT) END
         WHERE (state = 'waiting' AND run_at > $1 AND (created_at > $1 OR (attempts + deaths > 0 AND run_at > $2)))
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
        .query(sql!(
            "DELETE FROM job WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND attempts = $4 AND deaths = $5"
        ))
        .bind(job.tenant_id)
        .bind(job.id)
        .bind(owner)
        .bind(job.attempts)
        .bind(job.deaths)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Where a job goes when it is not done.
pub(super) struct Next {
    pub(super) state: State,
    pub(super) attempts: i64,
    pub(super) run_at: Timestamp,
    /// Since when it is owed, if that is another time than before.
    pub(super) due_at: Option<Timestamp>,
    pub(super) error: Option<String>,
}

/// Ends the lease without being done, unless it has passed to somebody else. Its process lives, so no deaths are behind it any more.
pub(super) async fn release(tx: &mut Transaction, job: &Job, owner: Uuid, next: Next) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE job SET state = $5, attempts = $6, run_at = $7, last_error = $8, due_at = COALESCE($9, due_at),
                            deaths = 0, lease_owner = NULL, lease_until = NULL
             WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND attempts = $4 AND deaths = $10"
        ))
        .bind(job.tenant_id)
        .bind(job.id)
        .bind(owner)
        .bind(job.attempts)
        .bind(next.state)
        .bind(next.attempts)
        .bind(next.run_at)
        .bind(next.error)
        .bind(next.due_at)
        .bind(job.deaths)
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
            "UPDATE job SET state = 'waiting', attempts = 0, run_at = $4, due_at = $4
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

pub(super) async fn bring_forward(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    subject: Uuid,
    run_at: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE job SET run_at = $4, due_at = $4
             WHERE tenant_id = $1 AND kind = $2 AND subject = $3 AND state = 'waiting' AND run_at > $4"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(subject)
        .bind(run_at)
        .execute()
        .await?;
    Ok(rows > 0)
}

/// The order of the subjects is a round: behind the last one comes the first.
pub(super) async fn pass_on(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    after: Uuid,
    run_at: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE job SET run_at = $4, due_at = $4
             WHERE tenant_id = $1 AND state = 'waiting' AND id = (
                 SELECT j.id FROM job j
                 WHERE j.tenant_id = $1 AND j.kind = $2 AND j.subject <> $3 AND j.state = 'waiting' AND j.run_at > $4
                   AND j.last_error IS NULL AND j.deaths = 0
                 ORDER BY CASE WHEN j.subject > $3 THEN 0 ELSE 1 END, j.subject LIMIT 1)"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(after)
        .bind(run_at)
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
