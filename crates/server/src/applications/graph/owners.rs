//! `owners/$ref` of applications.

use super::Segments;
use crate::Server;
use crate::applications::operations::{self, Key};
use crate::graph::body::UnreadBody;
use crate::graph::{Caller, Error, Reference, resource};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use std::sync::Arc;
use uuid::Uuid;

/// `POST /applications/{id}/owners/$ref`. The body is read when it is known that the caller may change the application.
pub async fn add(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: UnreadBody,
) -> Result<Response, Error> {
    operations::get_to_write(&mut server.read().await?, &caller, key).await?;
    let object = Reference::read(body.object()?)?;
    let mut tx = server.write().await?;
    let application = operations::get_to_write(&mut tx, &caller, key).await?;
    let owned = (application.id.into(), application.display_name.as_str());
    operations::add_owner(&mut tx, &server, &caller, owned, object).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// `DELETE /applications/{id}/owners/{id}/$ref`
pub async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
) -> Result<Response, Error> {
    let owner = segments.get(1);
    take_away(&server, &caller, key, || owner.parse().map_err(|_| Error::not_found(owner))).await
}

/// `DELETE /applications/{id}/owners/$ref?@id={address}`
pub async fn remove_named(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
) -> Result<Response, Error> {
    take_away(&server, &caller, key, || Ok(Reference::read_option(&uri)?.id)).await
}

/// Which owner is meant is read when it is known that the caller may change the application.
async fn take_away(
    server: &Server,
    caller: &Caller,
    key: Key,
    owner: impl FnOnce() -> Result<Uuid, Error> + Send,
) -> Result<Response, Error> {
    let mut tx = server.write().await?;
    let application = operations::get_to_write(&mut tx, caller, key).await?;
    let owned = (application.id.into(), application.display_name.as_str());
    operations::remove_owner(&mut tx, server, caller, owned, owner()?).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}
