//! What is left to do after an object was deleted, brought back or removed for good: where very many rows hang on it, the transaction
//! that decides takes the first of them along, and a job goes on with the others, some in each transaction. Nobody waits long for
//! the one writer, and a process that dies leaves the rest to the next attempt.
//!
//! What decides something newer about an object replaces what was left of before. A step writes only while what it read is still
//! what is left, so that none comes after a newer decision.

use super::{Kind, What};
use crate::Server;
use crate::jobs;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};
use uuid::Uuid;

/// Rows of a kind that one transaction takes along.
pub const AT_ONCE: i64 = 500;

/// How many rows a page of ids asks for: one more than a transaction takes along, to see whether others follow.
pub const PAGE: i64 = AT_ONCE + 1;

/// What is left to do about an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Aftermath {
    /// The kind of the object.
    pub object_kind: Kind,
    /// What happened to it.
    pub what: What,
    /// The last of what had its turn, in the order of the ids; the nil id before the first.
    pub behind: Uuid,
}

/// Leaves the rest to a job, in place of whatever was left of the object before. The job is taken up within two seconds of the
/// commit, by whichever process is first.
pub async fn leave(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    (kind, object): (Kind, Uuid),
    (what, behind): (What, Uuid),
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO aftermath (tenant_id, object_id, object_kind, what, behind) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, object_id) DO UPDATE SET what = $4, behind = $5"
    ))
    .bind(tenant)
    .bind(object)
    .bind(kind)
    .bind(what)
    .bind(behind)
    .execute()
    .await?;
    // One that waits or was given up is replaced; one that runs ends by itself.
    jobs::call_off(tx, tenant, jobs::Kind::ClearUp, object).await?;
    jobs::forget(tx, tenant, jobs::Kind::ClearUp, object).await?;
    jobs::enqueue(tx, server, tenant, jobs::Kind::ClearUp, object, server.clock.now()).await
}

/// What is left to do about an object; nothing is the common case.
pub async fn find(tx: &mut Transaction, tenant: TenantId, object: Uuid) -> Result<Option<Aftermath>> {
    tx.query(sql!("SELECT object_kind, what, behind FROM aftermath WHERE tenant_id = $1 AND object_id = $2"))
        .bind(tenant)
        .bind(object)
        .fetch_optional()
        .await
}

/// Notes how far a step came, or with `None` that nothing is left; `false` if something newer was decided since `left` was read,
/// and the step must not be committed.
pub async fn advance(
    tx: &mut Transaction,
    tenant: TenantId,
    object: Uuid,
    left: &Aftermath,
    behind: Option<Uuid>,
) -> Result<bool> {
    let query = match behind {
        Some(behind) => tx
            .query(sql!(
                "UPDATE aftermath SET behind = $5
                 WHERE tenant_id = $1 AND object_id = $2 AND what = $3 AND behind = $4"
            ))
            .bind(tenant)
            .bind(object)
            .bind(left.what)
            .bind(left.behind)
            .bind(behind),
        None => tx
            .query(sql!("DELETE FROM aftermath WHERE tenant_id = $1 AND object_id = $2 AND what = $3 AND behind = $4"))
            .bind(tenant)
            .bind(object)
            .bind(left.what)
            .bind(left.behind),
    };
    Ok(query.execute().await? == 1)
}

/// Nothing of before is left to do about an object: something newer was decided, or it is gone.
pub async fn forget(tx: &mut Transaction, tenant: TenantId, object: Uuid) -> Result<()> {
    tx.query(sql!("DELETE FROM aftermath WHERE tenant_id = $1 AND object_id = $2"))
        .bind(tenant)
        .bind(object)
        .execute()
        .await?;
    Ok(())
}

/// Leaves so many of some ids in their order as one transaction takes along; the last of them if others follow.
pub fn cut(ids: &mut Vec<Uuid>) -> Option<Uuid> {
    let most = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
    let more = ids.len() > most;
    ids.truncate(most);
    ids.last().copied().filter(|_| more)
}
