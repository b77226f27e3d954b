//! `owners/$ref` of applications.

use super::Segments;
use crate::Server;
use crate::applications::operations::{self, Key};
use crate::graph::body::Sent;
use crate::graph::{Caller, Error, Reference, resource};
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// `POST /applications/{id}/owners/$ref`. The body is read when it is known that the caller may change the application.
pub async fn add(State(server): State<Arc<Server>>, caller: Caller, key: Key, body: Sent) -> Result<Response, Error> {
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
    let mut tx = server.write().await?;
    let application = operations::get_to_write(&mut tx, &caller, key).await?;
    let owner = segments.get(1).parse().map_err(|_| Error::not_found(segments.get(1)))?;
    operations::remove_owner(&mut tx, &server, &caller, (application.id.into(), &application.display_name), owner)
        .await?;
    tx.commit().await?;
    Ok(resource::no_content())
}
