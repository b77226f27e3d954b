//! The SQL of the policy.

use super::Policy;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};

/// The policy of a tenant, as it is before anybody decides where there is none.
pub async fn get(tx: &mut Transaction, tenant: TenantId) -> Result<Policy> {
    let found: Option<Policy> = tx
        .query(sql!(
            "SELECT is_enabled, notifies_reviewers, has_reminders, duration_days, reviewers, version
             FROM consent_request_policy WHERE tenant_id = $1"
        ))
        .bind(tenant)
        .fetch_optional()
        .await?;
    Ok(found.unwrap_or_default())
}

/// Stores the policy if nobody changed it since it was read with this version, 0 for none; `false` otherwise.
pub async fn put(tx: &mut Transaction, tenant: TenantId, policy: &Policy) -> Result<bool> {
    let statement = if policy.version == 0 {
        sql!(
            "INSERT INTO consent_request_policy (tenant_id, is_enabled, notifies_reviewers, has_reminders,
                 duration_days, reviewers, version)
             VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT DO NOTHING"
        )
    } else {
        sql!(
            "UPDATE consent_request_policy
             SET is_enabled = $2, notifies_reviewers = $3, has_reminders = $4, duration_days = $5, reviewers = $6,
                 version = version + 1
             WHERE tenant_id = $1 AND version = $7"
        )
    };
    let mut query = tx
        .query(statement)
        .bind(tenant)
        .bind(policy.is_enabled)
        .bind(policy.notifies_reviewers)
        .bind(policy.has_reminders)
        .bind(policy.duration_days)
        .bind(policy.reviewers.clone());
    if policy.version > 0 {
        query = query.bind(policy.version);
    }
    Ok(query.execute().await? == 1)
}
