//! Reading service principals.

use super::{Key, find};
use crate::Server;
use crate::applications::operations::{may_ask_by, may_read};
use crate::applications::{ApplicationSecret, principal_secret_store};
use crate::graph::Caller;
use crate::graph::query::{Count, Listing, Order, Place};
use crate::platform::ids::ServicePrincipalId;
use crate::service_principals::resource::SEARCHED;
use crate::service_principals::{ServicePrincipal, ServicePrincipalError, store};
use crate::users::fold;
use crate::words;
use database::Transaction;

/// Some service principals.
#[derive(Debug)]
pub struct Page {
    /// The service principals in order.
    pub service_principals: Vec<ServicePrincipal>,
    /// Their secrets; empty unless they were asked for.
    pub secrets: Vec<ApplicationSecret>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many there are in all, if it was asked for.
    pub count: Option<i64>,
}

/// The service principal a caller may see under this key.
pub async fn get(tx: &mut Transaction, caller: &Caller, key: Key) -> Result<ServicePrincipal, ServicePrincipalError> {
    if may_read(caller) { find(tx, caller.tenant, key).await } else { Err(ServicePrincipalError::Denied) }
}

/// A page of service principals (Graph: list servicePrincipals).
pub async fn list(server: &Server, caller: &Caller, listing: &Listing) -> Result<Page, ServicePrincipalError> {
    if !may_read(caller) || !may_ask_by(caller, &listing.names) {
        return Err(ServicePrincipalError::Denied);
    }
    let mut tx = server.read().await?;
    let slice = listing.slice.led_by("displayName");
    let (to_read, is_few) = words::narrow(&mut tx, caller.tenant, &SEARCHED, &slice).await?;
    let found = store::list_slice(&mut tx, caller.tenant, &to_read).await?;
    let place = |last: &ServicePrincipal| place(&slice.order, last);
    let (service_principals, next) = if is_few { slice.arrange(found, place) } else { slice.page(found, place) };
    let secrets = if listing.selection.has("passwordCredentials") {
        let ids: Vec<ServicePrincipalId> = service_principals.iter().map(|principal| principal.id).collect();
        principal_secret_store::list_of(&mut tx, caller.tenant, &ids).await?
    } else {
        Vec::new()
    };
    let count = if listing.with_count {
        Some(store::count(&mut tx, caller.tenant, slice.condition.as_ref()).await?)
    } else {
        None
    };
    Ok(Page { service_principals, secrets, next, count })
}

/// Where a page ends with this service principal.
pub(in crate::service_principals) fn place(order: &Order, last: &ServicePrincipal) -> Place {
    order.place(|| fold(&last.display_name), last.deleted_at, last.id.0)
}

/// The secrets of a service principal the caller was shown.
pub async fn secrets(
    tx: &mut Transaction,
    principal: &ServicePrincipal,
) -> Result<Vec<ApplicationSecret>, ServicePrincipalError> {
    Ok(principal_secret_store::list_of(tx, principal.tenant_id, &[principal.id]).await?)
}

/// How many service principals meet a condition (Graph: `/servicePrincipals/$count`).
pub async fn count(server: &Server, caller: &Caller, count: &Count) -> Result<i64, ServicePrincipalError> {
    if !may_read(caller) || !may_ask_by(caller, &count.names) {
        return Err(ServicePrincipalError::Denied);
    }
    let mut tx = server.read().await?;
    Ok(store::count(&mut tx, caller.tenant, count.condition.as_ref()).await?)
}
