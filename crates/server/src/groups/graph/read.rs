//! Reading groups.

use super::wire;
use crate::Server;
use crate::graph::query::{Count, Expansions, Listing};
use crate::graph::{Caller, Error, resource};
use crate::groups::GROUP;
use crate::groups::operations::{self, Key, Sight};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use std::sync::Arc;
use uuid::Uuid;

/// `GET /groups`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (listing, expansions) = Listing::with_expand(&server, caller.tenant, &GROUP, &uri, &headers).await?;
    let page = operations::list(&server, &caller, &listing).await?;
    let ids: Vec<Uuid> = page.groups.iter().map(|group| group.id.0).collect();
    let mut items: Vec<_> = page.groups.iter().map(|group| wire::group(group, &listing.selection)).collect();
    listing.selection.attach_added(&server, caller.tenant, &ids, &mut items).await?;
    expansions.attach(&server, &caller, &ids, &mut items).await?;
    Ok(listing.answer(&server, caller.tenant, "groups", items, (page.count, page.next)))
}

/// `GET /groups/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let count = Count::with_added(&server, caller.tenant, &GROUP, &uri, &headers).await?;
    Ok(resource::number(operations::count(&server, &caller, &count).await?))
}

/// `GET /groups/{id}` and `GET /groups(uniqueName='..')`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (selection, expansions) = Expansions::of_one(&server, caller.tenant, &GROUP, &uri, &headers).await?;
    let (group, sight) = operations::see(&mut server.read().await?, &caller, &key).await?;
    let mut body = [match sight {
        Sight::Whole => wire::group(&group, &selection),
        Sight::Id => selection.hidden(group.id.0),
    }];
    if sight == Sight::Whole {
        selection.attach_added(&server, caller.tenant, &[group.id.0], &mut body).await?;
    }
    expansions.attach(&server, &caller, &[group.id.0], &mut body).await?;
    let [body] = body;
    Ok(resource::entity(&server, StatusCode::OK, &format!("{}/$entity", selection.context("groups")), body))
}
