//! Files that organisations give to their pages, under addresses that change with what they hold.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

/// A file: its type, its bytes, and what its address says when it is the newest.
pub type File = (HeaderValue, Vec<u8>, String);

/// The query of such an address.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// The version, which changes with the content.
    v: Option<String>,
}

/// The version that an address says; nothing where it says none.
pub fn asked(wanted: Result<Query<Wanted>, QueryRejection>) -> Option<String> {
    wanted.ok().and_then(|Query(wanted)| wanted.v)
}

/// The file, so that no browser takes it for anything else. The newest version under its own address stays as it is for ever; under
/// another one it is asked for again.
pub fn send((content_type, content, newest): File, version: Option<&str>) -> Response {
    let keeping = if version == Some(newest.as_str()) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, HeaderValue::from_static(keeping)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    (headers, content).into_response()
}
