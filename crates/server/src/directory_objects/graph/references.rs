//! What depends on a domain, on the wire.

use super::wire;
use crate::Server;
use crate::directory_objects::{operations, selection};
use crate::graph::query::Listing;
use crate::graph::{Caller, Error, Segment};
use crate::tenants::domains;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use std::sync::Arc;

/// `GET /domains/{id}/domainNameReferences`
pub async fn of_domain(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(domain): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    domains::check_may_read(&caller)?;
    // Members read domains also where they read nobody else.
    if !caller.sees_others() {
        return Err(Error::denied());
    }
    let listing = Listing::read(&server, caller.tenant, selection::linked(None), &uri, &headers)?;
    let (found, count) = operations::list_references(&server, &caller, &domain, &listing).await?;
    let items = wire::objects(&server, caller.tenant, &found.objects, &listing.selection).await?;
    Ok(listing.answer(&server, caller.tenant, "directoryObjects", items, (count, found.next)))
}
