//! The SQL of mailboxes that refuse invitations.

use crate::platform::ids::TenantId;
use database::{Result, Timestamp, Transaction, sql};

/// Whether a mailbox (folded) refuses invitations of the tenant.
pub(super) async fn exists(tx: &mut Transaction, tenant: TenantId, address: &str) -> Result<bool> {
    let row: Option<(i64,)> = tx
        .query(sql!("SELECT created_at FROM invitation_block WHERE tenant_id = $1 AND address_folded = $2"))
        .bind(tenant)
        .bind(address.to_ascii_lowercase())
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}

/// Adds a block; `false` if it was there.
pub(super) async fn insert(tx: &mut Transaction, tenant: TenantId, address: &str, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO invitation_block (tenant_id, address_folded, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(address.to_ascii_lowercase())
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a block back; `false` if there was none.
pub(super) async fn delete(tx: &mut Transaction, tenant: TenantId, address: &str) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM invitation_block WHERE tenant_id = $1 AND address_folded = $2"))
        .bind(tenant)
        .bind(address.to_ascii_lowercase())
        .execute()
        .await?;
    Ok(rows == 1)
}
