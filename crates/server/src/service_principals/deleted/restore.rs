//! Bringing a deleted service principal back.

use super::since;
use crate::Server;
use crate::applications;
use crate::applications::operations::may_write;
use crate::audit::Activity;
use crate::changes::{self, What};
use crate::graph::Caller;
use crate::platform::ids::ServicePrincipalId;
use crate::service_principals::operations::{audit, target};
use crate::service_principals::{ServicePrincipal, ServicePrincipalError, deleted_store, foreign, store};

/// Brings a service principal back with its secrets, owners, memberships, roles, and what was assigned and granted to it and at it.
/// Tokens of before stay void. `None` if there is no such deleted one.
///
/// # Errors
/// `Exists` if the app has got another service principal by now, `NoApplication` while its registration is deleted too.
pub async fn restore(
    server: &Server,
    caller: &Caller,
    id: ServicePrincipalId,
) -> Result<Option<ServicePrincipal>, ServicePrincipalError> {
    if !may_write(caller) {
        return Err(ServicePrincipalError::Denied);
    }
    let mut tx = server.write().await?;
    let found = deleted_store::find(&mut tx, caller.tenant, id, since(server)).await?;
    let Some(before) = found else { return Ok(None) };
    // Whoever adds another one or changes the name meanwhile comes before or after, as with a new service principal.
    let is_there = match foreign::registration(&mut tx, &before).await? {
        Some(application) => applications::store::lock(&mut tx, application.tenant_id, application.id).await?,
        None => false,
    };
    if !is_there {
        return Err(ServicePrincipalError::NoApplication(before.app_id.to_string()));
    }
    let found = deleted_store::find(&mut tx, caller.tenant, id, since(server)).await?;
    let Some(mut principal) = found else { return Ok(None) };
    if store::find_by_client(&mut tx, caller.tenant, principal.app_id).await?.is_some() {
        return Err(ServicePrincipalError::Exists);
    }
    principal.deleted_at = None;
    let now = server.clock.now();
    if !store::update(&mut tx, &principal, now).await? {
        return Err(ServicePrincipalError::Changed);
    }
    changes::note_grants_of_app(&mut tx, server, caller.tenant, principal.id, What::Set).await?;
    audit(&mut tx, server, caller, Activity::RestoreServicePrincipal, &target(&principal)).await?;
    tx.commit().await?;
    principal.version += 1;
    Ok(Some(principal))
}
