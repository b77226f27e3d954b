//! The list of deleted service principals; one of them is found, brought back and purged in `deleted_items`.

use super::wire;
use crate::Server;
use crate::applications::deleted::may_read;
use crate::graph::query::{Count, Listing};
use crate::graph::{Caller, Error};
use crate::service_principals::deleted;
use crate::service_principals::resource::SERVICE_PRINCIPAL;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
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
    Ok(listing.answer(&server, caller.tenant, "servicePrincipals", items, (page.count, page.next)))
}

/// `GET /directory/deletedItems/microsoft.graph.servicePrincipal/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !may_read(&caller) {
        return Err(Error::denied());
    }
    let count = deleted::count(&server, &caller, &Count::read(&SERVICE_PRINCIPAL, &uri, &headers)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain;charset=utf-8")], count.to_string()).into_response())
}
