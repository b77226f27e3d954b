//! Where invitations lead that are open.

use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};

/// Addresses that are looked at.
pub(super) const MOST: i64 = 1_000;

/// Where open invitations lead whose address holds this domain anywhere, at most [`MOST`].
pub(super) async fn list_addresses(
    tx: &mut Transaction,
    tenant: TenantId,
    domain: &str,
    now: Timestamp,
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query(sql!(
            "SELECT i.redirect_url FROM invitation i
             WHERE i.tenant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
               AND (i.expires_at IS NULL OR i.expires_at > $2) AND lower(i.redirect_url) LIKE $3 LIMIT $4"
        ))
        .bind(tenant)
        .bind(now)
        .bind(format!("%{domain}%"))
        .bind(MOST)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(address,)| address).collect())
}
