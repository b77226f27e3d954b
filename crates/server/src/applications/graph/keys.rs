//! Certificates on the wire (Graph: keyCredential, application: addKey, removeKey).

use super::{instant, wire};
use crate::Server;
use crate::applications::NewKey;
use crate::applications::operations::{self, Key, Wanted};
use crate::graph::body::Object;
use crate::graph::{Caller, Error, resource};
use crate::platform::ids::KeyId;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};
use std::sync::Arc;

const PROPERTY: &str = "keyCredentials";

/// `POST /applications/{id}/addKey`
pub async fn add(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    mut body: Object,
) -> Result<Response, Error> {
    operations::get_to_write(&mut server.read().await?, &caller, key).await?;
    let wanted = Object(required(body.take("keyCredential")?, "keyCredential")?);
    let proof: String = required(body.take("proof")?, "proof")?;
    body.take::<Value>("passwordCredential")?;
    body.finish()?;
    let Wanted::New(new) = read_one(wanted)? else {
        return Err(Error::invalid_property("keyCredential", "key is required"));
    };
    let mut tx = server.write().await?;
    operations::check_proof(&mut tx, &server, &caller, key, &proof).await?;
    let added = operations::add_key(&mut tx, &server, &caller, key, new).await?;
    tx.commit().await?;
    let body = wire::certificate(&added, false);
    Ok(resource::entity(&server, StatusCode::OK, "microsoft.graph.keyCredential", body))
}

/// `POST /applications/{id}/removeKey`
pub async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    mut body: Object,
) -> Result<Response, Error> {
    operations::get_to_write(&mut server.read().await?, &caller, key).await?;
    let id: KeyId = required(body.take("keyId")?, "keyId")?;
    let proof: String = required(body.take("proof")?, "proof")?;
    body.finish()?;
    let mut tx = server.write().await?;
    operations::check_proof(&mut tx, &server, &caller, key, &proof).await?;
    operations::remove_key(&mut tx, &server, &caller, key, id).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// `keyCredentials` of a registration that is made or changed: the whole collection.
pub fn read_all(body: &mut Object) -> Result<Option<Vec<Wanted>>, Error> {
    let Some(entries) = body.take_not_null::<Vec<Map<String, Value>>>(PROPERTY)? else { return Ok(None) };
    entries.into_iter().map(|entry| read_one(Object(entry))).collect::<Result<_, _>>().map(Some)
}

/// An entry with a key is new; one without is the one of its id.
fn read_one(mut entry: Object) -> Result<Wanted, Error> {
    let is = |value: Option<String>, known: &str| value.is_none_or(|value| value == known);
    if !is(entry.take("type")?, "AsymmetricX509Cert") || !is(entry.take("usage")?, "Verify") {
        let problem = "only certificates (AsymmetricX509Cert) to verify with are kept (Verify)";
        return Err(Error::invalid_property(PROPERTY, problem));
    }
    // The thumbprint; it is computed.
    entry.take::<String>("customKeyIdentifier")?;
    let id: Option<KeyId> = entry.take("keyId")?;
    let certificate: Option<String> = entry.take("key")?;
    let new = NewKey {
        display_name: entry.take("displayName")?,
        starts_at: instant(&mut entry, "startDateTime")?,
        ends_at: instant(&mut entry, "endDateTime")?,
        certificate: certificate.clone().unwrap_or_default(),
    };
    entry.finish()?;
    match (certificate, id) {
        (Some(_), _) => Ok(Wanted::New(new)),
        (None, Some(id)) => Ok(Wanted::Kept(id)),
        (None, None) => Err(Error::invalid_property(PROPERTY, "key is required")),
    }
}

fn required<T>(value: Option<T>, name: &'static str) -> Result<T, Error> {
    value.ok_or_else(|| Error::invalid_property(name, "it is required"))
}
