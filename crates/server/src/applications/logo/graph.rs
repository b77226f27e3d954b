//! The logo of an application on the wire: a stream of bytes.

use super::operations;
use super::picture::LARGEST;
use crate::Server;
use crate::applications::Key;
use crate::graph::query::check_plain;
use crate::graph::{Caller, Error, resource};
use crate::web::Routes;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

pub(super) fn routes() -> Routes {
    Routes::new().route("/v1.0/applications/{application}/logo", get(read).put(put).delete(remove))
}

/// `GET /applications/{id}/logo`
async fn read(State(server): State<Arc<Server>>, caller: Caller, key: Key, uri: Uri) -> Result<Response, Error> {
    let logo = operations::find(&server, &caller, key).await?;
    check_plain(&uri)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(logo.media_type())),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, logo.content).into_response())
}

/// `PUT /applications/{id}/logo`: the file as it is, whatever the header calls it.
async fn put(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let content = sent.map_err(|rejection| {
        let message = format!("A logo has at most {LARGEST} bytes.");
        Error::new(rejection.status(), "Request_BadRequest", message).caused_by(rejection)
    })?;
    operations::put(&server, &caller, key, content.to_vec(), None).await?;
    Ok(resource::no_content())
}

/// `DELETE /applications/{id}/logo`
async fn remove(State(server): State<Arc<Server>>, caller: Caller, key: Key) -> Result<Response, Error> {
    operations::remove(&server, &caller, key, None).await?;
    Ok(resource::no_content())
}
