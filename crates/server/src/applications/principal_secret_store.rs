//! The SQL of secrets that were added to a service principal, and of their number.

use super::secret::ApplicationSecret;
use super::store::secret_columns;
use crate::changes::{self, Change, Kind};
use crate::graph::query::{Condition, write_condition};
use crate::platform::ids::{ApplicationId, KeyId, ServicePrincipalId, TenantId};
use database::{Result, Timestamp, Transaction, sql};

/// The secrets of several service principals, ended ones included, the newest first.
pub async fn list_of(
    tx: &mut Transaction,
    tenant: TenantId,
    principals: &[ServicePrincipalId],
) -> Result<Vec<ApplicationSecret>> {
    if principals.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query(sql!(concat!("SELECT ", secret_columns!(), " FROM application_secret t WHERE t.tenant_id = $1")))
        .bind(tenant);
    let ids = principals.iter().map(|principal| principal.0);
    write_condition(Some(&Condition::one_of("t.service_principal_id", ids)), &mut query);
    query.push(" ORDER BY t.starts_at DESC, t.id");
    query.fetch_all().await
}

/// How many secrets a registration has, or its service principals have together, ended ones and those of deleted service principals
/// included.
pub async fn count(
    tx: &mut Transaction,
    tenant: TenantId,
    application: ApplicationId,
    of_principals: bool,
) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM application_secret
         WHERE tenant_id = $1 AND application_id = $2 AND (service_principal_id IS NOT NULL) = $3"
    ))
    .bind(tenant)
    .bind(application)
    .bind(of_principals)
    .fetch_value()
    .await
}

/// Removes a secret; `false` if the service principal has no such one.
pub async fn delete(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: ServicePrincipalId,
    secret: KeyId,
    at: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM application_secret WHERE tenant_id = $1 AND service_principal_id = $2 AND id = $3"))
        .bind(tenant)
        .bind(principal)
        .bind(secret)
        .execute()
        .await?;
    if rows == 1 {
        changes::note(tx, tenant, at, Change::set(Kind::ServicePrincipal, principal.0)).await?;
    }
    Ok(rows == 1)
}

/// Removes every secret of a service principal that is purged.
pub async fn forget(tx: &mut Transaction, tenant: TenantId, principal: ServicePrincipalId) -> Result<()> {
    tx.query(sql!("DELETE FROM application_secret WHERE tenant_id = $1 AND service_principal_id = $2"))
        .bind(tenant)
        .bind(principal)
        .execute()
        .await?;
    Ok(())
}
