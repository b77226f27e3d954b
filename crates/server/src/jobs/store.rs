//! The SQL of the queue.

use super::{Kind, State};
use crate::platform::ids::{JobId, TenantId};
use database::{Result, Timestamp, Transaction, sql};
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
