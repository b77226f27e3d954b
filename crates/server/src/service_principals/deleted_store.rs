//! The SQL of service principals that were deleted by themselves.

use super::service_principal::ServicePrincipal;
use super::store::columns;
use crate::changes::{self, Change, Kind, aftermath};
use crate::graph::query::{Condition, Slice, write_condition};
use crate::platform::Timestamp;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use crate::words;
use database::{Result, Transaction, sql};

/// What `deleted_at` is while that goes which hangs on a service principal that is removed for good: it is older than anything that
/// can be brought back, so that the service principal is found nowhere.
pub const GOING: Timestamp = Timestamp::from_microseconds(0);

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

/// Marks a service principal as going, and notes that it is gone for good; `false` if there is none, or it is going already.
pub async fn retire(tx: &mut Transaction, tenant: TenantId, id: ServicePrincipalId, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE service_principal SET deleted_at = $3, version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND (deleted_at IS NULL OR deleted_at > $3)"
        ))
        .bind(tenant)
        .bind(id)
        .bind(GOING)
        .execute()
        .await?;
    if rows == 1 {
        changes::note(tx, tenant, at, Change::purged(Kind::ServicePrincipal, id.0)).await?;
    }
    Ok(rows == 1)
}

/// Whether a service principal is going.
pub async fn is_going(tx: &mut Transaction, tenant: TenantId, id: ServicePrincipalId) -> Result<bool> {
    let found: Option<(ServicePrincipalId,)> = tx
        .query(sql!(
            "SELECT id FROM service_principal
             WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL AND deleted_at = $3"
        ))
        .bind(tenant)
        .bind(id)
        .bind(GOING)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// Removes the row of a service principal that is going and on which nothing hangs any more.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, id: ServicePrincipalId) -> Result<()> {
    words::forget(tx, tenant, id.0).await?;
    aftermath::forget(tx, tenant, id.0).await?;
    tx.query(sql!(
        "DELETE FROM service_principal
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL AND deleted_at = $3"
    ))
    .bind(tenant)
    .bind(id)
    .bind(GOING)
    .execute()
    .await?;
    Ok(())
}
