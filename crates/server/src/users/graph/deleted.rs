//! The list of deleted users; one of them is found, brought back and purged in `deleted_items`.

use super::read::write;
use crate::Server;
use crate::graph::query::{Count, Listing};
use crate::graph::{Caller, Error};
use crate::users::{USER, deleted};
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `GET /directory/deletedItems/microsoft.graph.user`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !deleted::may_read(&caller) {
        return Err(Error::denied());
    }
    let listing = Listing::read(&server, caller.tenant, &USER, &uri, &headers)?;
    let page = deleted::list(&server, &caller, &listing).await?;
    let items = write(&page, &listing)?.into_iter().map(|(_, item)| item).collect();
    Ok(listing.answer(&server, caller.tenant, "users", items, (page.count, page.next)))
}

/// `GET /directory/deletedItems/microsoft.graph.user/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !deleted::may_read(&caller) {
        return Err(Error::denied());
    }
    let count = deleted::count(&server, &caller, &Count::read(&USER, &uri, &headers)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain;charset=utf-8")], count.to_string()).into_response())
}
