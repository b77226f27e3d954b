//! One-time links of people who are locked out.

use crate::config::Retention;
use crate::platform::SecretHash;
use crate::platform::ids::{TenantId, UserId};
use crate::sign_in::recovery::RecoveryLink;
use database::{Result, Timestamp, Transaction, sql, sql_across};

/// Adds one.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantId,
    secret: &SecretHash,
    user: UserId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO recovery_link (tenant_id, secret_hash, user_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)"
    ))
    .bind(tenant)
    .bind(secret.clone())
    .bind(user)
    .bind(now)
    .bind(expires_at)
    .execute()
    .await?;
    Ok(())
}

/// The one behind a secret.
pub async fn find(tx: &mut Transaction, tenant: TenantId, secret: &SecretHash) -> Result<Option<RecoveryLink>> {
    tx.query(sql!("SELECT user_id, expires_at, used_at FROM recovery_link WHERE tenant_id = $1 AND secret_hash = $2"))
        .bind(tenant)
        .bind(secret.clone())
        .fetch_optional()
        .await
}

/// Uses it up; `false` if somebody else did so first.
pub async fn use_up(tx: &mut Transaction, tenant: TenantId, secret: &SecretHash, now: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE recovery_link SET used_at = $3
             WHERE tenant_id = $1 AND secret_hash = $2 AND used_at IS NULL AND expires_at > $3"
        ))
        .bind(tenant)
        .bind(secret.clone())
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Uses up every link of a user.
pub async fn use_up_all(tx: &mut Transaction, tenant: TenantId, user: UserId, now: Timestamp) -> Result<()> {
    tx.query(sql!("UPDATE recovery_link SET used_at = $3 WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL"))
        .bind(tenant)
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Removes a batch of those that ended before this instant.
pub async fn purge(tx: &mut Transaction, before: Timestamp) -> Result<u64> {
    tx.query(sql_across!(
        "old links of every tenant are purged",
        "DELETE FROM recovery_link WHERE (tenant_id, secret_hash) IN
             (SELECT l.tenant_id, l.secret_hash FROM recovery_link l WHERE l.expires_at < $1 LIMIT $2)"
    ))
    .bind(before)
    .bind(Retention::AT_ONCE)
    .execute()
    .await
}

/// Removes all of an account.
pub async fn delete_of_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    tx.query(sql!("DELETE FROM recovery_link WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(user)
        .execute()
        .await?;
    Ok(())
}
