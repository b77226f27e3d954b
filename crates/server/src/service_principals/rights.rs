//! What was given to whom, as tokens need it.

use super::assignment_store;
use super::service_principal::ServicePrincipal;
use crate::Server;
use crate::applications::AppRole;
use crate::graph::{Permission, permission};
use crate::platform::ids::{AppRoleId, ClientId, PrincipalId, ServicePrincipalId, TenantId, UserId};
use database::{Result, Transaction, sql};
use std::sync::Arc;

/// The values of the roles a user has at an application (`roles` of tokens), those of their groups included; disabled roles
/// and those without a value are left out.
pub async fn roles_of(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    resource: &ServicePrincipal,
) -> Result<Vec<String>> {
    if !resource.declares_roles() {
        return Ok(Vec::new());
    }
    let given = assignment_store::list_roles_of_user(tx, tenant, user, resource.id).await?;
    Ok(told(resource, &given))
}

/// The same for a program, whose assignments hardly ever change.
pub async fn roles_of_program(
    tx: &mut Transaction,
    server: &Server,
    program: &ServicePrincipal,
    resource: &ServicePrincipal,
) -> Result<Vec<String>> {
    let cache = &server.caches.app_roles;
    let key = (program.tenant_id, program.id, resource.id);
    let given = match cache.get(server.database.changes(), &key) {
        Ok(kept) => kept,
        Err(vacancy) => {
            let read = assignment_store::list_roles(tx, program.tenant_id, program.id.into(), resource.id).await?;
            cache.keep(vacancy, tx, key, read)
        }
    };
    Ok(told(resource, &given))
}

fn told(resource: &ServicePrincipal, given: &[AppRoleId]) -> Vec<String> {
    let declared = resource.app_roles().into_iter();
    declared.filter(|role| is_told(role, given)).filter_map(|role| role.value).collect()
}

fn is_told(role: &AppRole, given: &[AppRoleId]) -> bool {
    role.is_enabled && given.contains(&role.id)
}

/// Whether a user was assigned to an application in any role, by themselves or with a group they belong to directly.
pub async fn is_assigned(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    resource: ServicePrincipalId,
) -> Result<bool> {
    Ok(!assignment_store::list_roles_of_user(tx, tenant, user, resource).await?.is_empty())
}

/// The application permissions a program holds, as the last commit left them: for who asks, not for what changes them.
pub async fn held_permissions(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    program: ServicePrincipalId,
) -> Result<Arc<Vec<Permission>>> {
    let cache = &server.caches.permissions;
    match cache.get(server.database.changes(), &(tenant, program)) {
        Ok(kept) => Ok(kept),
        Err(vacancy) => {
            let read = permissions_of(tx, tenant, program).await?;
            Ok(cache.keep(vacancy, tx, (tenant, program), read))
        }
    }
}

/// The application permissions a program holds at the directory API, in the order of [`Permission::ALL`].
pub async fn permissions_of(
    tx: &mut Transaction,
    tenant: TenantId,
    program: ServicePrincipalId,
) -> Result<Vec<Permission>> {
    let rows: Vec<(AppRoleId,)> = tx
        .query(sql!(
            "SELECT r.app_role_id FROM app_role_assignment r
             JOIN service_principal s ON s.tenant_id = r.tenant_id AND s.id = r.resource_id
             WHERE r.tenant_id = $1 AND r.principal_id = $2 AND s.app_id = $3"
        ))
        .bind(tenant)
        .bind(PrincipalId::from(program))
        .bind(ClientId(permission::RESOURCE))
        .fetch_all()
        .await?;
    let held: Vec<_> = rows.into_iter().filter_map(|(role,)| Permission::from_role_id(role.0)).collect();
    Ok(Permission::ALL.iter().copied().filter(|permission| held.contains(permission)).collect())
}
