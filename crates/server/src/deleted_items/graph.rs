//! The calls on a deleted object of whatever kind, where the first owner that has it answers, and the lists of each kind.

use super::kept::refused;
use super::{Owner, Owners, Recoverable, Written, find_any, operations, purge_any};
use crate::Server;
use crate::graph::body::{Object, UnreadBody};
use crate::graph::query::{Count, Listing};
use crate::graph::{Caller, Error, Segment, resource};
use crate::web::Routes;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::Map;
use std::sync::Arc;
use uuid::Uuid;

/// The calls, for these owners.
pub fn routes(owners: Owners) -> Routes {
    Routes::new()
        .route("/v1.0/directory/deletedItems/{deleted}", get(find).delete(purge))
        .route("/v1.0/directory/deletedItems/{deleted}/restore", post(restore))
        .layer(Extension(owners))
}

/// `GET /directory/deletedItems/microsoft.graph.{type}`
pub async fn list<T: Recoverable>(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !T::may_read(&caller) {
        return Err(Error::denied());
    }
    let listing = Listing::of_deleted(&server, caller.tenant, T::RESOURCE, &uri, &headers)?;
    let page = operations::list::<T>(&server, &caller, &listing).await.map_err(refused::<T>)?;
    let items = T::write(&server, &caller, &page.objects, &listing.selection).await?;
    Ok(listing.answer(&server, caller.tenant, T::SET, items, (page.count, page.next)))
}

/// `GET /directory/deletedItems/microsoft.graph.{type}/$count`
pub async fn count<T: Recoverable>(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !T::may_read(&caller) {
        return Err(Error::denied());
    }
    let count = Count::read(T::RESOURCE, &uri, &headers)?;
    let found = operations::count::<T>(&server, &caller, &count).await.map_err(refused::<T>)?;
    Ok(resource::number(found))
}

/// `GET /directory/deletedItems/{id}`
async fn find(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    allowed(owners, |owner| owner.may_read(&caller))?;
    match find_any(&server, owners, &caller, parse(&key)?, &uri).await? {
        Some(object) => Ok(entity(&server, object)),
        None => Err(Error::not_found(key)),
    }
}

/// `DELETE /directory/deletedItems/{id}`
async fn purge(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    caller: Caller,
    Segment(key): Segment,
) -> Result<Response, Error> {
    allowed(owners, |owner| owner.may_change(&caller))?;
    match purge_any(&server, owners, &caller, parse(&key)?).await? {
        Some(()) => Ok(resource::no_content()),
        None => Err(Error::not_found(key)),
    }
}

/// `POST /directory/deletedItems/{id}/restore`; a body is not needed.
async fn restore(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    caller: Caller,
    Segment(key): Segment,
    sent: UnreadBody,
) -> Result<Response, Error> {
    let owners = allowed(owners, |owner| owner.may_change(&caller))?;
    let id = parse(&key)?;
    let said = if sent.is_empty() { Map::new() } else { sent.object()?.0 };
    for owner in owners {
        if let Some(object) = owner.restore(&server, &caller, id, Object(said.clone())).await? {
            return Ok(entity(&server, object));
        }
    }
    Err(Error::not_found(key))
}

/// The owners whose objects the caller has something to do with; refused if there is none.
fn allowed(owners: Owners, is_allowed: impl Fn(&dyn Owner) -> bool) -> Result<Vec<&'static dyn Owner>, Error> {
    let found: Vec<_> = owners.iter().copied().filter(|&owner| is_allowed(owner)).collect();
    if found.is_empty() { Err(Error::denied()) } else { Ok(found) }
}

fn parse(key: &str) -> Result<Uuid, Error> {
    key.parse().map_err(|_| Error::not_found(key))
}

fn entity(server: &Server, object: Written) -> Response {
    resource::entity(server, StatusCode::OK, "directoryObjects/$entity", object)
}
