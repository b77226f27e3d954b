//! The SQL of assignments. Those of principals and applications that are deleted are not listed; they come back with them.

use super::assignment::AppRoleAssignment;
use crate::platform::ids::{AppRoleId, AssignmentId, PrincipalId, ServicePrincipalId, TenantId};
use database::{Result, Transaction, sql};

macro_rules! select {
    () => {
        "SELECT r.tenant_id, r.id, r.principal_id, r.principal_type,
                COALESCE(u.display_name, pa.display_name, p.display_name) AS principal_display_name,
                r.resource_id, COALESCE(a.display_name, s.display_name) AS resource_display_name,
                r.app_role_id, r.created_at
         FROM app_role_assignment r
         JOIN service_principal s ON s.tenant_id = r.tenant_id AND s.id = r.resource_id AND s.deleted_at IS NULL
         LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
         LEFT JOIN user_account u ON u.tenant_id = r.tenant_id AND u.id = r.principal_id AND u.deleted_at IS NULL
         LEFT JOIN service_principal p
             ON p.tenant_id = r.tenant_id AND p.id = r.principal_id AND p.deleted_at IS NULL
         LEFT JOIN application pa ON pa.tenant_id = p.tenant_id AND pa.app_id = p.app_id
         WHERE r.tenant_id = $1 AND a.deleted_at IS NULL AND pa.deleted_at IS NULL
               AND (u.id IS NOT NULL OR p.id IS NOT NULL) "
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
    tx.query(sql!(concat!(select!(), "AND r.id = $2"))).bind(tenant).bind(id).fetch_optional().await
}

/// Who may use an application, the first who was assigned first.
pub async fn list_by_resource(
    tx: &mut Transaction,
    tenant: TenantId,
    resource: ServicePrincipalId,
) -> Result<Vec<AppRoleAssignment>> {
    tx.query(sql!(concat!(select!(), "AND r.resource_id = $2 ORDER BY r.id")))
        .bind(tenant)
        .bind(resource)
        .fetch_all()
        .await
}

/// What a user or program was given, the first assignment first.
pub async fn list_by_principal(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: PrincipalId,
) -> Result<Vec<AppRoleAssignment>> {
    tx.query(sql!(concat!(select!(), "AND r.principal_id = $2 ORDER BY r.id")))
        .bind(tenant)
        .bind(principal)
        .fetch_all()
        .await
}

/// The roles a principal was given at one resource. It reads one index and no names: every token asks for it.
pub async fn list_roles(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: PrincipalId,
    resource: ServicePrincipalId,
) -> Result<Vec<AppRoleId>> {
    let rows: Vec<(AppRoleId,)> = tx
        .query(sql!(
            "SELECT app_role_id FROM app_role_assignment
             WHERE tenant_id = $1 AND principal_id = $2 AND resource_id = $3 ORDER BY id"
        ))
        .bind(tenant)
        .bind(principal)
        .bind(resource)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(role,)| role).collect())
}

/// How many principals each application was assigned to, for lists.
pub async fn count_by_resource(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<(ServicePrincipalId, i64)>> {
    tx.query(sql!(
        "SELECT resource_id, COUNT(DISTINCT principal_id) FROM app_role_assignment
         WHERE tenant_id = $1 GROUP BY resource_id"
    ))
    .bind(tenant)
    .fetch_all()
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
