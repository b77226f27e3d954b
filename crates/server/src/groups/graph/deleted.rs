//! The list of deleted groups; one of them is found, brought back and purged in `deleted_items`.

use super::wire;
use crate::Server;
use crate::graph::query::{Count, Listing};
use crate::graph::{Caller, Error};
use crate::groups::{GROUP, deleted};
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `GET /directory/deletedItems/microsoft.graph.group`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !deleted::may_read(&caller) {
        return Err(Error::denied());
    }
    let listing = Listing::read(&server, caller.tenant, &GROUP, &uri, &headers)?;
    let page = deleted::list(&server, &caller, &listing).await?;
    let items = page.groups.iter().map(|group| wire::group(group, &listing.selection)).collect();
    Ok(listing.answer(&server, caller.tenant, "groups", items, (page.count, page.next)))
}

/// `GET /directory/deletedItems/microsoft.graph.group/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !deleted::may_read(&caller) {
        return Err(Error::denied());
    }
    let count = deleted::count(&server, &caller, &Count::read(&GROUP, &uri, &headers)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain;charset=utf-8")], count.to_string()).into_response())
}
