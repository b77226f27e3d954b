//! What an administrator has granted an app on behalf of everybody in the tenant.

use super::service_principal::ServicePrincipal;
use super::{ServicePrincipalError, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission, permission};
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

/// The permissions of the directory API an app may use on behalf of whoever signs in. `User.Read` and the scopes of
/// `OpenID` Connect need no grant and are not listed.
pub async fn delegated_scope(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ServicePrincipalId,
) -> Result<Vec<Permission>> {
    let row: Option<(String,)> = tx
        .query(sql!(
            "SELECT g.scope FROM delegated_grant g
             JOIN service_principal s ON s.tenant_id = g.tenant_id AND s.id = g.resource_id
             WHERE g.tenant_id = $1 AND g.client_id = $2 AND s.app_id = $3"
        ))
        .bind(tenant)
        .bind(client)
        .bind(ClientId(permission::RESOURCE))
        .fetch_optional()
        .await?;
    let scope = row.map(|(scope,)| scope).unwrap_or_default();
    Ok(scope.split_ascii_whitespace().filter_map(Permission::from_name).collect())
}

/// Replaces what an app may use of the directory API on behalf of everybody; an empty list takes it all back.
pub async fn grant_delegated(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    client: &ServicePrincipal,
    permissions: &[Permission],
) -> Result<(), ServicePrincipalError> {
    if !caller.may_administer(&[Permission::DirectoryReadWriteAll]) {
        return Err(ServicePrincipalError::Denied);
    }
    let tenant = caller.tenant;
    let api = store::find_by_client(tx, tenant, ClientId(permission::RESOURCE))
        .await?
        .ok_or_else(|| ServicePrincipalError::NotFound(permission::RESOURCE.to_string()))?;
    let before = names(&delegated_scope(tx, tenant, client.id).await?);
    let after = names(permissions);
    if before == after {
        return Ok(());
    }
    let now = server.clock.now();
    write(tx, tenant, (server.entropy.uuid(now), client.id, api.id), &after, now).await?;
    let target = Target::new("ServicePrincipal", client.id.0, client.display_name.clone()).change(
        "DelegatedPermissionGrant.Scope",
        before,
        after,
    );
    let details = [("DelegatedPermissionGrant.ConsentType", "AllPrincipals")];
    audit::record(tx, server, caller, Activity::AddDelegatedGrant, &Outcome::Success, &target, &details).await?;
    Ok(())
}

fn names(permissions: &[Permission]) -> String {
    permissions.iter().map(|permission| permission.name()).collect::<Vec<_>>().join(" ")
}

async fn write(
    tx: &mut Transaction,
    tenant: TenantId,
    (id, client, resource): (Uuid, ServicePrincipalId, ServicePrincipalId),
    scope: &str,
    now: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO delegated_grant (tenant_id, id, client_id, resource_id, scope, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, client_id, resource_id) DO UPDATE SET scope = excluded.scope"
    ))
    .bind(tenant)
    .bind(id)
    .bind(client)
    .bind(resource)
    .bind(scope.to_owned())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}
