//! Adding and removing secrets (Graph: servicePrincipal: addPassword, removePassword).

use crate::Server;
use crate::applications;
use crate::graph::body::Object;
use crate::graph::{Caller, Error, resource};
use crate::service_principals::operations::{self, Key};
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// `POST /servicePrincipals/{id}/addPassword`
pub async fn add(State(server): State<Arc<Server>>, caller: Caller, key: Key, body: Object) -> Result<Response, Error> {
    operations::find_to_write(&mut server.read().await?, &caller, key).await?;
    let new = applications::read_new_secret(body)?;
    let mut tx = server.write().await?;
    let added = operations::add_secret(&mut tx, &server, &caller, key, new).await?;
    tx.commit().await?;
    Ok(applications::added_secret(&server, &added))
}

/// `POST /servicePrincipals/{id}/removePassword`
pub async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: Object,
) -> Result<Response, Error> {
    let secret = applications::read_secret_id(body)?;
    let mut tx = server.write().await?;
    operations::remove_secret(&mut tx, &server, &caller, key, secret).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}
