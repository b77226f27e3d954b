//! What service principals are found by. Whoever changes a registration has them found by what that says.

use super::ServicePrincipal;
use super::store::columns;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use crate::words::Backlog;
use database::{Result, Transaction, sql};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Makes the rows by which a service principal is found anew. It is read for that: whoever changed its registration meanwhile has
/// written its row before, or waits.
pub(super) async fn renew(tx: &mut Transaction, tenant: TenantId, id: ServicePrincipalId) -> Result<()> {
    let found: Option<ServicePrincipal> = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM service_principal s
              LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
              WHERE s.tenant_id = $1 AND s.id = $2"
        )))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await?;
    match found {
        Some(principal) => principal.terms().keep(tx, tenant, id.0).await,
        None => Ok(()),
    }
}

inventory::submit! {
    Backlog {
        list: sql!("SELECT id FROM service_principal WHERE tenant_id = $1 AND NOT words_kept ORDER BY id LIMIT $2"),
        settle: settle_one,
    }
}

fn settle_one(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<()>> {
    Box::pin(settle(tx, tenant, id))
}

/// The deleted have words too: they are searched where they can be brought back.
async fn settle(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> Result<()> {
    let marked = tx
        .query(sql!(
            "UPDATE service_principal SET words_kept = TRUE WHERE tenant_id = $1 AND id = $2 AND NOT words_kept"
        ))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    if marked == 0 { Ok(()) } else { renew(tx, tenant, ServicePrincipalId(id)).await }
}
