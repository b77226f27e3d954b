//! The SQL of deleted applications.

use super::store::columns;
use super::{Application, Owned, owner_store};
use crate::changes::{self, Change, Kind};
use crate::deleted_items::store::{Statements, select_deleted, select_old};
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use crate::words;
use database::{Result, Timestamp, Transaction, sql};

/// What reads them.
pub static DELETED: Statements = Statements {
    find: sql!(concat!(select_deleted!(columns!(), "application a", "a"), " AND a.id = $3")),
    list: sql!(select_deleted!(columns!(), "application a", "a")),
    count: sql!(select_deleted!("COUNT(*)", "application a", "a")),
    list_old: sql!(select_old!("application")),
    lock_going: None,
};

/// The service principals of a client that were not removed themselves. They come and go with the registration, so that whoever
/// follows them is told of both.
pub async fn list_principals(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ClientId,
) -> Result<Vec<ServicePrincipalId>> {
    tx.query(sql!(
        "SELECT id FROM service_principal WHERE tenant_id = $1 AND app_id = $2 AND deleted_at IS NULL ORDER BY id"
    ))
    .bind(tenant)
    .bind(client)
    .fetch_values()
    .await
}

/// Removes a deleted application for good, with what it proved itself with, its logo and its owners.
pub async fn delete(tx: &mut Transaction, application: &Application, at: Timestamp) -> Result<()> {
    let (tenant, id) = (application.tenant_id, application.id);
    owner_store::forget_owned(tx, tenant, Owned::from(id)).await?;
    words::forget(tx, tenant, id.0).await?;
    for statement in [
        sql!("DELETE FROM application_secret WHERE tenant_id = $1 AND application_id = $2"),
        sql!("DELETE FROM application_key WHERE tenant_id = $1 AND application_id = $2"),
        sql!("DELETE FROM federated_credential WHERE tenant_id = $1 AND application_id = $2"),
        sql!("DELETE FROM application_logo WHERE tenant_id = $1 AND application_id = $2"),
        sql!("DELETE FROM application WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL"),
    ] {
        tx.query(statement).bind(tenant).bind(id).execute().await?;
    }
    changes::note(tx, tenant, at, Change::purged(Kind::Application, id.0)).await
}
