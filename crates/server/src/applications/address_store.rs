//! The SQL of the addresses that applications are reached at: whose they are, and which scripts of browsers may call.

use super::application::Application;
use super::store::columns;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql, sql_across};
use sqlx::types::Json;

/// The redirect addresses of a tenant's single-page applications.
pub async fn list_single_page_addresses(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<String>> {
    let rows: Vec<(Json<Vec<String>>,)> = tx
        .query(sql!("SELECT spa_redirect_uris FROM application WHERE tenant_id = $1 AND deleted_at IS NULL"))
        .bind(tenant)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().flat_map(|(addresses,)| addresses.0).collect())
}

/// Redirect addresses of single-page applications, of whatever tenant, that hold the text of an origin. The caller
/// compares them exactly.
pub async fn list_single_page_addresses_everywhere(tx: &mut Transaction, origin: &str) -> Result<Vec<String>> {
    let rows: Vec<(Json<Vec<String>>,)> = tx
        .query(sql_across!(
            "a browser asks for userinfo and the API before it shows a token, so that nothing names the tenant",
            "SELECT spa_redirect_uris FROM application
             WHERE deleted_at IS NULL AND CAST(spa_redirect_uris AS TEXT) LIKE $1 ESCAPE '\\' LIMIT 100"
        ))
        .bind(format!("%\"{}%", escaped(origin)))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().flat_map(|(addresses,)| addresses.0).collect())
}

/// The registrations of a tenant that hold the text of an address among their redirect and logout addresses. The caller
/// compares it exactly.
pub async fn list_by_address(tx: &mut Transaction, tenant: TenantId, address: &str) -> Result<Vec<Application>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM application a WHERE a.tenant_id = $1 AND a.deleted_at IS NULL
          AND (CAST(a.web_redirect_uris AS TEXT) LIKE $2 ESCAPE '\\' OR CAST(a.spa_redirect_uris AS TEXT) LIKE $2 ESCAPE '\\'
               OR CAST(a.public_redirect_uris AS TEXT) LIKE $2 ESCAPE '\\' OR a.logout_url = $3)
          LIMIT 100"
    )))
    .bind(tenant)
    .bind(format!("%\"{}\"%", escaped(address)))
    .bind(address)
    .fetch_all()
    .await
}

/// A text as it stands in a pattern of LIKE.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
