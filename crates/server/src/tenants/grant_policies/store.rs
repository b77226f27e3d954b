//! The SQL of policies.

use super::GrantPolicy;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};

/// Adds a policy; `false` if there is one with its id.
pub async fn insert(tx: &mut Transaction, tenant: TenantId, policy: &GrantPolicy) -> Result<bool> {
    let policy = policy.clone();
    let rows = tx
        .query(sql!(
            "INSERT INTO permission_grant_policy (tenant_id, id, display_name, description, includes, excludes, version)
             VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(policy.id)
        .bind(policy.display_name)
        .bind(policy.description)
        .bind(policy.includes)
        .bind(policy.excludes)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The policies of an organisation, by id.
pub async fn list(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<GrantPolicy>> {
    tx.query(sql!(
        "SELECT id, display_name, description, includes, excludes, version
         FROM permission_grant_policy WHERE tenant_id = $1 ORDER BY id"
    ))
    .bind(tenant)
    .fetch_all()
    .await
}

/// The policy with this id, as it is stored: in small letters.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: &str) -> Result<Option<GrantPolicy>> {
    tx.query(sql!(
        "SELECT id, display_name, description, includes, excludes, version
         FROM permission_grant_policy WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(tenant)
    .bind(id.to_owned())
    .fetch_optional()
    .await
}

/// Replaces a policy if nobody changed it since it was read; `false` otherwise.
pub async fn update(tx: &mut Transaction, tenant: TenantId, policy: &GrantPolicy) -> Result<bool> {
    let policy = policy.clone();
    let rows = tx
        .query(sql!(
            "UPDATE permission_grant_policy
             SET display_name = $4, description = $5, includes = $6, excludes = $7, version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $3"
        ))
        .bind(tenant)
        .bind(policy.id)
        .bind(policy.version)
        .bind(policy.display_name)
        .bind(policy.description)
        .bind(policy.includes)
        .bind(policy.excludes)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes a policy; `false` if there is none with this id.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, id: &str) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM permission_grant_policy WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}
