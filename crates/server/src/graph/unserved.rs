//! What is not served, answered in the envelope of the API.

use super::Error;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// Where the API lives.
const ROOTS: [&str; 3] = ["/v1.0", "/beta", "/vestibule"];

/// A path of the API that no feature serves.
pub fn path(uri: &Uri) -> Response {
    let segment = uri.path().rsplit('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let message = format!("Resource not found for the segment '{segment}'.");
    Error::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message).into_response()
}

/// A method that is not served on a path that is.
pub fn method() -> Response {
    let message = "Specified HTTP method is not allowed for the request target.";
    Error::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", message).into_response()
}

/// An address that names nothing, because it holds U+0000.
pub fn address() -> Response {
    Error::bad_request("The address of the request holds U+0000.").into_response()
}

/// Whether a program is asking, not a person.
pub fn is_api(path: &str) -> bool {
    ROOTS.iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}
