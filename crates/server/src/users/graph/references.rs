//! The addresses of those who stand in a relation to a user, instead of themselves (OData 4.01 Protocol, section 11.2.8).

use super::read::own_key;
use crate::Server;
use crate::graph::page::Page;
use crate::graph::query::check_plain;
use crate::graph::{Caller, Error, resource};
use crate::users::operations::{self, Key, Relation};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// `GET /users/{id}/manager/$ref`
pub async fn manager(State(server): State<Arc<Server>>, caller: Caller, uri: Uri, key: Key) -> Result<Response, Error> {
    check_plain(&uri)?;
    let (found, _) = operations::related(&server, &caller, &key, Relation::Manager, None, 1).await?;
    let manager = found.first().ok_or_else(|| Error::not_found("manager"))?;
    Ok(resource::entity(&server, StatusCode::OK, "$ref", address(&server, manager.id.0)))
}

/// `GET /me/manager/$ref`
pub async fn own_manager(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    manager(State(server), caller, uri, key).await
}

/// `GET /users/{id}/sponsors/$ref`
pub async fn sponsors(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    key: Key,
) -> Result<Response, Error> {
    check_plain(&uri)?;
    let (found, _) = operations::related(&server, &caller, &key, Relation::Sponsors, None, 0).await?;
    let groups = operations::sponsoring_groups(&server, &caller, &key).await?;
    let ids = found.iter().map(|user| user.id.0).chain(groups.iter().map(|group| group.id.0));
    let items = ids.map(|id| address(&server, id)).collect();
    Ok(Page { context: "directoryObjects".to_owned(), items, count: None, next: None }.respond(&server))
}

/// `GET /me/sponsors/$ref`
pub async fn own_sponsors(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    sponsors(State(server), caller, uri, key).await
}

/// The address of an object alone (OData 4.01 JSON, section 14: references).
fn address(server: &Server, id: Uuid) -> Map<String, Value> {
    let address = format!("{}/v1.0/directoryObjects/{id}", server.settings.public_address());
    Map::from_iter([("@odata.id".to_owned(), json!(address))])
}
