//! The SQL of grants. Those of apps and people that are deleted are not listed; they come back with them.

use super::grant::DelegatedGrant;
use crate::applications::{ExposedScope, PreAuthorizedApplication};
use crate::changes::{self, Change, Kind, What, aftermath};
use crate::graph::query::{Condition, Slice, write_condition};
use crate::platform::ids::{ClientId, DelegatedGrantId, ServicePrincipalId, TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql};
use sqlx::types::Json;
use uuid::Uuid;

macro_rules! columns {
    () => {
        "g.tenant_id, g.id, g.client_id, COALESCE(ca.display_name, c.display_name) AS client_display_name,
         g.consent_type, g.principal_id, g.resource_id,
         COALESCE(ra.display_name, r.display_name) AS resource_display_name, g.scope, g.created_at"
    };
}

/// What was granted for everybody.
macro_rules! for_everybody {
    () => {
        "SELECT e.tenant_id, e.id, e.client_id, 'AllPrincipals' AS consent_type, NULL AS principal_id, e.resource_id,
                e.scope, e.created_at
         FROM delegated_grant e WHERE e.tenant_id = $1"
    };
}

/// What people granted for themselves, up to the tables.
macro_rules! for_people {
    () => {
        "SELECT p.tenant_id, p.id, p.client_id, 'Principal' AS consent_type, p.user_id AS principal_id, p.resource_id,
                p.scope, p.created_at
         FROM personal_grant p"
    };
}

/// Grants with the names of both apps; without a second part all of them.
macro_rules! select {
    ($columns:expr) => {
        select!($columns, concat!(for_everybody!(), " UNION ALL ", for_people!(), " WHERE p.tenant_id = $1"))
    };
    ($columns:expr, $grants:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM (",
            $grants,
            ") g
              JOIN service_principal c ON c.tenant_id = $1 AND c.id = g.client_id AND c.deleted_at IS NULL
              JOIN service_principal r ON r.tenant_id = $1 AND r.id = g.resource_id AND r.deleted_at IS NULL
              LEFT JOIN application ca ON ca.tenant_id = c.tenant_id AND ca.app_id = c.app_id
              LEFT JOIN application ra ON ra.tenant_id = r.tenant_id AND ra.app_id = r.app_id
              LEFT JOIN user_account u ON u.tenant_id = $1 AND u.id = g.principal_id
              WHERE g.tenant_id = $1 AND ca.deleted_at IS NULL AND ra.deleted_at IS NULL
                    AND (g.principal_id IS NULL OR (u.id IS NOT NULL AND u.deleted_at IS NULL))"
        )
    };
}

/// Adds a grant for everybody; `false` if the app has one at this resource.
pub async fn insert_for_everybody(tx: &mut Transaction, grant: &DelegatedGrant) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO delegated_grant (tenant_id, id, client_id, resource_id, scope, created_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
        ))
        .bind(grant.tenant_id)
        .bind(grant.id)
        .bind(grant.client_id)
        .bind(grant.resource_id)
        .bind(grant.scope.clone())
        .bind(grant.created_at)
        .execute()
        .await?;
    noted(tx, grant, rows, grant.created_at).await
}

/// Whether a row was written, and if so, that it is noted.
async fn noted(tx: &mut Transaction, grant: &DelegatedGrant, rows: u64, at: Timestamp) -> Result<bool> {
    if rows == 1 {
        changes::note(tx, grant.tenant_id, at, Change::set(Kind::Grant, grant.id.0)).await?;
    }
    Ok(rows == 1)
}

/// Adds a grant for one person; `false` if the app has one of theirs at this resource.
pub async fn insert_for_person(tx: &mut Transaction, grant: &DelegatedGrant, user: UserId) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO personal_grant (tenant_id, id, client_id, resource_id, user_id, scope, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
        ))
        .bind(grant.tenant_id)
        .bind(grant.id)
        .bind(grant.client_id)
        .bind(grant.resource_id)
        .bind(user)
        .bind(grant.scope.clone())
        .bind(grant.created_at)
        .execute()
        .await?;
    noted(tx, grant, rows, grant.created_at).await
}

/// Replaces the words of a grant, if they are still the ones that were read; `false` otherwise.
pub async fn update(tx: &mut Transaction, grant: &DelegatedGrant, scope: &str, at: Timestamp) -> Result<bool> {
    let mut rows = 0;
    for statement in [
        sql!("UPDATE delegated_grant SET scope = $4 WHERE tenant_id = $1 AND id = $2 AND scope = $3"),
        sql!("UPDATE personal_grant SET scope = $4 WHERE tenant_id = $1 AND id = $2 AND scope = $3"),
    ] {
        rows += tx
            .query(statement)
            .bind(grant.tenant_id)
            .bind(grant.id)
            .bind(grant.scope.clone())
            .bind(scope.to_owned())
            .execute()
            .await?;
    }
    noted(tx, grant, rows, at).await
}

/// Removes a grant; `false` if it is gone already.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, id: DelegatedGrantId, at: Timestamp) -> Result<bool> {
    let mut rows = 0;
    for statement in [
        sql!("DELETE FROM delegated_grant WHERE tenant_id = $1 AND id = $2"),
        sql!("DELETE FROM personal_grant WHERE tenant_id = $1 AND id = $2"),
    ] {
        rows += tx.query(statement).bind(tenant).bind(id).execute().await?;
    }
    if rows == 1 {
        changes::note(tx, tenant, at, Change::purged(Kind::Grant, id.0)).await?;
    }
    Ok(rows == 1)
}

/// Removes what was granted for everybody to an app that is purged, and at it. As many apps as there are have to do with it at most.
pub async fn forget_for_everybody(
    tx: &mut Transaction,
    tenant: TenantId,
    app: ServicePrincipalId,
    at: Timestamp,
) -> Result<()> {
    let mut grants: Vec<Uuid> = Vec::new();
    for statement in [
        sql!("DELETE FROM delegated_grant WHERE tenant_id = $1 AND client_id = $2 RETURNING id"),
        sql!("DELETE FROM delegated_grant WHERE tenant_id = $1 AND resource_id = $2 RETURNING id"),
    ] {
        let rows: Vec<(Uuid,)> = tx.query(statement).bind(tenant).bind(app).fetch_all().await?;
        grants.extend(rows.into_iter().map(|(id,)| id));
    }
    grants.sort_unstable();
    changes::note_each(tx, tenant, at, (Kind::Grant, What::Purged), &grants).await
}

/// Removes what people have granted to an app that is purged, and at it, at most [`aftermath::AT_ONCE`] grants; how many those were.
pub async fn forget_personal(
    tx: &mut Transaction,
    tenant: TenantId,
    app: ServicePrincipalId,
    at: Timestamp,
) -> Result<u64> {
    let mut grants = changes::list_personal(tx, tenant, app, Uuid::nil()).await?;
    aftermath::cut(&mut grants);
    let Some(last) = grants.last() else { return Ok(0) };
    // Noted first: whoever removes grants holds the number of the last change before their rows.
    changes::note_each(tx, tenant, at, (Kind::Grant, What::Purged), &grants).await?;
    for statement in [
        sql!("DELETE FROM personal_grant WHERE tenant_id = $1 AND client_id = $2 AND id <= $3"),
        sql!("DELETE FROM personal_grant WHERE tenant_id = $1 AND resource_id = $2 AND id <= $3"),
    ] {
        tx.query(statement).bind(tenant).bind(app).bind(*last).execute().await?;
    }
    Ok(u64::try_from(grants.len()).unwrap_or(u64::MAX))
}

/// Removes what a user who is purged has granted.
pub async fn forget_user(tx: &mut Transaction, tenant: TenantId, user: UserId, at: Timestamp) -> Result<()> {
    changes::note_grants_of_user(tx, tenant, at, user, What::Purged).await?;
    tx.query(sql!("DELETE FROM personal_grant WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(user)
        .execute()
        .await?;
    Ok(())
}

/// The grant with this id, if it meets the condition.
pub async fn find(
    tx: &mut Transaction,
    tenant: TenantId,
    id: DelegatedGrantId,
    condition: Option<&Condition>,
) -> Result<Option<DelegatedGrant>> {
    let mut query = tx.query(sql!(concat!(select!(columns!()), " AND g.id = $2"))).bind(tenant).bind(id);
    write_condition(condition, &mut query);
    query.fetch_optional().await
}

/// The grant of an app at a resource, for everybody or for one person.
pub async fn find_between(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
    resource: ServicePrincipalId,
    user: Option<UserId>,
) -> Result<Option<DelegatedGrant>> {
    let query = match user {
        None => tx
            .query(sql!(concat!(
                select!(columns!()),
                " AND g.client_id = $2 AND g.resource_id = $3 AND g.principal_id IS NULL"
            )))
            .bind(tenant)
            .bind(client)
            .bind(resource),
        Some(user) => tx
            .query(sql!(concat!(
                select!(columns!()),
                " AND g.client_id = $2 AND g.resource_id = $3 AND g.principal_id = $4"
            )))
            .bind(tenant)
            .bind(client)
            .bind(resource)
            .bind(user),
    };
    query.fetch_optional().await
}

/// Grants in an order, as far as they meet a condition; one more than the slice holds, if there is one.
pub async fn list_slice(
    tx: &mut Transaction,
    tenant: TenantId,
    conditions: &[Condition],
    slice: &Slice,
) -> Result<Vec<DelegatedGrant>> {
    let mut query = tx.query(sql!(select!(columns!()))).bind(tenant);
    for condition in conditions {
        write_condition(Some(condition), &mut query);
    }
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many grants meet every condition.
pub async fn count(tx: &mut Transaction, tenant: TenantId, conditions: &[Condition]) -> Result<i64> {
    let mut query = tx.query(sql!(select!("COUNT(*)"))).bind(tenant);
    for condition in conditions {
        write_condition(Some(condition), &mut query);
    }
    query.fetch_value().await
}

/// Every grant of one app, those for everybody first, at most `limit`. Of what people granted, of whom there may be very many, no more
/// are looked at.
pub async fn list_by_client(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
    limit: i64,
) -> Result<Vec<DelegatedGrant>> {
    tx.query(sql!(concat!(
        select!(
            columns!(),
            concat!(
                for_everybody!(),
                " AND e.client_id = $2 UNION ALL SELECT * FROM (",
                for_people!(),
                " JOIN service_principal t ON t.tenant_id = $1 AND t.id = p.resource_id AND t.deleted_at IS NULL
                  LEFT JOIN application ta ON ta.tenant_id = t.tenant_id AND ta.app_id = t.app_id
                  JOIN user_account h ON h.tenant_id = $1 AND h.id = p.user_id AND h.deleted_at IS NULL
                  WHERE p.tenant_id = $1 AND p.client_id = $2 AND ta.deleted_at IS NULL ORDER BY p.id LIMIT $3) oldest"
            )
        ),
        " ORDER BY CASE WHEN g.principal_id IS NULL THEN 0 ELSE 1 END, g.id LIMIT $3"
    )))
    .bind(tenant)
    .bind(client)
    .bind(limit)
    .fetch_all()
    .await
}

/// Grants of people to one app that are counted.
const COUNTED: i64 = 1_000;

/// How many people have granted an app something for themselves, and whether there may be more: so many of their grants are looked at,
/// the oldest. Those that are deleted at the moment are not among them.
pub async fn count_people(tx: &mut Transaction, tenant: TenantId, client: ServicePrincipalId) -> Result<(i64, bool)> {
    let (grants, people): (i64, i64) = tx
        .query(sql!(
            "SELECT COUNT(*), COUNT(DISTINCT oldest.user_id) FROM
                 (SELECT p.user_id FROM personal_grant p
                  JOIN user_account u ON u.tenant_id = p.tenant_id AND u.id = p.user_id AND u.deleted_at IS NULL
                  WHERE p.tenant_id = $1 AND p.client_id = $2 ORDER BY p.id LIMIT $3) oldest"
        ))
        .bind(tenant)
        .bind(client)
        .bind(COUNTED + 1)
        .fetch_one()
        .await?;
    Ok((people, grants > COUNTED))
}

/// What one person has granted, and what was granted for everybody, by the names of the apps.
pub async fn list_for(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Vec<DelegatedGrant>> {
    tx.query(sql!(concat!(
        select!(
            columns!(),
            concat!(for_everybody!(), " UNION ALL ", for_people!(), " WHERE p.tenant_id = $1 AND p.user_id = $2")
        ),
        " ORDER BY COALESCE(ca.display_name_folded, c.display_name_folded), g.client_id, g.id"
    )))
    .bind(tenant)
    .bind(user)
    .fetch_all()
    .await
}

/// What an app may do for everybody: the client id of each resource, and the words.
pub async fn held_for_everybody(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
) -> Result<Vec<(ClientId, String)>> {
    tx.query(sql!(
        "SELECT r.app_id, g.scope FROM delegated_grant g
         JOIN service_principal r ON r.tenant_id = g.tenant_id AND r.id = g.resource_id
         WHERE g.tenant_id = $1 AND g.client_id = $2 AND r.deleted_at IS NULL"
    ))
    .bind(tenant)
    .bind(client)
    .fetch_all()
    .await
}

/// A resource that names apps which people need not let in: its client id, whom it names, its scopes, and the client id of the
/// app that asks.
pub type Naming = (ClientId, Json<Vec<PreAuthorizedApplication>>, Json<Vec<ExposedScope>>, ClientId);

/// The resources that name apps which people need not let in, for an app that asks.
pub async fn list_naming(tx: &mut Transaction, tenant: TenantId, client: ServicePrincipalId) -> Result<Vec<Naming>> {
    tx.query(sql!(
        "SELECT a.app_id, a.pre_authorized, a.exposed_scopes, c.app_id FROM service_principal c
         JOIN application a ON a.tenant_id = c.tenant_id AND a.pre_authorized <> '[]' AND a.deleted_at IS NULL
         JOIN service_principal r ON r.tenant_id = a.tenant_id AND r.app_id = a.app_id AND r.deleted_at IS NULL
         WHERE c.tenant_id = $1 AND c.id = $2"
    ))
    .bind(tenant)
    .bind(client)
    .fetch_all()
    .await
}

/// What an app may do for one person by their own consent, in the same form.
pub async fn held_for_person(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
    user: UserId,
) -> Result<Vec<(ClientId, String)>> {
    tx.query(sql!(
        "SELECT r.app_id, g.scope FROM personal_grant g
         JOIN service_principal r ON r.tenant_id = g.tenant_id AND r.id = g.resource_id
         WHERE g.tenant_id = $1 AND g.client_id = $2 AND g.user_id = $3 AND r.deleted_at IS NULL"
    ))
    .bind(tenant)
    .bind(client)
    .bind(user)
    .fetch_all()
    .await
}
