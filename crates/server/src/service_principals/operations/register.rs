//! Adding applications to a tenant.

use super::{audit, target};
use crate::Server;
use crate::applications::operations::{may_register, may_write, may_write_owned, own};
use crate::applications::{self, Application, NewApplication};
use crate::audit::Activity;
use crate::graph::{Caller, permission};
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use crate::service_principals::{ServicePrincipal, ServicePrincipalError, foreign, store};
use database::Transaction;

/// An application ready to be used: its registration, and how it stands in the tenant.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The registration.
    pub application: Application,
    /// What stands for it in the tenant.
    pub service_principal: ServicePrincipal,
}

/// Registers an application and adds it to the tenant in one step, as the portal and the demo do, in the caller's
/// transaction.
pub async fn register(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    new: NewApplication,
) -> Result<Registered, ServicePrincipalError> {
    let application = applications::register(tx, server, caller, new).await?;
    let service_principal = add(tx, server, caller, application.app_id).await?;
    Ok(Registered { application, service_principal })
}

/// Adds a registered application to the tenant (Graph: POST /servicePrincipals). Its owners may, and then own that too. One of
/// another tenant that is for several organisations is let in by whoever may change every app.
///
/// # Errors
/// `NoApplication` also for the app of another tenant that is for that tenant alone.
pub async fn add(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    client: ClientId,
) -> Result<ServicePrincipal, ServicePrincipalError> {
    if !may_register(caller) {
        return Err(ServicePrincipalError::Denied);
    }
    let Some(application) = applications::store::find_by_client(tx, caller.tenant, client).await? else {
        return if may_write(caller) {
            foreign::admit(tx, server, caller, client).await
        } else {
            Err(ServicePrincipalError::NoApplication(client.to_string()))
        };
    };
    if !may_write_owned(tx, caller, application.id.into()).await? {
        return Err(ServicePrincipalError::Denied);
    }
    // It is called as its registration is: whoever changes that name meanwhile comes before or after.
    let is_there = applications::store::lock(tx, caller.tenant, application.id).await?;
    let named = applications::store::find_by_client(tx, caller.tenant, client).await?.filter(|_| is_there);
    let application = named.ok_or_else(|| ServicePrincipalError::NoApplication(client.to_string()))?;
    let now = server.clock.now();
    let principal = ServicePrincipal::of(&application, ServicePrincipalId(server.entropy.uuid(now)), now);
    if !store::insert(tx, &principal).await? {
        return Err(ServicePrincipalError::Exists);
    }
    audit(tx, server, caller, Activity::AddServicePrincipal, &target(&principal)).await?;
    own(tx, server, caller, (principal.id.into(), &principal.display_name)).await?;
    Ok(principal)
}

/// Gives a new tenant its directory API, without which no program can hold a permission. Doing it again changes nothing.
pub async fn install_directory_api(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
) -> database::Result<ServicePrincipal> {
    let client = ClientId(permission::RESOURCE);
    let now = server.clock.now();
    let id = ServicePrincipalId(server.entropy.uuid(now));
    let principal = ServicePrincipal::bare(tenant, id, client, "Directory API".to_owned(), now);
    if store::insert(tx, &principal).await? {
        audit(tx, server, &Caller::system(tenant), Activity::AddServicePrincipal, &target(&principal)).await?;
        return Ok(principal);
    }
    store::find_by_client(tx, tenant, client).await?.ok_or(database::Error::NotFound)
}
