//! Steps to come back to.

use crate::config::Retention;
use crate::platform::SecretHash;
use crate::platform::ids::{ContinuationId, TenantId};
use crate::sign_in::continuation::Continuation;
use database::{Result, Timestamp, Transaction, sql, sql_across};

/// Adds one, bound to a browser.
pub async fn insert(tx: &mut Transaction, continuation: &Continuation, browser: &SecretHash) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO continuation (tenant_id, id, browser_hash, next, invitation_id, address, language, created_at,
                                   expires_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)"
    ))
    .bind(continuation.tenant)
    .bind(continuation.id)
    .bind(browser.clone())
    .bind(continuation.next.clone())
    .bind(continuation.invitation)
    .bind(continuation.address.clone())
    .bind(continuation.language.clone())
    .bind(continuation.created_at)
    .bind(continuation.expires_at)
    .execute()
    .await?;
    Ok(())
}

/// The one with this id that was begun in this browser.
pub async fn find(
    tx: &mut Transaction,
    tenant: TenantId,
    id: ContinuationId,
    browser: &SecretHash,
    now: Timestamp,
) -> Result<Option<Continuation>> {
    tx.query(sql!(
        "SELECT tenant_id, id, next, invitation_id, address, language, created_at, expires_at FROM continuation
         WHERE tenant_id = $1 AND id = $2 AND browser_hash = $3 AND expires_at > $4"
    ))
    .bind(tenant)
    .bind(id)
    .bind(browser.clone())
    .bind(now)
    .fetch_optional()
    .await
}

/// Writes the address down.
pub async fn set_address(tx: &mut Transaction, tenant: TenantId, id: ContinuationId, address: &str) -> Result<()> {
    tx.query(sql!("UPDATE continuation SET address = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .bind(address.to_owned())
        .execute()
        .await?;
    Ok(())
}

/// Removes a batch of what nobody can come back to any more.
pub async fn purge(tx: &mut Transaction, now: Timestamp) -> Result<u64> {
    tx.query(sql_across!(
        "old steps of every tenant are purged",
        "DELETE FROM continuation WHERE (tenant_id, id) IN
             (SELECT c.tenant_id, c.id FROM continuation c WHERE c.expires_at <= $1 LIMIT $2)"
    ))
    .bind(now)
    .bind(Retention::AT_ONCE)
    .execute()
    .await
}
