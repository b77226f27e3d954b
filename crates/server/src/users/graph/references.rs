//! The addresses of those who stand in a relation to a user, instead of themselves (OData 4.01 Protocol, section 11.2.8).

use super::read::own_key;
use super::related::sponsors_of;
use crate::Server;
use crate::graph::query::{Few, check_plain};
use crate::graph::{Caller, Error, resource};
use crate::users::USER;
use crate::users::operations::{self, Key, Relation};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// `GET /users/{id}/manager/$ref`
pub async fn manager(State(server): State<Arc<Server>>, caller: Caller, uri: Uri, key: Key) -> Result<Response, Error> {
    check_plain(&uri)?;
    let found = operations::related(&server, &caller, &key, Relation::Manager, (1, false)).await?;
    let manager = found.users.first().ok_or_else(|| Error::not_found("manager"))?;
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
    headers: HeaderMap,
    key: Key,
) -> Result<Response, Error> {
    let few = Few::read(&USER, &uri, &headers)?.in_their_order();
    let sponsors = sponsors_of(&server, &caller, &key, &few).await?;
    few.answer_addresses(&server, caller.tenant, sponsors)
}

/// `GET /me/sponsors/$ref`
pub async fn own_sponsors(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    sponsors(State(server), caller, uri, headers, key).await
}

/// The address of an object alone (OData 4.01 JSON, section 14: references).
fn address(server: &Server, id: Uuid) -> Map<String, Value> {
    let address = format!("{}/v1.0/directoryObjects/{id}", server.settings.public_address());
    Map::from_iter([("@odata.id".to_owned(), json!(address))])
}
