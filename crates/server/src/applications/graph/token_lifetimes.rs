//! `tokenLifetimePolicies` of applications: how long tokens that are for the app are good.

use super::Segments;
use crate::Server;
use crate::applications::Application;
use crate::applications::operations::{self, Key};
use crate::changes::Kind;
use crate::graph::body::Sent;
use crate::graph::{Caller, Error, resource};
use crate::token_lifetimes::{self, Object, operations as lifetimes};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use std::sync::Arc;

fn object(application: &Application) -> Object {
    (Kind::Application, application.id.0)
}

/// `GET /applications/{id}/tokenLifetimePolicies`: it is for those who may change the application, as Graph has it.
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    let application = operations::get_to_write(&mut tx, &caller, key).await?;
    let held = lifetimes::held(&mut tx, &caller, object(&application)).await?;
    drop(tx);
    let owner = format!("applications('{}')", application.id);
    token_lifetimes::answer_held(&server, caller.tenant, &owner, (&uri, &headers), held.as_ref())
}

/// `POST /applications/{id}/tokenLifetimePolicies/$ref`. The body is read when it is known that the caller may.
pub async fn add(State(server): State<Arc<Server>>, caller: Caller, key: Key, body: Sent) -> Result<Response, Error> {
    operations::get_to_write(&mut server.read().await?, &caller, key).await?;
    lifetimes::check_may_give(&caller)?;
    let policy = token_lifetimes::read_reference(body.object()?)?;
    let mut tx = server.write().await?;
    let application = operations::get_to_write(&mut tx, &caller, key).await?;
    let about = (object(&application), operations::target(&application));
    lifetimes::give(&mut tx, &server, &caller, about, policy).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// `DELETE /applications/{id}/tokenLifetimePolicies/{id}/$ref`
pub async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
) -> Result<Response, Error> {
    let mut tx = server.write().await?;
    let application = operations::get_to_write(&mut tx, &caller, key).await?;
    let about = (object(&application), operations::target(&application));
    lifetimes::take(&mut tx, &server, &caller, about, segments.get(1)).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}
