//! Authorization codes.

use crate::platform::ids::{GrantId, TenantId};
use crate::platform::{SecretHash, Timestamp};
use database::{Result, Transaction, sql};
use sqlx::types::Json;

/// A code that was given to a client's redirect address.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Code {
    /// The tenant.
    pub tenant_id: TenantId,
    /// What is stored of the code.
    pub secret_hash: SecretHash,
    /// What it leads to.
    pub grant_id: GrantId,
    /// Where it was sent.
    pub redirect_uri: String,
    /// PKCE, S256.
    pub challenge: Option<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// What the client declared it understands (`xms_cc`).
    pub capabilities: Json<Vec<String>>,
    /// Whether the answer carries `client_info`.
    pub wants_client_info: bool,
    /// When it was given.
    pub issued_at: Timestamp,
    /// When it is no longer good.
    pub expires_at: Timestamp,
    /// When it was redeemed.
    pub used_at: Option<Timestamp>,
}

/// Adds a code.
pub async fn insert(tx: &mut Transaction, code: &Code) -> Result<()> {
    let code = code.clone();
    tx.query(sql!(
        "INSERT INTO authorization_code (tenant_id, secret_hash, grant_id, redirect_uri, code_challenge, nonce,
                                         capabilities, wants_client_info, issued_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    ))
    .bind(code.tenant_id)
    .bind(code.secret_hash)
    .bind(code.grant_id)
    .bind(code.redirect_uri)
    .bind(code.challenge)
    .bind(code.nonce)
    .bind(code.capabilities)
    .bind(code.wants_client_info)
    .bind(code.issued_at)
    .bind(code.expires_at)
    .execute()
    .await?;
    Ok(())
}

/// Redeems a code; `false` if somebody was first.
pub async fn mark_used(tx: &mut Transaction, code: &Code, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE authorization_code SET used_at = $3
             WHERE tenant_id = $1 AND secret_hash = $2 AND used_at IS NULL"
        ))
        .bind(code.tenant_id)
        .bind(code.secret_hash.clone())
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}
