//! Adding and removing secrets (Graph: servicePrincipal: addPassword, removePassword).

use crate::Server;
use crate::applications;
use crate::graph::body::Object;
use crate::graph::{Caller, Error, resource};
use crate::service_principals::operations::{self, Key};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;

/// `POST /servicePrincipals/{id}/addPassword`: the only answer that carries `secretText`.
pub async fn add(State(server): State<Arc<Server>>, caller: Caller, key: Key, body: Object) -> Result<Response, Error> {
    operations::find_to_write(&mut server.read().await?, &caller, key).await?;
    let new = applications::read_new_secret(body)?;
    let mut tx = server.write().await?;
    let added = operations::add_secret(&mut tx, &server, &caller, key, new).await?;
    tx.commit().await?;
    let mut body = applications::wire::secret(&added.credential);
    body.insert("secretText".to_owned(), Value::String(added.text.to_string()));
    Ok(resource::entity(&server, StatusCode::OK, "microsoft.graph.passwordCredential", body))
}

/// `POST /servicePrincipals/{id}/removePassword`
pub async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    mut body: Object,
) -> Result<Response, Error> {
    let secret = body.take("keyId")?.ok_or_else(|| Error::invalid_property("keyId", "it is required"))?;
    body.finish()?;
    let mut tx = server.write().await?;
    operations::remove_secret(&mut tx, &server, &caller, key, secret).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}
