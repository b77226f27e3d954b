//! The SQL of requests.

use super::consent_request::{ConsentRequest, Status, Verdict};
use crate::graph::query::{Condition, Slice, count_meeting};
use crate::platform::ids::{ClientId, ConsentRequestId, ServicePrincipalId, TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql, sql_across};

macro_rules! columns {
    () => {
        "r.tenant_id, r.id, r.client_id, r.resource_id, r.user_id, r.scope, r.reason, r.language, r.status, r.verdict,
         r.created_at, r.remind_at, r.expires_at, r.told_at, r.reminded_at, r.completed_at"
    };
}

/// Requests of people and for apps that are there: what is deleted is not listed, and comes back with its requests.
macro_rules! select {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM consent_request r
              JOIN service_principal s ON s.tenant_id = r.tenant_id AND s.id = r.client_id AND s.deleted_at IS NULL
              JOIN user_account u ON u.tenant_id = r.tenant_id AND u.id = r.user_id AND u.deleted_at IS NULL
              LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
              WHERE r.tenant_id = $1 AND a.deleted_at IS NULL"
        )
    };
}

/// Apps that people have asked for.
macro_rules! apps {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM service_principal s
              LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
              WHERE s.tenant_id = $1 AND s.deleted_at IS NULL AND a.deleted_at IS NULL
                AND s.id IN (SELECT q.client_id FROM consent_request q WHERE q.tenant_id = $1)"
        )
    };
}

macro_rules! app_columns {
    () => {
        "s.id, s.app_id, s.display_name, s.display_name_folded"
    };
}

/// An app that people have asked for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AskedFor {
    /// Its service principal.
    pub id: ServicePrincipalId,
    /// Its client id.
    pub app_id: ClientId,
    /// Its name.
    pub display_name: String,
    /// Its name as it is sorted by.
    pub display_name_folded: String,
}

/// Adds a request; `false` if the person has asked for the app and has no answer yet.
pub async fn insert(tx: &mut Transaction, request: &ConsentRequest) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO consent_request (tenant_id, id, client_id, resource_id, user_id, scope, reason, language, status,
                 created_at, remind_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING"
        ))
        .bind(request.tenant_id)
        .bind(request.id)
        .bind(request.client_id)
        .bind(request.resource_id)
        .bind(request.user_id)
        .bind(request.scope.clone())
        .bind(request.reason.clone())
        .bind(request.language.clone())
        .bind(request.status)
        .bind(request.created_at)
        .bind(request.remind_at)
        .bind(request.expires_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Whether the person waits for an answer about the app.
pub async fn is_open(tx: &mut Transaction, tenant: TenantId, client: ServicePrincipalId, user: UserId) -> Result<bool> {
    let found: Option<(ConsentRequestId,)> = tx
        .query(sql!(
            "SELECT id FROM consent_request
             WHERE tenant_id = $1 AND client_id = $2 AND user_id = $3 AND status = 'InProgress'"
        ))
        .bind(tenant)
        .bind(client)
        .bind(user)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// The requests for an app that wait, the oldest first, at most `limit`.
pub async fn list_open(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
    limit: i64,
) -> Result<Vec<ConsentRequest>> {
    tx.query(sql!(concat!(
        select!(columns!()),
        " AND r.client_id = $2 AND r.status = 'InProgress' ORDER BY r.id LIMIT $3"
    )))
    .bind(tenant)
    .bind(client)
    .bind(limit)
    .fetch_all()
    .await
}

/// Every request that waits, the oldest first, at most `limit`.
pub async fn list_all_open(tx: &mut Transaction, tenant: TenantId, limit: i64) -> Result<Vec<ConsentRequest>> {
    tx.query(sql!(concat!(select!(columns!()), " AND r.status = 'InProgress' ORDER BY r.id LIMIT $2")))
        .bind(tenant)
        .bind(limit)
        .fetch_all()
        .await
}

/// Every request that waits, also of who and for what is deleted, the oldest first, at most `limit`.
pub async fn list_waiting(tx: &mut Transaction, tenant: TenantId, limit: i64) -> Result<Vec<ConsentRequest>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM consent_request r WHERE r.tenant_id = $1 AND r.status = 'InProgress' ORDER BY r.id LIMIT $2"
    )))
    .bind(tenant)
    .bind(limit)
    .fetch_all()
    .await
}

/// How many requests wait for an answer.
pub async fn count_open(tx: &mut Transaction, tenant: TenantId) -> Result<i64> {
    tx.query(sql!("SELECT COUNT(*) FROM consent_request WHERE tenant_id = $1 AND status = 'InProgress'"))
        .bind(tenant)
        .fetch_value()
        .await
}

/// Answers a request that waits, or lets it lapse; `false` if somebody was first.
pub async fn complete(
    tx: &mut Transaction,
    request: &ConsentRequest,
    (status, verdict): (Status, Option<Verdict>),
    at: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE consent_request SET status = $3, verdict = $4, completed_at = $5
             WHERE tenant_id = $1 AND id = $2 AND status = 'InProgress'"
        ))
        .bind(request.tenant_id)
        .bind(request.id)
        .bind(status)
        .bind(verdict)
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Lets nobody ask for an app; `false` if nobody may already.
pub async fn block(tx: &mut Transaction, tenant: TenantId, client: ServicePrincipalId, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO consent_request_block (tenant_id, client_id, created_at) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(client)
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Lets people ask for an app again; `false` if they may already.
pub async fn unblock(tx: &mut Transaction, tenant: TenantId, client: ServicePrincipalId) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM consent_request_block WHERE tenant_id = $1 AND client_id = $2"))
        .bind(tenant)
        .bind(client)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The apps for which nobody is to ask, the latest first, at most `limit`.
pub async fn list_blocked(tx: &mut Transaction, tenant: TenantId, limit: i64) -> Result<Vec<ServicePrincipalId>> {
    tx.query(sql!(
        "SELECT client_id FROM consent_request_block WHERE tenant_id = $1 ORDER BY created_at DESC, client_id LIMIT $2"
    ))
    .bind(tenant)
    .bind(limit)
    .fetch_values()
    .await
}

/// Whether nobody is to ask for an app.
pub async fn is_blocked(tx: &mut Transaction, tenant: TenantId, client: ServicePrincipalId) -> Result<bool> {
    let found: Option<(ServicePrincipalId,)> = tx
        .query(sql!("SELECT client_id FROM consent_request_block WHERE tenant_id = $1 AND client_id = $2"))
        .bind(tenant)
        .bind(client)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// The app with this id, if anybody ever asked for it.
pub async fn find_app(tx: &mut Transaction, tenant: TenantId, id: ServicePrincipalId) -> Result<Option<AskedFor>> {
    tx.query(sql!(concat!(apps!(app_columns!()), " AND s.id = $2"))).bind(tenant).bind(id).fetch_optional().await
}

/// Apps that people have asked for, in an order; one more than the slice holds, if there is one.
pub async fn list_apps(tx: &mut Transaction, tenant: TenantId, slice: &Slice) -> Result<Vec<AskedFor>> {
    let mut query = tx.query(sql!(apps!(app_columns!()))).bind(tenant);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many apps that people have asked for meet a condition.
pub async fn count_apps(tx: &mut Transaction, tenant: TenantId, condition: Option<&Condition>) -> Result<i64> {
    count_meeting(condition, tx.query(sql!(apps!("COUNT(*)"))).bind(tenant)).await
}

/// Requests that meet a condition, in an order; one more than the slice holds, if there is one.
pub async fn list_slice(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
    slice: &Slice,
) -> Result<Vec<ConsentRequest>> {
    let mut query = tx.query(sql!(concat!(select!(columns!()), " AND r.client_id = $2"))).bind(tenant).bind(client);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many requests for an app meet a condition.
pub async fn count(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
    condition: Option<&Condition>,
) -> Result<i64> {
    let query = tx.query(sql!(concat!(select!("COUNT(*)"), " AND r.client_id = $2"))).bind(tenant).bind(client);
    count_meeting(condition, query).await
}

/// One request for an app.
pub async fn find(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
    id: ConsentRequestId,
) -> Result<Option<ConsentRequest>> {
    tx.query(sql!(concat!(select!(columns!()), " AND r.client_id = $2 AND r.id = $3")))
        .bind(tenant)
        .bind(client)
        .bind(id)
        .fetch_optional()
        .await
}

/// Tenants with a request that waits, of which reviewers are to be told or that lapses.
pub async fn list_due(tx: &mut Transaction, now: Timestamp) -> Result<Vec<TenantId>> {
    tx.query(sql_across!(
        "one process looks after the requests of every tenant",
        "SELECT DISTINCT tenant_id FROM consent_request
         WHERE status = 'InProgress'
           AND (expires_at <= $1 OR told_at IS NULL OR (reminded_at IS NULL AND remind_at <= $1))"
    ))
    .bind(now)
    .fetch_values()
    .await
}

/// When reviewers were told of new requests the last time.
pub async fn last_told(tx: &mut Transaction, tenant: TenantId) -> Result<Option<Timestamp>> {
    let (at,): (Option<Timestamp>,) = tx
        .query(sql!("SELECT MAX(told_at) FROM consent_request WHERE tenant_id = $1"))
        .bind(tenant)
        .fetch_one()
        .await?;
    Ok(at)
}

/// Notes that reviewers are told of a request; `false` if they are already, or need not be any more.
pub async fn note_told(tx: &mut Transaction, request: &ConsentRequest, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE consent_request SET told_at = $3
             WHERE tenant_id = $1 AND id = $2 AND status = 'InProgress' AND told_at IS NULL"
        ))
        .bind(request.tenant_id)
        .bind(request.id)
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes that reviewers are told of a request again; `false` if they are already, or need not be any more.
pub async fn note_reminded(tx: &mut Transaction, request: &ConsentRequest, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE consent_request SET reminded_at = $3
             WHERE tenant_id = $1 AND id = $2 AND status = 'InProgress' AND reminded_at IS NULL"
        ))
        .bind(request.tenant_id)
        .bind(request.id)
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes requests that were answered or lapsed before an instant, at most `limit`.
pub async fn purge(tx: &mut Transaction, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(sql_across!(
        "old requests of every tenant are purged",
        "DELETE FROM consent_request WHERE (tenant_id, id) IN
             (SELECT q.tenant_id, q.id FROM consent_request q WHERE q.completed_at < $1 LIMIT $2)"
    ))
    .bind(before)
    .bind(limit)
    .execute()
    .await
}

/// Removes the requests of a user who is purged.
pub async fn forget_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    tx.query(sql!("DELETE FROM consent_request WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(user)
        .execute()
        .await?;
    Ok(())
}

/// Removes requests for an app that is purged, and at it, at most `limit` of each; how many rows those were.
pub async fn forget_app(tx: &mut Transaction, tenant: TenantId, app: ServicePrincipalId, limit: i64) -> Result<u64> {
    let mut rows = 0;
    for statement in [
        sql!(
            "DELETE FROM consent_request WHERE tenant_id = $1 AND id IN
                 (SELECT q.id FROM consent_request q WHERE q.tenant_id = $1 AND q.client_id = $2 LIMIT $3)"
        ),
        sql!(
            "DELETE FROM consent_request WHERE tenant_id = $1 AND id IN
                 (SELECT q.id FROM consent_request q WHERE q.tenant_id = $1 AND q.resource_id = $2 LIMIT $3)"
        ),
    ] {
        rows += tx.query(statement).bind(tenant).bind(app).bind(limit).execute().await?;
    }
    tx.query(sql!("DELETE FROM consent_request_block WHERE tenant_id = $1 AND client_id = $2"))
        .bind(tenant)
        .bind(app)
        .execute()
        .await?;
    Ok(rows)
}
