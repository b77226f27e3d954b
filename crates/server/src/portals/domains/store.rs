//! What hangs on a domain: where open invitations lead, and what apps are called.

use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};
use sqlx::types::Json;

/// Addresses that are looked at, and apps.
pub(super) const MOST: i64 = 1_000;

/// Where open invitations lead whose address holds this domain anywhere, at most [`MOST`].
pub(super) async fn list_addresses(
    tx: &mut Transaction,
    tenant: TenantId,
    domain: &str,
    now: Timestamp,
) -> Result<Vec<String>> {
    tx.query(sql!(
        "SELECT i.redirect_url FROM invitation i
         WHERE i.tenant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
           AND (i.expires_at IS NULL OR i.expires_at > $2) AND lower(i.redirect_url) LIKE $3 LIMIT $4"
    ))
    .bind(tenant)
    .bind(now)
    .bind(format!("%{domain}%"))
    .bind(MOST)
    .fetch_values()
    .await
}

/// The identifiers of apps of which one may begin with this domain: of each app all it has, and of [`MOST`] apps at most. They are
/// found by the rows beside their words; apps that have none of these yet, because they come from an older version, are among them.
pub(super) async fn list_identifiers(tx: &mut Transaction, tenant: TenantId, domain: &str) -> Result<Vec<Vec<String>>> {
    let of_page = format!("https://{domain}/");
    let of_api = format!("api://{domain}/");
    let beyond = |beginning: &str| format!("{beginning}{}", char::MAX);
    let rows: Vec<(Json<Vec<String>>,)> = tx
        .query(sql!(
            "SELECT a.identifier_uris FROM application a
             WHERE a.tenant_id = $1 AND a.deleted_at IS NULL AND a.id IN (
                 SELECT t.object_id FROM object_word t
                 WHERE t.tenant_id = $1 AND t.object_kind = 'Application' AND t.property = 'identifierUris'
                   AND t.folded >= $2 AND t.folded < $3
                 UNION ALL
                 SELECT u.object_id FROM object_word u
                 WHERE u.tenant_id = $1 AND u.object_kind = 'Application' AND u.property = 'identifierUris'
                   AND u.folded >= $4 AND u.folded < $5
                 UNION ALL
                 SELECT w.id FROM application w WHERE w.tenant_id = $1 AND NOT w.words_kept)
             LIMIT $6"
        ))
        .bind(tenant)
        .bind(of_page.clone())
        .bind(beyond(&of_page))
        .bind(of_api.clone())
        .bind(beyond(&of_api))
        .bind(MOST)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(identifiers,)| identifiers.0).collect())
}
