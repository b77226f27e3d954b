//! Refresh tokens: each is good once, its successor takes its place.

use crate::platform::ids::{GrantId, TenantId};
use crate::platform::{SecretHash, Timestamp};
use database::{Result, Transaction, sql};

/// A refresh token.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RefreshToken {
    /// The tenant.
    pub tenant_id: TenantId,
    /// What is stored of the token.
    pub secret_hash: SecretHash,
    /// The grant whose family it belongs to.
    pub grant_id: GrantId,
    /// When it was given.
    pub issued_at: Timestamp,
    /// When it is no longer good.
    pub expires_at: Timestamp,
    /// When its successor was given.
    pub replaced_at: Option<Timestamp>,
}

/// Adds a token.
pub async fn insert(tx: &mut Transaction, token: &RefreshToken) -> Result<()> {
    let token = token.clone();
    tx.query(sql!(
        "INSERT INTO refresh_token (tenant_id, secret_hash, grant_id, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
    ))
    .bind(token.tenant_id)
    .bind(token.secret_hash)
    .bind(token.grant_id)
    .bind(token.issued_at)
    .bind(token.expires_at)
    .execute()
    .await?;
    Ok(())
}

/// The token with this hash, replaced or not.
pub async fn find(tx: &mut Transaction, tenant: TenantId, hash: &SecretHash) -> Result<Option<RefreshToken>> {
    tx.query(sql!(
        "SELECT tenant_id, secret_hash, grant_id, issued_at, expires_at, replaced_at
         FROM refresh_token WHERE tenant_id = $1 AND secret_hash = $2"
    ))
    .bind(tenant)
    .bind(hash.clone())
    .fetch_optional()
    .await
}

/// Notes that a token has a successor; `false` if it had one already.
pub async fn mark_replaced(tx: &mut Transaction, token: &RefreshToken, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE refresh_token SET replaced_at = $3
             WHERE tenant_id = $1 AND secret_hash = $2 AND replaced_at IS NULL"
        ))
        .bind(token.tenant_id)
        .bind(token.secret_hash.clone())
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}
