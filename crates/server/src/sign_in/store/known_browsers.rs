//! Browsers in which somebody has proved an address.

use crate::config::Retention;
use crate::platform::SecretHash;
use crate::platform::ids::TenantId;
use database::{Result, Timestamp, Transaction, sql, sql_across};

/// Whether the address was proved in this browser.
pub async fn exists(tx: &mut Transaction, tenant: TenantId, browser: &SecretHash, address: &str) -> Result<bool> {
    let row: Option<(Timestamp,)> = tx
        .query(sql!(
            "SELECT proved_at FROM known_browser WHERE tenant_id = $1 AND browser_hash = $2 AND address_folded = $3"
        ))
        .bind(tenant)
        .bind(browser.clone())
        .bind(address.to_owned())
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}

/// Whether anybody was proved in this browser.
pub async fn is_known(tx: &mut Transaction, tenant: TenantId, browser: &SecretHash) -> Result<bool> {
    let row: Option<(Timestamp,)> = tx
        .query(sql!("SELECT proved_at FROM known_browser WHERE tenant_id = $1 AND browser_hash = $2 LIMIT 1"))
        .bind(tenant)
        .bind(browser.clone())
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}

/// Notes it; the latest proof counts.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantId,
    browser: &SecretHash,
    address: &str,
    at: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO known_browser (tenant_id, browser_hash, address_folded, proved_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, browser_hash, address_folded) DO UPDATE SET proved_at = excluded.proved_at"
    ))
    .bind(tenant)
    .bind(browser.clone())
    .bind(address.to_owned())
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// Removes a batch of those whose last proof was before this instant.
pub async fn purge(tx: &mut Transaction, before: Timestamp) -> Result<u64> {
    tx.query(sql_across!(
        "old browsers of every tenant are purged",
        "DELETE FROM known_browser WHERE (tenant_id, browser_hash, address_folded) IN
             (SELECT b.tenant_id, b.browser_hash, b.address_folded FROM known_browser b WHERE b.proved_at < $1 LIMIT $2)"
    ))
    .bind(before)
    .bind(Retention::AT_ONCE)
    .execute()
    .await
}
