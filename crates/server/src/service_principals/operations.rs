//! Adding applications to a tenant, switching them on and off.

use super::error::ServicePrincipalError;
use super::service_principal::ServicePrincipal;
use super::store;
use crate::Server;
use crate::applications::{self, Application, NewApplication, operations::may_write};
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, permission};
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use database::Transaction;

/// How a request names a service principal.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    /// By its object id.
    Id(ServicePrincipalId),
    /// By its client id, `servicePrincipals(appId='..')`.
    Client(ClientId),
}

impl std::fmt::Display for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Client(client) => client.fmt(formatter),
        }
    }
}

/// An application ready to be used: its registration, and how it stands in the tenant.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The registration.
    pub application: Application,
    /// What stands for it in the tenant.
    pub service_principal: ServicePrincipal,
}

/// What may be changed about a service principal; `None` leaves it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServicePrincipalChanges {
    /// `accountEnabled`
    pub account_enabled: Option<bool>,
    /// `appRoleAssignmentRequired`
    pub app_role_assignment_required: Option<bool>,
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

/// Adds a registered application to the tenant (Graph: POST /servicePrincipals).
pub async fn add(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    client: ClientId,
) -> Result<ServicePrincipal, ServicePrincipalError> {
    if !may_write(caller) {
        return Err(ServicePrincipalError::Denied);
    }
    let application = applications::store::find_by_client(tx, caller.tenant, client)
        .await?
        .ok_or_else(|| ServicePrincipalError::NoApplication(client.to_string()))?;
    let now = server.clock.now();
    let principal = ServicePrincipal::of(&application, ServicePrincipalId(server.entropy.uuid(now)), now);
    if !store::insert(tx, &principal).await? {
        return Err(ServicePrincipalError::Exists);
    }
    audit(tx, server, caller, Activity::AddServicePrincipal, &target(&principal)).await?;
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

/// The service principal under this key.
pub async fn find(tx: &mut Transaction, tenant: TenantId, key: Key) -> Result<ServicePrincipal, ServicePrincipalError> {
    let found = match key {
        Key::Id(id) => store::find(tx, tenant, id).await?,
        Key::Client(client) => store::find_by_client(tx, tenant, client).await?,
    };
    found.ok_or_else(|| ServicePrincipalError::NotFound(key.to_string()))
}

/// Changes a service principal (Graph: PATCH /servicePrincipals/{id}). Switching it off voids the tokens it holds.
pub async fn update(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    changes: ServicePrincipalChanges,
) -> Result<ServicePrincipal, ServicePrincipalError> {
    let before = find_to_write(tx, caller, key).await?;
    let mut after = before.clone();
    after.account_enabled = changes.account_enabled.unwrap_or(before.account_enabled);
    after.app_role_assignment_required =
        changes.app_role_assignment_required.unwrap_or(before.app_role_assignment_required);
    if !after.account_enabled && before.account_enabled {
        after.sessions_valid_from = server.clock.now();
    }
    if !store::update(tx, &after).await? {
        return Err(ServicePrincipalError::Changed);
    }
    let pairs = [
        ("AccountEnabled", before.account_enabled, after.account_enabled),
        ("AppRoleAssignmentRequired", before.app_role_assignment_required, after.app_role_assignment_required),
    ];
    let changed = pairs.into_iter().filter(|(_, old, new)| old != new);
    let target = changed.fold(target(&after), |target, (name, old, new)| target.change(name, old, new));
    audit(tx, server, caller, Activity::UpdateServicePrincipal, &target).await?;
    Ok(ServicePrincipal { version: before.version + 1, ..after })
}

/// Removes an application from the tenant (Graph: DELETE /servicePrincipals/{id}); its registration stays.
pub async fn delete(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
) -> Result<(), ServicePrincipalError> {
    let mut principal = find_to_write(tx, caller, key).await?;
    let now = server.clock.now();
    principal.deleted_at = Some(now);
    principal.sessions_valid_from = now;
    if !store::update(tx, &principal).await? {
        return Err(ServicePrincipalError::Changed);
    }
    Ok(audit(tx, server, caller, Activity::DeleteServicePrincipal, &target(&principal)).await?)
}

async fn find_to_write(
    tx: &mut Transaction,
    caller: &Caller,
    key: Key,
) -> Result<ServicePrincipal, ServicePrincipalError> {
    if !may_write(caller) {
        return Err(ServicePrincipalError::Denied);
    }
    let principal = find(tx, caller.tenant, key).await?;
    if principal.is_directory_api() { Err(ServicePrincipalError::DirectoryApi) } else { Ok(principal) }
}

fn target(principal: &ServicePrincipal) -> Target {
    Target::new("ServicePrincipal", principal.id.0, principal.display_name.clone())
}

async fn audit(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    target: &Target,
) -> database::Result<()> {
    audit::record(tx, server, caller, activity, &Outcome::Success, target, &[]).await
}
