//! Reading groups.

use super::wire;
use crate::Server;
use crate::graph::page::Page;
use crate::graph::query::{Count, Listing, Selection};
use crate::graph::{Caller, Error, resource};
use crate::groups::operations::{self, Key, Sight};
use crate::groups::{GROUP, Group};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use std::sync::Arc;

/// `GET /groups`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let listing = Listing::read(&server, caller.tenant, &GROUP, &uri, &headers)?;
    let page = operations::list(&server, &caller, &listing).await?;
    let items = page.groups.iter().map(|group| wire::group(group, &listing.selection)).collect();
    let next = page.next.map(|place| listing.next_link(&server, caller.tenant, &place));
    Ok(Page { context: listing.selection.context("groups"), items, count: page.count, next }.respond(&server))
}

/// `GET /groups/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let count = operations::count(&server, &caller, &Count::read(&GROUP, &uri, &headers)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain;charset=utf-8")], count.to_string()).into_response())
}

/// `GET /groups/{id}` and `GET /groups(uniqueName='..')`
pub async fn one(State(server): State<Arc<Server>>, caller: Caller, key: Key, uri: Uri) -> Result<Response, Error> {
    let selection = Selection::of_one(&GROUP, &uri)?;
    let (group, sight) = operations::see(&mut server.read().await?, &caller, &key).await?;
    Ok(entity(&server, StatusCode::OK, &group, sight, &selection))
}

/// One group as an answer.
pub fn entity(server: &Server, status: StatusCode, group: &Group, sight: Sight, selection: &Selection) -> Response {
    let context = format!("{}/$entity", selection.context("groups"));
    let body = match sight {
        Sight::Whole => wire::group(group, selection),
        Sight::Id => Map::from_iter([("id".to_owned(), json!(group.id))]),
    };
    resource::entity(server, status, &context, body)
}
