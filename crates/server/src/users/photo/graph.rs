//! Pictures on the wire: what is known about one, and `$value`, the file.

use super::{LARGEST, Photo};
use crate::Server;
use crate::graph::query::{Property, Resource, Selection, check_plain};
use crate::graph::{Caller, Error, etag, resource};
use crate::users::UserError;
use crate::users::operations::Key;
use crate::web::Routes;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, json};
use std::sync::Arc;

/// What may be selected of a picture.
static PHOTO: Resource = Resource {
    type_name: "profilePhoto",
    id: "id",
    properties: &[
        Property::new("height").by_default(),
        Property::new("id").by_default(),
        Property::new("width").by_default(),
    ],
};

/// What is known about a picture follows from the file, so that PUT and PATCH take the file at both addresses.
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/me/photo", get(own).put(put_own).patch(put_own).delete(remove_own))
        .route("/v1.0/me/photo/$value", get(own_file).put(put_own).patch(put_own).delete(remove_own))
        .route("/v1.0/users/{user}/photo", get(one).put(put).patch(put).delete(remove))
        .route("/v1.0/users/{user}/photo/$value", get(file).put(put).patch(put).delete(remove))
}

fn own_key(caller: &Caller) -> Result<Key, Error> {
    Ok(caller.user().map(|person| Key::Id(person.id)).ok_or(UserError::NoPerson)?)
}

/// `GET /users/{id}/photo`
async fn one(State(server): State<Arc<Server>>, caller: Caller, uri: Uri, key: Key) -> Result<Response, Error> {
    let selection = Selection::of_one(&PHOTO, &uri)?;
    let photo = super::find(&server, &caller, &key).await?;
    let mut body = Map::new();
    body.insert("@odata.mediaContentType".to_owned(), json!(photo.media_type));
    body.insert("@odata.mediaEtag".to_owned(), json!(etag::of(photo.version)));
    for name in selection.names() {
        let value = match *name {
            "height" => json!(photo.height),
            "width" => json!(photo.width),
            _ => json!(format!("{}X{}", photo.width, photo.height)),
        };
        body.insert((*name).to_owned(), value);
    }
    let context = format!("users('{}')/photo/$entity", photo.user_id);
    Ok(resource::entity(&server, StatusCode::OK, &context, body))
}

/// `GET /me/photo`
async fn own(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    one(State(server), caller, uri, key).await
}

/// `GET /users/{id}/photo/$value`
async fn file(State(server): State<Arc<Server>>, caller: Caller, uri: Uri, key: Key) -> Result<Response, Error> {
    check_plain(&uri)?;
    Ok(as_file(super::find(&server, &caller, &key).await?))
}

/// A picture as a file that no browser takes for anything else.
pub fn as_file(photo: Photo) -> Response {
    let Photo { media_type, content, version, .. } = photo;
    let kind = if media_type == "image/png" { "image/png" } else { "image/jpeg" };
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A number in quotation marks can always stand in a header.
    if let Ok(tag) = HeaderValue::from_str(&etag::of(version)) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// `GET /me/photo/$value`
async fn own_file(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    file(State(server), caller, uri, key).await
}

/// `PUT /users/{id}/photo/$value`, and PATCH: the file as it is, whatever the header calls it.
async fn put(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let content = sent.map_err(|rejection| {
        let message = format!("A picture has at most {LARGEST} bytes.");
        Error::new(rejection.status(), "Request_BadRequest", message).caused_by(rejection)
    })?;
    super::put(&server, &caller, &key, content.to_vec(), None).await?;
    Ok(resource::no_content())
}

/// `PUT /me/photo/$value`
async fn put_own(
    State(server): State<Arc<Server>>,
    caller: Caller,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    put(State(server), caller, key, sent).await
}

/// `DELETE /users/{id}/photo/$value`
async fn remove(State(server): State<Arc<Server>>, caller: Caller, key: Key) -> Result<Response, Error> {
    super::remove(&server, &caller, &key, None).await?;
    Ok(resource::no_content())
}

/// `DELETE /me/photo/$value`
async fn remove_own(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    remove(State(server), caller, key).await
}
