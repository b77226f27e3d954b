//! Apps of other tenants: letting them in, and what their registrations say now.
//!
//! The registration stays in its own tenant, and whoever asks what an app is (its addresses, its secrets, whether it is still for
//! several organisations) reads it there. Whether it is on here, who may use it and what it may do is this tenant's alone.

use super::error::ServicePrincipalError;
use super::operations::{Key, audit, find_to_write, target};
use super::service_principal::ServicePrincipal;
use super::store;
use crate::Server;
use crate::applications::{self, Application, elsewhere};
use crate::audit::Activity;
use crate::graph::Caller;
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use crate::tenants::{self, Tenant};
use crate::users::fold;
use crate::web::pages::Publisher;
use database::{Result, Transaction};
use std::collections::HashMap;

/// The registration behind a service principal: in its own tenant, or in another one as long as it is for several organisations.
/// `None` if it is gone, and for the directory API.
pub async fn registration(tx: &mut Transaction, principal: &ServicePrincipal) -> Result<Option<Application>> {
    match principal.home_tenant_id {
        Some(home) => elsewhere::find_at_home(tx, home, principal.app_id).await,
        None => applications::store::find_by_client(tx, principal.tenant_id, principal.app_id).await,
    }
}

/// Whether an app may act here at all: it is on, and its registration was not deleted or withdrawn from other organisations. For
/// work that comes later; requests find it by their client.
pub async fn is_standing(tx: &mut Transaction, principal: &ServicePrincipal) -> Result<bool> {
    Ok(principal.account_enabled && (!principal.is_foreign() || registration(tx, principal).await?.is_some()))
}

/// The registrations of the apps of other tenants that are used here, as far as they are still for several organisations.
pub async fn registrations(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<Application>> {
    elsewhere::list_used(tx, tenant).await
}

/// The same of some of them, of which there is one at least; in no order.
pub async fn registrations_of(
    tx: &mut Transaction,
    tenant: TenantId,
    principals: &[ServicePrincipalId],
) -> Result<Vec<Application>> {
    elsewhere::list_used_as(tx, tenant, principals).await
}

/// Whether somebody removed the app from the tenant, and it could still be brought back: then people do not let it in again by
/// themselves.
pub async fn was_removed(tx: &mut Transaction, tenant: TenantId, client: ClientId) -> Result<bool> {
    let is_here = store::find_by_client(tx, tenant, client).await?.is_some();
    Ok(!is_here && !store::list_even_deleted(tx, tenant, client).await?.is_empty())
}

/// The app of another tenant as it stands here, if the caller may change that.
///
/// # Errors
/// `Denied` before `NotFound`, which it also is for an app of the tenant itself.
pub async fn get_to_write(
    tx: &mut Transaction,
    caller: &Caller,
    id: ServicePrincipalId,
) -> std::result::Result<ServicePrincipal, ServicePrincipalError> {
    let principal = find_to_write(tx, caller, Key::Id(id)).await?;
    if principal.is_foreign() { Ok(principal) } else { Err(ServicePrincipalError::NotFound(id.to_string())) }
}

/// Lets the app of another tenant in, in the transaction of whoever decided that: with the first consent to it, the first request
/// for one, or by an administrator. What it may do is granted apart from this; alone it may do nothing.
///
/// # Errors
/// `NoApplication` if no other tenant has an app for several organisations with this client id, `Exists` if it is in already.
pub async fn admit(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    client: ClientId,
) -> std::result::Result<ServicePrincipal, ServicePrincipalError> {
    let missing = || ServicePrincipalError::NoApplication(client.to_string());
    let offered = find_offered(tx, caller.tenant, client).await?.ok_or_else(missing)?;
    // It is called as its registration is: whoever changes or withdraws that meanwhile comes before or after.
    if !applications::store::lock(tx, offered.tenant_id, offered.id).await? {
        return Err(missing());
    }
    let registration = elsewhere::find_at_home(tx, offered.tenant_id, client).await?.ok_or_else(missing)?;
    let now = server.clock.now();
    let id = ServicePrincipalId(server.entropy.uuid(now));
    let principal = ServicePrincipal::of_another(&registration, caller.tenant, Some(id), now);
    if !store::insert(tx, &principal).await? {
        return Err(ServicePrincipalError::Exists);
    }
    audit(tx, server, caller, Activity::AddServicePrincipal, &target(&principal)).await?;
    Ok(principal)
}

/// The registration of another tenant's app that could be let in here.
pub async fn find_offered(tx: &mut Transaction, tenant: TenantId, client: ClientId) -> Result<Option<Application>> {
    Ok(elsewhere::find(tx, client).await?.filter(|application| application.tenant_id != tenant))
}

/// Whose app it is, as pages say it before somebody lets it do anything: a name anybody can choose, and a domain that was proved. Another
/// organisation that calls itself as the one in which somebody answers is called by its domain.
pub async fn publisher(tx: &mut Transaction, server: &Server, principal: &ServicePrincipal) -> Result<Publisher> {
    let home = tenants::find(tx, server, principal.home()).await?;
    let is_elsewhere = principal.is_foreign();
    let here =
        if is_elsewhere && home.is_some() { tenants::find(tx, server, principal.tenant_id).await? } else { None };
    Ok(named(principal.home(), home.as_deref(), here.as_deref(), is_elsewhere))
}

/// Whose the apps of other tenants are that stand in this one, by their homes. It takes one statement, however many they are.
pub async fn publishers(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    homes: &[TenantId],
) -> Result<HashMap<TenantId, Publisher>> {
    let mut ids: Vec<TenantId> = homes.iter().copied().filter(|home| *home != tenant).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    ids.push(tenant);
    ids.sort_unstable_by_key(|id| id.0);
    ids.dedup();
    let found = tenants::find_all(tx, server, &ids).await?;
    let tenant_of = |id: &TenantId| found.get(id).map(AsRef::<Tenant>::as_ref);
    let here = tenant_of(&tenant);
    let others = ids.iter().filter(|id| **id != tenant);
    Ok(others.map(|home| (*home, named(*home, tenant_of(home), here, true))).collect())
}

fn named(id: TenantId, home: Option<&Tenant>, here: Option<&Tenant>, is_elsewhere: bool) -> Publisher {
    let Some(home) = home else { return Publisher { name: id.to_string(), domain: None, is_elsewhere } };
    let domain = home.default_domain().to_owned();
    let is_named_alike = is_elsewhere && here.is_some_and(|here| looks(&here.name) == looks(&home.name));
    let name = if is_named_alike { domain.clone() } else { home.name.clone() };
    Publisher { name, domain: Some(domain), is_elsewhere }
}

/// What of a name readers tell apart: letters and digits without case.
fn looks(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}
