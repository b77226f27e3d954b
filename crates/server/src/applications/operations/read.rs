//! Reading applications.

use super::{Key, find, may_ask_by, may_read};
use crate::Server;
use crate::applications::resource::{APPLICATION, SEARCHED};
use crate::applications::{Application, ApplicationError, ApplicationKey, ApplicationSecret, key_store, store};
use crate::graph::Caller;
use crate::graph::query::{Condition, Count, Listing, Order, Place, Slice};
use crate::platform::ids::{ApplicationId, ClientId, TenantId};
use crate::users::fold;
use crate::words;
use database::Transaction;

/// The application a caller may see under this key.
pub async fn get(tx: &mut Transaction, caller: &Caller, key: Key) -> Result<Application, ApplicationError> {
    if may_read(caller) { find(tx, caller, key).await } else { Err(ApplicationError::Denied) }
}

/// Some applications with their secrets.
#[derive(Debug)]
pub struct Page {
    /// The applications in order.
    pub applications: Vec<Application>,
    /// Their secrets; empty unless they were asked for.
    pub secrets: Vec<ApplicationSecret>,
    /// Their certificates; empty unless they were asked for.
    pub keys: Vec<ApplicationKey>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many there are in all, if it was asked for.
    pub count: Option<i64>,
}

/// A page of applications (Graph: list applications).
pub async fn list(server: &Server, caller: &Caller, listing: &Listing) -> Result<Page, ApplicationError> {
    if !may_read(caller) || !may_ask_by(caller, &listing.names) {
        return Err(ApplicationError::Denied);
    }
    let mut tx = server.read().await?;
    let slice = listing.slice.led_by("displayName");
    let (to_read, is_few) = words::narrow(&mut tx, caller.tenant, &SEARCHED, &slice).await?;
    let found = store::list_slice(&mut tx, caller.tenant, &to_read).await?;
    let place = |last: &Application| place(&slice.order, last);
    let (applications, next) = if is_few { slice.arrange(found, place) } else { slice.page(found, place) };
    let ids: Vec<ApplicationId> = applications.iter().map(|application| application.id).collect();
    let secrets = if listing.selection.has("passwordCredentials") {
        store::list_secrets_of(&mut tx, caller.tenant, &ids).await?
    } else {
        Vec::new()
    };
    let keys = if listing.selection.has("keyCredentials") {
        key_store::list_of(&mut tx, caller.tenant, &ids).await?
    } else {
        Vec::new()
    };
    let count = if listing.with_count {
        Some(store::count(&mut tx, caller.tenant, slice.condition.as_ref()).await?)
    } else {
        None
    };
    Ok(Page { applications, secrets, keys, next, count })
}

/// Where a page ends with this application.
pub(in crate::applications) fn place(order: &Order, last: &Application) -> Place {
    order.place(|| fold(&last.display_name), last.deleted_at, last.id.0)
}

/// How many applications meet a condition (Graph: `/applications/$count`).
pub async fn count(server: &Server, caller: &Caller, count: &Count) -> Result<i64, ApplicationError> {
    if !may_read(caller) || !may_ask_by(caller, &count.names) {
        return Err(ApplicationError::Denied);
    }
    let mut tx = server.read().await?;
    Ok(store::count(&mut tx, caller.tenant, count.condition.as_ref()).await?)
}

/// The secrets of an application the caller was shown, without those of its service principal.
pub async fn secrets(
    tx: &mut Transaction,
    application: &Application,
) -> Result<Vec<ApplicationSecret>, ApplicationError> {
    let all = store::list_secrets(tx, application.tenant_id, application.id).await?;
    Ok(all.into_iter().filter(|secret| secret.service_principal_id.is_none()).collect())
}

/// The certificates of an application the caller was shown.
pub async fn certificates(
    tx: &mut Transaction,
    application: &Application,
) -> Result<Vec<ApplicationKey>, ApplicationError> {
    Ok(key_store::list(tx, application.tenant_id, application.id).await?)
}

/// The applications with these client ids, in no order that means anything. Whether the caller may know of them is not asked.
pub async fn with_clients(
    tx: &mut Transaction,
    tenant: TenantId,
    clients: &[ClientId],
) -> database::Result<Vec<Application>> {
    if clients.is_empty() {
        return Ok(Vec::new());
    }
    let size = u32::try_from(clients.len()).unwrap_or(u32::MAX - 1);
    let condition = Some(Condition::one_of("a.app_id", clients.iter().map(|client| client.0)));
    let slice = Slice { condition, order: Order::by_id(&APPLICATION), after: None, size };
    store::list_slice(tx, tenant, &slice).await
}

/// The applications that offer scopes or roles and whose names begin so, by name: `size` at most, and whether there are more. Whether
/// the caller may know of them is not asked.
pub async fn offering(
    tx: &mut Transaction,
    tenant: TenantId,
    beginning: &str,
    size: u32,
) -> database::Result<(Vec<Application>, bool)> {
    let condition = Some(Condition::prefix("a.display_name_folded", &fold(beginning)));
    let slice = Slice { condition, order: Order::by(&APPLICATION, "displayName"), after: None, size };
    let mut found = store::list_offering(tx, tenant, &slice).await?;
    let has_more = slice.cut(&mut found);
    Ok((found, has_more))
}
