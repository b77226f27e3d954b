//! The SQL of service principals that were deleted by themselves.

use super::service_principal::ServicePrincipal;
use super::store::columns;
use crate::graph::query::{Condition, Slice, write_condition};
use crate::platform::Timestamp;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use database::{Result, Transaction, sql};

macro_rules! select {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM service_principal s
              LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
              WHERE s.tenant_id = $1 AND s.deleted_at IS NOT NULL AND s.deleted_at > $2"
        )
    };
}

/// The service principal with this id, if it was deleted behind this instant.
pub async fn find(
    tx: &mut Transaction,
    tenant: TenantId,
    id: ServicePrincipalId,
    since: Timestamp,
) -> Result<Option<ServicePrincipal>> {
    tx.query(sql!(concat!(select!(columns!()), " AND s.id = $3")))
        .bind(tenant)
        .bind(since)
        .bind(id)
        .fetch_optional()
        .await
}

/// Service principals that were deleted behind an instant, in an order; one more than the slice holds, if there is one.
pub async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    since: Timestamp,
    slice: &Slice,
) -> Result<Vec<ServicePrincipal>> {
    let mut query = tx.query(sql!(select!(columns!()))).bind(tenant).bind(since);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many of them meet a condition.
pub async fn count(
    tx: &mut Transaction,
    tenant: TenantId,
    since: Timestamp,
    condition: Option<&Condition>,
) -> Result<i64> {
    let mut query = tx.query(sql!(select!("COUNT(*)"))).bind(tenant).bind(since);
    write_condition(condition, &mut query);
    let (count,): (i64,) = query.fetch_one().await?;
    Ok(count)
}

/// Service principals of a tenant that were deleted before an instant, at most `limit`.
pub async fn list_old(
    tx: &mut Transaction,
    tenant: TenantId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<ServicePrincipalId>> {
    let rows: Vec<(ServicePrincipalId,)> = tx
        .query(sql!(
            "SELECT id FROM service_principal WHERE tenant_id = $1 AND deleted_at IS NOT NULL AND deleted_at < $2
             ORDER BY deleted_at, id LIMIT $3"
        ))
        .bind(tenant)
        .bind(before)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
