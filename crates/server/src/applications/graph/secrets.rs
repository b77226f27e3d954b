//! Adding and removing secrets (Graph: application: addPassword, removePassword).

use super::{instant, wire};
use crate::Server;
use crate::applications::operations::{self, Key};
use crate::applications::{AddedSecret, NewSecret};
use crate::graph::body::Object;
use crate::graph::{Caller, Error, resource};
use crate::platform::ids::KeyId;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};
use std::sync::Arc;

/// `POST /applications/{id}/addPassword`
pub async fn add(State(server): State<Arc<Server>>, caller: Caller, key: Key, body: Object) -> Result<Response, Error> {
    operations::get_to_write(&mut server.read().await?, &caller, key).await?;
    let new = read_new_secret(body)?;
    let mut tx = server.write().await?;
    let added = operations::add_secret(&mut tx, &server, &caller, key, new).await?;
    tx.commit().await?;
    Ok(added_secret(&server, &added))
}

/// `POST /applications/{id}/removePassword`
pub async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: Object,
) -> Result<Response, Error> {
    let secret = read_secret_id(body)?;
    let mut tx = server.write().await?;
    operations::remove_secret(&mut tx, &server, &caller, key, secret).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// A secret that was added: the only answer that carries `secretText`.
pub fn added_secret(server: &Server, added: &AddedSecret) -> Response {
    let mut body = wire::secret(&added.credential);
    body.insert("secretText".to_owned(), Value::String(added.text.to_string()));
    resource::entity(server, StatusCode::OK, "microsoft.graph.passwordCredential", body)
}

/// The body of `removePassword`.
pub fn read_secret_id(mut body: Object) -> Result<KeyId, Error> {
    let secret = body.take("keyId")?.ok_or_else(|| Error::invalid_property("keyId", "it is required"))?;
    body.finish()?;
    Ok(secret)
}

/// The body of `addPassword`. Our secrets are made by us: a text that is sent is refused, like everything else that is not served.
pub fn read_new_secret(mut body: Object) -> Result<NewSecret, Error> {
    let mut wanted = Object(body.take::<Map<String, Value>>("passwordCredential")?.unwrap_or_default());
    body.finish()?;
    let new = NewSecret {
        display_name: wanted.take("displayName")?,
        starts_at: instant(&mut wanted, "startDateTime")?,
        ends_at: instant(&mut wanted, "endDateTime")?,
    };
    wanted.finish()?;
    Ok(new)
}
