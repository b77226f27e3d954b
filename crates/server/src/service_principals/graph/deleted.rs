//! The list of deleted service principals; one of them is found, brought back and purged in `deleted_items`.

use super::wire;
use crate::Server;
use crate::applications::deleted::may_read;
use crate::graph::page::Page;
use crate::graph::query::Listing;
use crate::graph::{Caller, Error};
use crate::service_principals::deleted;
use crate::service_principals::resource::SERVICE_PRINCIPAL;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use std::sync::Arc;

/// `GET /directory/deletedItems/microsoft.graph.servicePrincipal`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !may_read(&caller) {
        return Err(Error::denied());
    }
    let listing = Listing::read(&server, caller.tenant, &SERVICE_PRINCIPAL, &uri, &headers)?;
    let page = deleted::list(&server, &caller, &listing).await?;
    let write = |principal| wire::without_secrets(principal, &listing.selection);
    let items = page.service_principals.iter().map(write).collect();
    let next = page.next.map(|place| listing.next_link(&server, caller.tenant, &place));
    let context = listing.selection.context("servicePrincipals");
    Ok(Page { context, items, count: page.count, next }.respond(&server))
}
