//! Statements that apps have proved themselves with.

use crate::platform::ids::TenantId;
use crate::platform::{SecretHash, Timestamp};
use database::{Result, Transaction, sql};

/// One of them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Presented {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The client and the name it gave the statement.
    pub assertion_hash: SecretHash,
    /// The network it came from first.
    pub presented_from: SecretHash,
    /// When it ends, and need not be known any more.
    pub expires_at: Timestamp,
}

/// Keeps a statement; `false` if it came from another network before.
pub async fn present(tx: &mut Transaction, presented: &Presented) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO presented_assertion (tenant_id, assertion_hash, presented_from, expires_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
        ))
        .bind(presented.tenant_id)
        .bind(presented.assertion_hash.clone())
        .bind(presented.presented_from.clone())
        .bind(presented.expires_at)
        .execute()
        .await?;
    if rows == 1 {
        return Ok(true);
    }
    let first: Option<(SecretHash,)> = tx
        .query(sql!("SELECT presented_from FROM presented_assertion WHERE tenant_id = $1 AND assertion_hash = $2"))
        .bind(presented.tenant_id)
        .bind(presented.assertion_hash.clone())
        .fetch_optional()
        .await?;
    Ok(first.is_none_or(|(from,)| from.0 == presented.presented_from.0))
}
