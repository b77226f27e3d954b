//! The SQL of the list of jobs.

use super::operations::{Failed, Filter, Listed};
use crate::jobs::{Kind, Lane, State};
use crate::platform::ids::{JobId, TenantId};
use database::{Query, Result, Transaction, sql};

/// Jobs, the newest first, from behind one of them.
pub(super) async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: Filter,
    after: Option<JobId>,
    limit: i64,
) -> Result<Vec<Listed>> {
    query(tx, tenant, filter, after, limit).fetch_all().await
}

/// The statement of [`list`]. A million mails may wait beside what is asked for.
pub(super) fn query(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: Filter,
    after: Option<JobId>,
    limit: i64,
) -> Query<'_> {
    let mut query = tx
        .query(sql!(
            "SELECT j.id, j.kind, j.subject, j.state, j.attempts, j.deaths, j.last_error, j.run_at, j.created_at,
                    m.recipient, b.name
             FROM job j
             LEFT JOIN mail m ON m.tenant_id = j.tenant_id AND m.id = j.subject
             LEFT JOIN bulk_invitation b ON b.tenant_id = j.tenant_id AND b.id = j.subject
             WHERE j.tenant_id = $1"
        ))
        .bind(tenant);
    match filter.state {
        None => {}
        // As it stands in the condition of its index, which a value would not be compared with.
        Some(State::Failed) => _ = query.push(" AND j.state = 'failed'"),
        Some(State::Running) => push_running(&mut query),
        Some(State::Waiting) => _ = query.push(" AND j.state = ").value(State::Waiting),
    }
    if let Some(kind) = filter.kind {
        if kind != Kind::SendMail {
            // So it stands in the condition of the index of all other kinds.
            query.push(" AND j.kind <> 'send_mail'");
        }
        query.push(" AND j.kind = ").value(kind);
    }
    if let Some(after) = after {
        query.push(" AND j.id < ").value(after);
    }
    query.push(" ORDER BY j.id DESC LIMIT ").value(limit);
    query
}

/// Those that run are few, also of all organisations together, and are found by their lanes.
fn push_running(query: &mut Query<'_>) {
    query.push(" AND j.state = 'running' AND j.id IN (SELECT r.id FROM job r");
    query.push(" WHERE r.tenant_id = $1 AND r.state = 'running' AND r.lane IN (");
    for (at, lane) in Lane::ALL.iter().enumerate() {
        query.push(if at == 0 { "" } else { ", " }).value(*lane);
    }
    query.push("))");
}

/// What a job is about, whether it was given up or not.
pub(super) async fn find(tx: &mut Transaction, tenant: TenantId, id: JobId) -> Result<Option<Failed>> {
    tx.query(sql!("SELECT id, kind, subject FROM job WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await
}

/// The oldest jobs that were given up.
pub(super) async fn list_failed(tx: &mut Transaction, tenant: TenantId, limit: i64) -> Result<Vec<Failed>> {
    tx.query(sql!("SELECT id, kind, subject FROM job WHERE tenant_id = $1 AND state = 'failed' ORDER BY id LIMIT $2"))
        .bind(tenant)
        .bind(limit)
        .fetch_all()
        .await
}

/// How many were given up, at most `most`. Their order leads to the index that holds no others.
pub(super) async fn count_failed(tx: &mut Transaction, tenant: TenantId, most: i64) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM job j
         WHERE j.tenant_id = $1 AND j.state = 'failed' ORDER BY j.id LIMIT $2) counted"
    ))
    .bind(tenant)
    .bind(most)
    .fetch_value()
    .await
}
