//! What a policy is given to, on the wire.

use super::wire;
use crate::Server;
use crate::directory_objects::{operations, selection};
use crate::graph::query::Listing;
use crate::graph::{Caller, Error, Segment};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use std::sync::Arc;

/// `GET /policies/tokenLifetimePolicies/{id}/appliesTo`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(policy): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::check_may_list_applied(&caller)?;
    let listing = Listing::read(&server, caller.tenant, selection::applied(), &uri, &headers)?;
    let (found, count) = operations::list_applied(&server, &caller, &policy, &listing).await?;
    let items = wire::objects(&server, caller.tenant, &found.objects, &listing.selection).await?;
    Ok(listing.answer(&server, caller.tenant, "directoryObjects", items, (count, found.next)))
}
