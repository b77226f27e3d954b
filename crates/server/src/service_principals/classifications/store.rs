//! The SQL of classifications.

use super::Classified;
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use crate::tenants::grant_policies::Classification;
use database::{Result, Transaction, sql};

/// Classifies a permission of an app; `false` if it is classified already.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantId,
    resource: ServicePrincipalId,
    classified: Classified,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO permission_classification (tenant_id, resource_id, permission_id, classification)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(resource)
        .bind(classified.permission_id)
        .bind(classified.classification)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The classified permissions of an app, by their ids.
pub async fn list(tx: &mut Transaction, tenant: TenantId, resource: ServicePrincipalId) -> Result<Vec<Classified>> {
    tx.query(sql!(
        "SELECT permission_id, classification FROM permission_classification
         WHERE tenant_id = $1 AND resource_id = $2 ORDER BY permission_id"
    ))
    .bind(tenant)
    .bind(resource)
    .fetch_all()
    .await
}

/// Apps of which something is classified so, by name: client id, name, how much; at most `limit`.
pub async fn list_resources(
    tx: &mut Transaction,
    tenant: TenantId,
    classification: Classification,
    limit: i64,
) -> Result<Vec<(ClientId, String, i64)>> {
    tx.query(sql!(
        "SELECT r.app_id, COALESCE(a.display_name, r.display_name), COUNT(*) FROM permission_classification c
         JOIN service_principal r ON r.tenant_id = c.tenant_id AND r.id = c.resource_id
         LEFT JOIN application a ON a.tenant_id = r.tenant_id AND a.app_id = r.app_id
         WHERE c.tenant_id = $1 AND c.classification = $2 AND r.deleted_at IS NULL AND a.deleted_at IS NULL
         GROUP BY r.app_id, COALESCE(a.display_name, r.display_name),
                  COALESCE(a.display_name_folded, r.display_name_folded)
         ORDER BY COALESCE(a.display_name_folded, r.display_name_folded), r.app_id LIMIT $3"
    ))
    .bind(tenant)
    .bind(classification)
    .bind(limit)
    .fetch_all()
    .await
}

/// Apps that declare anything to be asked of people, by name: client id and name; at most `limit`. What the directory API exposes
/// stands in the program.
pub async fn list_exposing(tx: &mut Transaction, tenant: TenantId, limit: i64) -> Result<Vec<(ClientId, String)>> {
    tx.query(sql!(
        "SELECT r.app_id, COALESCE(a.display_name, r.display_name) FROM service_principal r
         LEFT JOIN application a ON a.tenant_id = r.tenant_id AND a.app_id = r.app_id
         WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND a.deleted_at IS NULL
               AND COALESCE(a.exposed_scopes, r.exposed_scopes) <> '[]'
         ORDER BY COALESCE(a.display_name_folded, r.display_name_folded), r.app_id LIMIT $2"
    ))
    .bind(tenant)
    .bind(limit)
    .fetch_all()
    .await
}

/// Takes back how a permission is classified; `false` if it is not, or not so.
pub async fn delete(
    tx: &mut Transaction,
    tenant: TenantId,
    resource: ServicePrincipalId,
    classified: Classified,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "DELETE FROM permission_classification
             WHERE tenant_id = $1 AND resource_id = $2 AND permission_id = $3 AND classification = $4"
        ))
        .bind(tenant)
        .bind(resource)
        .bind(classified.permission_id)
        .bind(classified.classification)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes what was classified of an app that is purged. At most [`super::operations::MOST`] rows are its.
pub async fn forget(tx: &mut Transaction, tenant: TenantId, resource: ServicePrincipalId) -> Result<()> {
    tx.query(sql!("DELETE FROM permission_classification WHERE tenant_id = $1 AND resource_id = $2"))
        .bind(tenant)
        .bind(resource)
        .execute()
        .await?;
    Ok(())
}
