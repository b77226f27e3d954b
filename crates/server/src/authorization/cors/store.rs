//! The SQL that finds single-page applications.

use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql, sql_across};
use sqlx::types::Json;

/// The redirect addresses of a tenant's single-page applications.
pub(super) async fn list(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<String>> {
    let rows = tx
        .query(sql!("SELECT spa_redirect_uris FROM application WHERE tenant_id = $1 AND deleted_at IS NULL"))
        .bind(tenant)
        .fetch_all()
        .await?;
    Ok(flatten(rows))
}

/// Redirect addresses, of whatever tenant, that hold the text of an origin. The caller compares them exactly.
pub(super) async fn list_everywhere(tx: &mut Transaction, origin: &str) -> Result<Vec<String>> {
    let escaped = origin.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let rows = tx
        .query(sql_across!(
            "a browser asks for userinfo before it shows a token, so that nothing names the tenant",
            "SELECT spa_redirect_uris FROM application
             WHERE deleted_at IS NULL AND CAST(spa_redirect_uris AS TEXT) LIKE $1 ESCAPE '\\' LIMIT 100"
        ))
        .bind(format!("%\"{escaped}%"))
        .fetch_all()
        .await?;
    Ok(flatten(rows))
}

fn flatten(rows: Vec<(Json<Vec<String>>,)>) -> Vec<String> {
    rows.into_iter().flat_map(|(Json(addresses),)| addresses).collect()
}
