//! Answers in the wire format: context, content type, request ids.

use super::etag;
use crate::Server;
use crate::platform::request::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

/// The content type Microsoft Graph answers with.
const CONTENT_TYPE: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// Bytes that most answers fit into.
const BODY: usize = 1024;

/// One entity: `context` is the part after `$metadata#`, such as `users/$entity`. Its tag is a header too.
pub fn entity(server: &Server, status: StatusCode, context: &str, body: Map<String, Value>) -> Response {
    let mut object = Map::with_capacity(body.len() + 1);
    object.insert("@odata.context".to_owned(), context_url(server, context).into());
    let tag = body.get(etag::PROPERTY).and_then(Value::as_str).and_then(|tag| HeaderValue::from_str(tag).ok());
    object.extend(body);
    let mut response = json(status, &Value::Object(object));
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// `{base}/v1.0/$metadata#{context}`, or `/beta` where that was asked.
pub fn context_url(server: &Server, context: &str) -> String {
    let version = if Request::is_of_beta() { "beta" } else { "v1.0" };
    format!("{}/{version}/$metadata#{context}", server.settings.public_address())
}

/// A JSON answer with the headers of the API.
pub fn json(status: StatusCode, body: &Value) -> Response {
    let mut text = Vec::with_capacity(BODY);
    // Keys are strings and writing to memory does not fail.
    if serde_json::to_writer(&mut text, body).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let mut response = (status, text).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    with_headers(response)
}

/// The members of a JSON object, as `json!` writes one; none of anything else.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// How many objects there are, as a text (`/$count`).
pub fn number(count: i64) -> Response {
    ([(header::CONTENT_TYPE, "text/plain;charset=utf-8")], count.to_string()).into_response()
}

/// 204, the answer to a change.
pub fn no_content() -> Response {
    with_headers(StatusCode::NO_CONTENT.into_response())
}

/// The answer to an entity that was made: 201, and where it is (`OData` 4.01 Protocol, section 8.3.3). `set` is the path of its set,
/// such as `/v1.0/subscriptions`; the entity has an `id`.
pub fn created(server: &Server, set: &str, context: &str, body: Map<String, Value>) -> Response {
    let id = body.get("id").and_then(Value::as_str).unwrap_or_default();
    let path = format!("{set}/{id}");
    located(server, &path, entity(server, StatusCode::CREATED, context, body))
}

/// An answer with where the entity is that was made: its path below the public address.
pub fn located(server: &Server, path: &str, mut response: Response) -> Response {
    // An address of ours and an id can always stand in a header.
    if let Ok(address) = HeaderValue::try_from(format!("{}{path}", server.settings.public_address())) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}

fn with_headers(mut response: Response) -> Response {
    let request = Request::current();
    let headers = response.headers_mut();
    headers.insert("odata-version", HeaderValue::from_static("4.0"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // An id can always stand in a header.
    if let Ok(id) = HeaderValue::from_str(&request.correlation.to_string()) {
        headers.insert("request-id", id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_object_has_its_members_and_nothing_else_has_any() {
        assert_eq!(object(json!({ "id": 1, "none": null })).keys().collect::<Vec<_>>(), ["id", "none"]);
        for other in [json!(null), json!([{ "id": 1 }]), json!("id")] {
            assert!(object(other).is_empty());
        }
    }
}
