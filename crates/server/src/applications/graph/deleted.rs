//! The list of deleted applications; one of them is found, brought back and purged in `deleted_items`.

use super::wire;
use crate::Server;
use crate::applications::deleted;
use crate::applications::resource::APPLICATION;
use crate::graph::query::Listing;
use crate::graph::{Caller, Error};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
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
