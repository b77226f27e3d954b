//! The SQL of service principals. One whose registration is deleted is not found.

use super::service_principal::ServicePrincipal;
use crate::changes::{self, Change, Kind};
use crate::graph::query::{Condition, Slice, count_meeting};
use crate::platform::Timestamp;
use crate::platform::ids::{ApplicationId, ClientId, ServicePrincipalId, TenantId, UserId};
use crate::token_lifetimes::Lifetimes;
use crate::token_lifetimes::store::lifetimes;
use crate::users::fold;
use database::{Result, Transaction, sql};

macro_rules! select {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM service_principal s
              LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
              WHERE s.tenant_id = $1 AND s.deleted_at IS NULL AND a.deleted_at IS NULL"
        )
    };
}

macro_rules! columns {
    () => {
        "s.tenant_id, s.id, s.app_id, COALESCE(a.display_name, s.display_name) AS display_name, s.kind,
         s.account_enabled, s.app_role_assignment_required, s.sessions_valid_from, s.created_at, s.deleted_at,
         s.version, a.id AS application_id, s.home_tenant_id, COALESCE(a.home_page_url, s.home_page_url) AS home_page_url,
         COALESCE(a.app_roles, s.app_roles) AS declared_roles,
         COALESCE(a.exposed_scopes, s.exposed_scopes) AS declared_scopes,
         a.web_redirect_uris, a.spa_redirect_uris, a.public_redirect_uris, s.redirect_uris, s.kept,
         COALESCE(a.logout_url, s.logout_url) AS logout_url,
         COALESCE(a.description, s.app_description) AS app_description,
         COALESCE(a.sign_in_audience, s.sign_in_audience) AS sign_in_audience,
         COALESCE(a.identifier_uris, s.identifier_uris) AS identifier_uris, COALESCE(a.kept, s.app_kept) AS app_kept"
    };
}
pub(crate) use columns;

/// Adds a service principal; `false` if the application has one already. What it says of itself is stored for an app of another
/// tenant alone; otherwise it stands in the registration.
pub async fn insert(tx: &mut Transaction, principal: &ServicePrincipal) -> Result<bool> {
    let copied = principal.is_foreign().then_some(principal);
    let rows = tx
        .query(sql!(
            "INSERT INTO service_principal (tenant_id, id, app_id, display_name, display_name_folded, kind,
                 account_enabled, app_role_assignment_required, sessions_valid_from, created_at, home_tenant_id,
                 home_page_url, redirect_uris, app_roles, exposed_scopes, kept, sign_in_audience, app_description,
                 logout_url, identifier_uris, app_kept, version, words_kept)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1,
                 TRUE)
             ON CONFLICT DO NOTHING"
        ))
        .bind(principal.tenant_id)
        .bind(principal.id)
        .bind(principal.app_id)
        .bind(principal.display_name.clone())
        .bind(fold(&principal.display_name))
        .bind(principal.kind)
        .bind(principal.account_enabled)
        .bind(principal.app_role_assignment_required)
        .bind(principal.sessions_valid_from)
        .bind(principal.created_at)
        .bind(principal.home_tenant_id)
        .bind(copied.and_then(|copied| copied.home_page_url.clone()))
        .bind(copied.and_then(|copied| copied.redirect_uris.clone()))
        .bind(copied.and_then(|copied| copied.declared_roles.clone()))
        .bind(copied.and_then(|copied| copied.declared_scopes.clone()))
        .bind(principal.kept.clone())
        .bind(copied.and_then(|copied| copied.sign_in_audience))
        .bind(copied.and_then(|copied| copied.app_description.clone()))
        .bind(copied.and_then(|copied| copied.logout_url.clone()))
        .bind(copied.and_then(|copied| copied.identifier_uris.clone()))
        .bind(copied.and_then(|copied| copied.app_kept.clone()))
        .execute()
        .await?;
    if rows == 1 {
        principal.terms().keep(tx, principal.tenant_id, principal.id.0).await?;
        let change = Change::set(Kind::ServicePrincipal, principal.id.0);
        changes::note(tx, principal.tenant_id, principal.created_at, change).await?;
    }
    Ok(rows == 1)
}

/// Writes every changeable property back if nobody changed it since it was read; `false` otherwise.
pub async fn update(tx: &mut Transaction, principal: &ServicePrincipal, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE service_principal
             SET account_enabled = $4, app_role_assignment_required = $5, sessions_valid_from = $6, deleted_at = $7,
                 kept = $8, version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $3"
        ))
        .bind(principal.tenant_id)
        .bind(principal.id)
        .bind(principal.version)
        .bind(principal.account_enabled)
        .bind(principal.app_role_assignment_required)
        .bind(principal.sessions_valid_from)
        .bind(principal.deleted_at)
        .bind(principal.kept.clone())
        .execute()
        .await?;
    if rows == 1 {
        let change = Change::written(Kind::ServicePrincipal, principal.id.0, principal.deleted_at);
        changes::note(tx, principal.tenant_id, at, change).await?;
    }
    Ok(rows == 1)
}

/// Holds the row of a service principal until the end of the transaction. `false` if it is deleted.
pub async fn lock(tx: &mut Transaction, tenant: TenantId, id: ServicePrincipalId) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE service_principal SET version = version WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"
        ))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The service principal with this object id.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: ServicePrincipalId) -> Result<Option<ServicePrincipal>> {
    tx.query(sql!(concat!(select!(columns!()), " AND s.id = $2"))).bind(tenant).bind(id).fetch_optional().await
}

/// The service principal of a client.
pub async fn find_by_client(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ClientId,
) -> Result<Option<ServicePrincipal>> {
    tx.query(sql!(concat!(select!(columns!()), " AND s.app_id = $2"))).bind(tenant).bind(client).fetch_optional().await
}

#[derive(sqlx::FromRow)]
struct WithLifetimes {
    #[sqlx(flatten)]
    principal: ServicePrincipal,
    #[sqlx(flatten)]
    lifetimes: Lifetimes,
}

/// The service principal of a client, with how long tokens about its app are good in the tenant. One of another tenant obeys the
/// policies of this one alone: what its registration has elsewhere is not asked for.
pub async fn find_with_lifetimes(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ClientId,
) -> Result<Option<(ServicePrincipal, Lifetimes)>> {
    let found: Option<WithLifetimes> = tx
        .query(sql!(concat!(select!(concat!(columns!(), ", ", lifetimes!())), " AND s.app_id = $2")))
        .bind(tenant)
        .bind(client)
        .fetch_optional()
        .await?;
    Ok(found.map(|found| (found.principal, found.lifetimes)))
}

/// The service principals a client has and had.
pub async fn list_even_deleted(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ClientId,
) -> Result<Vec<ServicePrincipalId>> {
    tx.query(sql!("SELECT id FROM service_principal WHERE tenant_id = $1 AND app_id = $2 ORDER BY id"))
        .bind(tenant)
        .bind(client)
        .fetch_values()
        .await
}

/// Every service principal of a tenant, by name.
pub async fn list(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<ServicePrincipal>> {
    tx.query(sql!(concat!(
        select!(columns!()),
        " ORDER BY COALESCE(a.display_name_folded, s.display_name_folded), s.id"
    )))
    .bind(tenant)
    .fetch_all()
    .await
}

/// The apps that may act for a person, because they or an administrator let them, and the APIs at which they may; in no order.
pub async fn list_granted(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Vec<ServicePrincipal>> {
    tx.query(sql!(concat!(
        select!(columns!()),
        " AND s.id IN (SELECT e.client_id FROM delegated_grant e WHERE e.tenant_id = $1
                       UNION ALL SELECT e.resource_id FROM delegated_grant e WHERE e.tenant_id = $1
                       UNION ALL SELECT p.client_id FROM personal_grant p WHERE p.tenant_id = $1 AND p.user_id = $2
                       UNION ALL SELECT p.resource_id FROM personal_grant p
                       WHERE p.tenant_id = $1 AND p.user_id = $2)"
    )))
    .bind(tenant)
    .bind(user)
    .fetch_all()
    .await
}

/// Service principals in an order; one more than the slice holds, if there is one.
pub async fn list_slice(tx: &mut Transaction, tenant: TenantId, slice: &Slice) -> Result<Vec<ServicePrincipal>> {
    let mut query = tx.query(sql!(select!(columns!()))).bind(tenant);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many service principals meet a condition.
pub async fn count(tx: &mut Transaction, tenant: TenantId, condition: Option<&Condition>) -> Result<i64> {
    count_meeting(condition, tx.query(sql!(select!("COUNT(*)"))).bind(tenant)).await
}

/// How many open invitations lead to an app, counted up to a limit. Their table is of the invitations, which stand below
/// the apps.
pub async fn count_open_invitations(
    tx: &mut Transaction,
    tenant: TenantId,
    app: ApplicationId,
    now: Timestamp,
    limit: i64,
) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM invitation i
         WHERE i.tenant_id = $1 AND i.application_id = $2 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
           AND (i.expires_at IS NULL OR i.expires_at > $3) LIMIT $4) counted"
    ))
    .bind(tenant)
    .bind(app)
    .bind(now)
    .bind(limit)
    .fetch_value()
    .await
}
