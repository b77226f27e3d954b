//! `members/$ref` and `owners/$ref`.

use super::Segments;
use crate::Server;
use crate::graph::body::UnreadBody;
use crate::graph::{Caller, Error, Reference, resource};
use crate::groups::Relation;
use crate::groups::change::Named;
use crate::groups::operations::{self, Key};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use std::sync::Arc;

/// `POST /groups/{id}/members/$ref`
pub async fn add_member(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: UnreadBody,
) -> Result<Response, Error> {
    add(&server, &caller, &key, Relation::Members, &body).await
}

/// `POST /groups/{id}/owners/$ref`
pub async fn add_owner(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: UnreadBody,
) -> Result<Response, Error> {
    add(&server, &caller, &key, Relation::Owners, &body).await
}

/// `DELETE /groups/{id}/members/{id}/$ref`
pub async fn remove_member(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
) -> Result<Response, Error> {
    remove(&server, &caller, &key, Relation::Members, segments.get(1)).await
}

/// `DELETE /groups/{id}/owners/{id}/$ref`
pub async fn remove_owner(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
) -> Result<Response, Error> {
    remove(&server, &caller, &key, Relation::Owners, segments.get(1)).await
}

/// `DELETE /groups/{id}/members/$ref?@id={address}`
pub async fn remove_named_member(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
) -> Result<Response, Error> {
    remove_named(&server, &caller, &key, Relation::Members, &uri).await
}

/// `DELETE /groups/{id}/owners/$ref?@id={address}`
pub async fn remove_named_owner(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
) -> Result<Response, Error> {
    remove_named(&server, &caller, &key, Relation::Owners, &uri).await
}

/// The body is read when it is known that the caller may change the group.
async fn add(
    server: &Server,
    caller: &Caller,
    key: &Key,
    relation: Relation,
    body: &UnreadBody,
) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    operations::get_to_change(&mut tx, caller, key, relation.permissions()).await?;
    drop(tx);
    let Reference { set, id } = Reference::read(body.object()?)?;
    operations::add(server, caller, key, relation, Named { set, id }).await?;
    Ok(resource::no_content())
}

async fn remove(
    server: &Server,
    caller: &Caller,
    key: &Key,
    relation: Relation,
    object: &str,
) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    operations::get_to_change(&mut tx, caller, key, relation.permissions()).await?;
    drop(tx);
    let object = object.parse().map_err(|_| Error::not_found(object))?;
    operations::remove(server, caller, key, relation, object).await?;
    Ok(resource::no_content())
}

/// Which object is meant is read when it is known that the caller may change the group.
async fn remove_named(
    server: &Server,
    caller: &Caller,
    key: &Key,
    relation: Relation,
    uri: &Uri,
) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    operations::get_to_change(&mut tx, caller, key, relation.permissions()).await?;
    drop(tx);
    let Reference { id, .. } = Reference::read_option(uri)?;
    operations::remove(server, caller, key, relation, id).await?;
    Ok(resource::no_content())
}
