//! Reading deleted service principals.

use super::{may_read, since};
use crate::Server;
use crate::graph::Caller;
use crate::graph::query::{Count, Listing};
use crate::platform::ids::ServicePrincipalId;
use crate::service_principals::operations::{Page, place};
use crate::service_principals::{ServicePrincipal, ServicePrincipalError, deleted_store};

fn check_may_read(caller: &Caller) -> Result<(), ServicePrincipalError> {
    if may_read(caller) { Ok(()) } else { Err(ServicePrincipalError::Denied) }
}

/// One deleted service principal.
pub(super) async fn find(
    server: &Server,
    caller: &Caller,
    id: ServicePrincipalId,
) -> Result<Option<ServicePrincipal>, ServicePrincipalError> {
    check_may_read(caller)?;
    Ok(deleted_store::find(&mut server.read().await?, caller.tenant, id, since(server)).await?)
}

/// A page of deleted service principals (Graph: list deleted items of the kind servicePrincipal), without their secrets.
pub async fn list(server: &Server, caller: &Caller, listing: &Listing) -> Result<Page, ServicePrincipalError> {
    check_may_read(caller)?;
    let (mut tx, slice) = (server.read().await?, &listing.slice);
    let found = deleted_store::list(&mut tx, caller.tenant, since(server), slice).await?;
    let (service_principals, next) = slice.page(found, |last| place(&slice.order, last));
    let count = if listing.with_count {
        let condition = slice.condition.as_ref();
        Some(deleted_store::count(&mut tx, caller.tenant, since(server), condition).await?)
    } else {
        None
    };
    Ok(Page { service_principals, secrets: Vec::new(), next, count })
}

/// How many deleted service principals meet a condition.
pub async fn count(server: &Server, caller: &Caller, count: &Count) -> Result<i64, ServicePrincipalError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    Ok(deleted_store::count(&mut tx, caller.tenant, since(server), count.condition.as_ref()).await?)
}
