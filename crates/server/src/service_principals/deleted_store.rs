//! The SQL of service principals that were deleted by themselves, and of those that are removed for good.

use super::store::columns;
use crate::changes::{self, Change, Kind, aftermath};
use crate::deleted_items::GOING;
use crate::deleted_items::store::{Statements, lock_going, select_deleted, select_old};
use crate::platform::Timestamp;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use crate::words;
use database::{Result, Transaction, sql};

macro_rules! select {
    ($columns:expr) => {
        select_deleted!(
            $columns,
            "service_principal s LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id",
            "s"
        )
    };
}

/// What reads them.
pub static DELETED: Statements = Statements {
    find: sql!(concat!(select!(columns!()), " AND s.id = $3")),
    list: sql!(select!(columns!())),
    count: sql!(select!("COUNT(*)")),
    list_old: sql!(select_old!("service_principal")),
    lock_going: Some(sql!(lock_going!("service_principal"))),
};

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
