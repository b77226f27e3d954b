//! Objects by their ids alone.

use super::ask::take_ids;
use super::wire;
use crate::Server;
use crate::changes::Kind;
use crate::directory_objects::directory_object::Cast;
use crate::directory_objects::operations;
use crate::directory_objects::selection;
use crate::graph::body::Object;
use crate::graph::page::Page;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, Segment, etag, resource};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use std::sync::Arc;

/// Ids one question may name (Graph: directoryObjects/getByIds).
const AT_ONCE: usize = 1000;

/// `GET /directoryObjects/{id}`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    let object = operations::find(&server, &caller, &id).await?;
    let selection = Selection::of_one(selection::linked(None), &uri)?;
    let context = format!("{}/$entity", selection.context("directoryObjects"));
    let mut written = wire::objects(&server, caller.tenant, &[object], &selection).await?;
    Ok(resource::entity(&server, StatusCode::OK, &context, written.pop().unwrap_or_default()))
}

/// `DELETE /directoryObjects/{id}`
pub async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::delete(&server, &caller, &id, etag::if_match(&headers)?).await?;
    Ok(resource::no_content())
}

/// `POST /directoryObjects/getByIds`
pub async fn by_ids(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    mut body: Object,
) -> Result<Response, Error> {
    operations::find_all(&server, &caller, &[], None).await?;
    let ids = take_ids(&mut body, "ids", AT_ONCE)?;
    let types: Option<Vec<String>> = body.take("types")?;
    body.finish()?;
    let kinds = types.as_deref().and_then(kinds);
    let selection = Selection::of_one(selection::linked(None), &uri)?;
    let objects = operations::find_all(&server, &caller, &ids, kinds.as_deref()).await?;
    let items = wire::objects(&server, caller.tenant, &objects, &selection).await?;
    Ok(Page { context: selection.context("directoryObjects"), items, count: None, next: None }.respond(&server))
}

/// The kinds that are meant; all of them for `directoryObject`. Types of which there are no objects here add none.
fn kinds(types: &[String]) -> Option<Vec<Kind>> {
    if types.is_empty() || types.iter().any(|name| name == "directoryObject") {
        return None;
    }
    let kind = |name: &String| match Cast::parse(&format!("microsoft.graph.{name}")) {
        Some(Cast::Kind(kind)) => Some(kind),
        Some(Cast::Role) | None => None,
    };
    Some(types.iter().filter_map(kind).collect())
}
