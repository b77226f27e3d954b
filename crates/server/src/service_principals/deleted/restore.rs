//! Bringing a deleted service principal back.

use crate::Server;
use crate::applications;
use crate::changes::{self, What};
use crate::deleted_items;
use crate::service_principals::{ServicePrincipal, ServicePrincipalError, foreign, store};
use database::Transaction;

pub(super) async fn bring_back(
    found: ServicePrincipal,
    tx: &mut Transaction,
    server: &Server,
) -> Result<Option<ServicePrincipal>, ServicePrincipalError> {
    let (tenant, id, client, at) = (found.tenant_id, found.id, found.app_id, server.clock.now());
    // Whoever adds another one or changes the name meanwhile comes before or after, as with a new service principal.
    let is_there = match foreign::registration(tx, &found).await? {
        Some(application) => applications::store::lock(tx, application.tenant_id, application.id).await?,
        None => false,
    };
    if !is_there {
        return Err(ServicePrincipalError::NoApplication(client.to_string()));
    }
    let since = deleted_items::since(at);
    let found = deleted_items::store::find::<ServicePrincipal>(tx, tenant, id.0, since).await?;
    let Some(mut principal) = found else { return Ok(None) };
    if store::find_by_client(tx, tenant, client).await?.is_some() {
        return Err(ServicePrincipalError::Exists);
    }
    principal.deleted_at = None;
    if !store::update(tx, &principal, at).await? {
        return Err(ServicePrincipalError::Changed);
    }
    changes::note_grants_of_app(tx, server, tenant, id, What::Set).await?;
    principal.version += 1;
    Ok(Some(principal))
}
