//! The SQL of assignments. Those of principals and applications that are deleted are not listed; they come back with them.

use super::assignment::AppRoleAssignment;
use super::assignment_reading::Side;
use crate::graph::query::{Condition, Slice, Value, write_condition};
use crate::platform::ids::{AppRoleId, AssignmentId, GroupId, PrincipalId, ServicePrincipalId, TenantId, UserId};
use database::{Query, Result, Transaction, sql};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "r.tenant_id, r.id, r.principal_id, r.principal_type,
         COALESCE(u.display_name, pg.display_name, pa.display_name, p.display_name) AS principal_display_name, r.resource_id,
         COALESCE(a.display_name, s.display_name) AS resource_display_name, r.app_role_id, r.created_at"
    };
}

macro_rules! select {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM app_role_assignment r
              JOIN service_principal s ON s.tenant_id = r.tenant_id AND s.id = r.resource_id AND s.deleted_at IS NULL
              LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
              LEFT JOIN user_account u ON u.tenant_id = r.tenant_id AND u.id = r.principal_id AND u.deleted_at IS NULL
              LEFT JOIN directory_group pg
                  ON pg.tenant_id = r.tenant_id AND pg.id = r.principal_id AND pg.deleted_at IS NULL
              LEFT JOIN service_principal p
                  ON p.tenant_id = r.tenant_id AND p.id = r.principal_id AND p.deleted_at IS NULL
              LEFT JOIN application pa ON pa.tenant_id = p.tenant_id AND pa.app_id = p.app_id
              WHERE r.tenant_id = $1 AND a.deleted_at IS NULL AND pa.deleted_at IS NULL
                    AND (u.id IS NOT NULL OR pg.id IS NOT NULL OR p.id IS NOT NULL)"
        )
    };
}

/// Adds an assignment; `false` if the principal has this role already.
pub async fn insert(tx: &mut Transaction, assignment: &AppRoleAssignment) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO app_role_assignment (tenant_id, id, principal_id, principal_type, resource_id, app_role_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
        ))
        .bind(assignment.tenant_id)
        .bind(assignment.id)
        .bind(assignment.principal_id)
        .bind(assignment.principal_type)
        .bind(assignment.resource_id)
        .bind(assignment.app_role_id)
        .bind(assignment.created_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The assignment with this id.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: AssignmentId) -> Result<Option<AppRoleAssignment>> {
    tx.query(sql!(concat!(select!(columns!()), " AND r.id = $2"))).bind(tenant).bind(id).fetch_optional().await
}

/// Who may use an application, the first who was assigned first: from behind an assignment, which may be gone, at most `limit`.
pub async fn list_by_resource(
    tx: &mut Transaction,
    tenant: TenantId,
    resource: ServicePrincipalId,
    after: Option<AssignmentId>,
    limit: i64,
) -> Result<Vec<AppRoleAssignment>> {
    // No assignment has the id of all zeros.
    let after = after.unwrap_or(AssignmentId(Uuid::nil()));
    tx.query(sql!(concat!(select!(columns!()), " AND r.resource_id = $2 AND r.id > $3 ORDER BY r.id LIMIT $4")))
        .bind(tenant)
        .bind(resource)
        .bind(after)
        .bind(limit)
        .fetch_all()
        .await
}

/// How many assignments [`list_by_resource`] lists in all, counted up to `limit`.
pub async fn count_by_resource(
    tx: &mut Transaction,
    tenant: TenantId,
    resource: ServicePrincipalId,
    limit: i64,
) -> Result<i64> {
    tx.query(sql!(concat!("SELECT COUNT(*) FROM (", select!("1"), " AND r.resource_id = $2 LIMIT $3) counted")))
        .bind(tenant)
        .bind(resource)
        .bind(limit)
        .fetch_value()
        .await
}

/// What a user reaches of these resources, of which there is one at least, by their own assignments and by those of the groups they
/// belong to directly, the first assignment first. By id alone, SQLite would read all assignments of the tenant in this order.
pub async fn list_reached(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    resources: &[ServicePrincipalId],
) -> Result<Vec<AppRoleAssignment>> {
    query_reached(tx, tenant, user, resources).fetch_all().await
}

/// The statement of [`list_reached`].
pub(super) fn query_reached<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    user: UserId,
    resources: &[ServicePrincipalId],
) -> Query<'t> {
    let mut query = tx
        .query(sql!(concat!(
            select!(columns!()),
            " AND r.principal_id IN
                   (SELECT m.group_id FROM group_member m WHERE m.tenant_id = $1 AND m.object_id = $2
                    UNION ALL SELECT y.id FROM user_account y WHERE y.tenant_id = $1 AND y.id = $2)"
        )))
        .bind(tenant)
        .bind(user);
    write_condition(Some(&Condition::one_of("r.resource_id", resources.iter().map(|id| id.0))), &mut query);
    query.push(" ORDER BY r.created_at, r.id");
    query
}

/// What a user, group or program was given, the first assignment first.
pub async fn list_by_principal(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: PrincipalId,
) -> Result<Vec<AppRoleAssignment>> {
    tx.query(sql!(concat!(select!(columns!()), " AND r.principal_id = $2 ORDER BY r.id")))
        .bind(tenant)
        .bind(principal)
        .fetch_all()
        .await
}

/// The assignments of one side in an order; one more than the slice holds, if there is one.
pub async fn list_slice(
    tx: &mut Transaction,
    tenant: TenantId,
    side: Side,
    slice: &Slice,
) -> Result<Vec<AppRoleAssignment>> {
    let mut query = tx.query(sql!(select!(columns!()))).bind(tenant);
    write_condition(Some(&condition(side)), &mut query);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many assignments of one side meet a condition.
pub async fn count(tx: &mut Transaction, tenant: TenantId, side: Side, further: Option<&Condition>) -> Result<i64> {
    let mut query = tx.query(sql!(select!("COUNT(*)"))).bind(tenant);
    write_condition(Some(&condition(side)), &mut query);
    write_condition(further, &mut query);
    query.fetch_value().await
}

fn condition(side: Side) -> Condition {
    let (column, id) = match side {
        Side::Resource(id) => ("r.resource_id", id.0),
        Side::Program(id) => ("r.principal_id", id.0),
        Side::Group(id) => ("r.principal_id", id.0),
        Side::User(id) => ("r.principal_id", id.0),
    };
    Condition::Compare { column, operator: " = ", value: Value::Id(id) }
}

/// The roles a principal was given at one resource. It reads one index and no names: every token asks for it.
pub async fn list_roles(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: PrincipalId,
    resource: ServicePrincipalId,
) -> Result<Vec<AppRoleId>> {
    tx.query(sql!(
        "SELECT app_role_id FROM app_role_assignment
         WHERE tenant_id = $1 AND principal_id = $2 AND resource_id = $3 ORDER BY id"
    ))
    .bind(tenant)
    .bind(principal)
    .bind(resource)
    .fetch_values()
    .await
}

/// The roles a user has at one resource: their own, and those of the groups they belong to directly. Groups within groups do
/// not count (Entra: nested groups are not supported for the assignment of apps).
pub async fn list_roles_of_user(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    resource: ServicePrincipalId,
) -> Result<Vec<AppRoleId>> {
    tx.query(sql!(
        "SELECT r.app_role_id FROM app_role_assignment r
         WHERE r.tenant_id = $1 AND r.principal_id = $2 AND r.resource_id = $3
         UNION
         SELECT r.app_role_id FROM group_member m
         JOIN directory_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id AND g.deleted_at IS NULL
         JOIN app_role_assignment r
             ON r.tenant_id = m.tenant_id AND r.principal_id = m.group_id AND r.resource_id = $3
         WHERE m.tenant_id = $1 AND m.object_id = $2"
    ))
    .bind(tenant)
    .bind(user)
    .bind(resource)
    .fetch_values()
    .await
}

/// Of the groups a user belongs to directly, those that are assigned to one resource, by id.
pub async fn list_groups_of_user(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    resource: ServicePrincipalId,
) -> Result<Vec<GroupId>> {
    tx.query(sql!(
        "SELECT DISTINCT m.group_id FROM group_member m
         JOIN directory_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id AND g.deleted_at IS NULL
         JOIN app_role_assignment r
             ON r.tenant_id = m.tenant_id AND r.principal_id = m.group_id AND r.resource_id = $3
         WHERE m.tenant_id = $1 AND m.object_id = $2 ORDER BY m.group_id"
    ))
    .bind(tenant)
    .bind(user)
    .bind(resource)
    .fetch_values()
    .await
}

/// Takes an assignment back; `false` if it is gone already.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, id: AssignmentId) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM app_role_assignment WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes assignments of roles of an application that is purged, at most `limit`; how many those were.
pub async fn forget_resource(
    tx: &mut Transaction,
    tenant: TenantId,
    resource: ServicePrincipalId,
    limit: i64,
) -> Result<u64> {
    tx.query(sql!(
        "DELETE FROM app_role_assignment WHERE tenant_id = $1 AND id IN
             (SELECT r.id FROM app_role_assignment r WHERE r.tenant_id = $1 AND r.resource_id = $2 LIMIT $3)"
    ))
    .bind(tenant)
    .bind(resource)
    .bind(limit)
    .execute()
    .await
}

/// Removes every assignment of a principal who is purged.
pub async fn forget_principal(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId) -> Result<()> {
    tx.query(sql!("DELETE FROM app_role_assignment WHERE tenant_id = $1 AND principal_id = $2"))
        .bind(tenant)
        .bind(principal)
        .execute()
        .await?;
    Ok(())
}
