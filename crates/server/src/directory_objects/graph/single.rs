//! One object that hangs on a group, as an object of its type: `members/{id}/microsoft.graph.user`.

use super::wire;
use crate::Server;
use crate::directory_objects::directory_object::{Cast, View};
use crate::directory_objects::operations::{self, Subject};
use crate::directory_objects::selection;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, Segments, resource};
use crate::groups::Relation;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use std::sync::Arc;

/// `GET /groups/{id}/members/{id}/{type}`
pub async fn member(
    State(server): State<Arc<Server>>,
    caller: Caller,
    group: Subject,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    read(&server, &caller, (&group, Relation::Members), &segments, &uri).await
}

/// `GET /groups/{id}/owners/{id}/{type}`
pub async fn owner(
    State(server): State<Arc<Server>>,
    caller: Caller,
    group: Subject,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    read(&server, &caller, (&group, Relation::Owners), &segments, &uri).await
}

async fn read(
    server: &Server,
    caller: &Caller,
    (group, relation): (&Subject, Relation),
    segments: &Segments,
    uri: &Uri,
) -> Result<Response, Error> {
    let group = group.find_group(server, caller).await?;
    let (id, cast) = (segments.get(1), segments.get(2));
    let unknown = || Error::bad_request(format!("Resource not found for the segment '{cast}'."));
    let cast = Cast::parse(cast).ok_or_else(unknown)?;
    let selection = Selection::of_one(selection::linked(Some(cast)), uri)?;
    View::of(caller).check_activity(&selection)?;
    let object = operations::find_linked(server, caller, (relation, group), (cast, id)).await?;
    let context = format!("{}/$entity", selection.context(cast.set()));
    let mut written = wire::objects(server, caller.tenant, &[object], &selection).await?;
    Ok(resource::entity(server, StatusCode::OK, &context, written.pop().unwrap_or_default()))
}
