//! The list of deleted applications; one of them is found, brought back and purged in `deleted_items`.

use super::wire;
use crate::Server;
use crate::applications::deleted;
use crate::applications::resource::APPLICATION;
use crate::graph::query::{Count, Listing};
use crate::graph::{Caller, Error};
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `GET /directory/deletedItems/microsoft.graph.application`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !deleted::may_read(&caller) {
        return Err(Error::denied());
    }
    let listing = Listing::read(&server, caller.tenant, &APPLICATION, &uri, &headers)?;
    let page = deleted::list(&server, &caller, &listing).await?;
    let write = |application| wire::without_credentials(application, &listing.selection);
    let items = page.applications.iter().map(write).collect();
    Ok(listing.answer(&server, caller.tenant, "applications", items, (page.count, page.next)))
}

/// `GET /directory/deletedItems/microsoft.graph.application/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !deleted::may_read(&caller) {
        return Err(Error::denied());
    }
    let count = deleted::count(&server, &caller, &Count::read(&APPLICATION, &uri, &headers)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain;charset=utf-8")], count.to_string()).into_response())
}
