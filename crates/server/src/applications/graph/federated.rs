//! Identities elsewhere that apps trust, on the wire (Graph: federatedIdentityCredential).

use super::belonging::{self, entity};
use crate::Server;
use crate::applications::FederatedChanges;
use crate::applications::operations::{self, CredentialKey, Key};
use crate::applications::resource::FEDERATED_CREDENTIAL;
use crate::graph::body::{Object, UnreadBody};
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, Segments, resource};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use std::sync::Arc;

/// `GET /applications/{id}/federatedIdentityCredentials/{id | name}`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let selection = Selection::of_one(&FEDERATED_CREDENTIAL, &uri)?;
    let which = CredentialKey::parse(segments.get(1));
    let found = operations::get_federated(&mut server.read().await?, &caller, key, &which).await?;
    Ok(entity(&server, StatusCode::OK, &found, &selection))
}

/// `POST /applications/{id}/federatedIdentityCredentials`. The body is read when it is known that the caller may change the
/// application.
pub async fn add(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: UnreadBody,
) -> Result<Response, Error> {
    operations::get_to_write(&mut server.read().await?, &caller, key).await?;
    let new = read(body.object()?)?;
    let mut tx = server.write().await?;
    let added = operations::add_federated(&mut tx, &server, &caller, key, new).await?;
    tx.commit().await?;
    let path = belonging::address(&added);
    let whole = entity(&server, StatusCode::CREATED, &added, &Selection::default_of(&FEDERATED_CREDENTIAL));
    Ok(resource::located(&server, &path, whole))
}

/// `PATCH /applications/{id}/federatedIdentityCredentials/{id | name}`
pub async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
    body: UnreadBody,
) -> Result<Response, Error> {
    let which = CredentialKey::parse(segments.get(1));
    let held = operations::get_federated_to_write(&mut server.read().await?, &caller, (key, &which)).await?;
    let mut body = body.object()?;
    body.take_own_id(&held.id)?;
    let changes = read(body)?;
    let mut tx = server.write().await?;
    operations::change_federated(&mut tx, &server, &caller, (key, &which), changes).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// `DELETE /applications/{id}/federatedIdentityCredentials/{id | name}`
pub async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
) -> Result<Response, Error> {
    let which = CredentialKey::parse(segments.get(1));
    let mut tx = server.write().await?;
    operations::remove_federated(&mut tx, &server, &caller, (key, &which)).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

fn read(mut body: Object) -> Result<FederatedChanges, Error> {
    let changes = FederatedChanges {
        name: body.take_not_null("name")?,
        issuer: body.take_not_null("issuer")?,
        subject: body.take_not_null("subject")?,
        audiences: body.take_not_null("audiences")?,
        description: body.take_change("description")?,
    };
    body.finish()?;
    Ok(changes)
}
