//! The SQL of deleted applications.

use super::store::columns;
use super::{Application, Owned, owner_store};
use crate::changes::{self, Change, Kind};
use crate::graph::query::{Condition, Slice, write_condition};
use crate::platform::ids::{ApplicationId, ClientId, ServicePrincipalId, TenantId};
use crate::words;
use database::{Result, Timestamp, Transaction, sql};

/// The application with this id, if it was deleted behind this instant.
pub async fn find(
    tx: &mut Transaction,
    tenant: TenantId,
    id: ApplicationId,
    since: Timestamp,
) -> Result<Option<Application>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM application a WHERE a.tenant_id = $1 AND a.id = $2 AND a.deleted_at IS NOT NULL AND a.deleted_at > $3"
    )))
    .bind(tenant)
    .bind(id)
    .bind(since)
    .fetch_optional()
    .await
}

/// Applications that were deleted behind an instant, in an order; one more than the slice holds, if there is one.
pub async fn list(tx: &mut Transaction, tenant: TenantId, since: Timestamp, slice: &Slice) -> Result<Vec<Application>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM application a WHERE a.tenant_id = $1 AND a.deleted_at IS NOT NULL AND a.deleted_at > $2"
        )))
        .bind(tenant)
        .bind(since);
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
    let mut query = tx
        .query(sql!(
            "SELECT COUNT(*) FROM application a
             WHERE a.tenant_id = $1 AND a.deleted_at IS NOT NULL AND a.deleted_at > $2"
        ))
        .bind(tenant)
        .bind(since);
    write_condition(condition, &mut query);
    let (count,): (i64,) = query.fetch_one().await?;
    Ok(count)
}

/// Applications of a tenant that were deleted before an instant, at most `limit`.
pub async fn list_old(
    tx: &mut Transaction,
    tenant: TenantId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<ApplicationId>> {
    let rows: Vec<(ApplicationId,)> = tx
        .query(sql!(
            "SELECT id FROM application WHERE tenant_id = $1 AND deleted_at IS NOT NULL AND deleted_at < $2
             ORDER BY deleted_at, id LIMIT $3"
        ))
        .bind(tenant)
        .bind(before)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The service principals of a client that were not removed themselves. They come and go with the registration, so that whoever
/// follows them is told of both.
pub async fn list_principals(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ClientId,
) -> Result<Vec<ServicePrincipalId>> {
    let rows: Vec<(ServicePrincipalId,)> = tx
        .query(sql!(
            "SELECT id FROM service_principal WHERE tenant_id = $1 AND app_id = $2 AND deleted_at IS NULL ORDER BY id"
        ))
        .bind(tenant)
        .bind(client)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Removes a deleted application for good, with what it proved itself with and its owners.
pub async fn delete(tx: &mut Transaction, application: &Application, at: Timestamp) -> Result<()> {
    let (tenant, id) = (application.tenant_id, application.id);
    owner_store::forget_owned(tx, tenant, Owned::from(id)).await?;
    words::forget(tx, tenant, id.0).await?;
    for statement in [
        sql!("DELETE FROM application_secret WHERE tenant_id = $1 AND application_id = $2"),
        sql!("DELETE FROM application_key WHERE tenant_id = $1 AND application_id = $2"),
        sql!("DELETE FROM federated_credential WHERE tenant_id = $1 AND application_id = $2"),
        sql!("DELETE FROM application WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL"),
    ] {
        tx.query(statement).bind(tenant).bind(id).execute().await?;
    }
    changes::note(tx, tenant, at, Change::purged(Kind::Application, id.0)).await
}
