//! The page for a request that could not be read at all.

use super::answer;
use super::pages::Problem;
use super::reader::Reader;
use super::shell::Outside;
use crate::Server;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;

/// Says that the address or form makes no sense. A client error of the framework keeps its status only where the
/// status tells something more: 413 that the form is too large, 405 that the method is wrong.
pub fn page(server: &Server, reader: &Reader, status: StatusCode) -> Response {
    let outside = Outside::nobody(reader.language(None, None));
    let mut response = answer::problem(outside, Problem::BadRequest, server.clock.now());
    if matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::METHOD_NOT_ALLOWED) {
        *response.status_mut() = status;
    }
    response
}

/// Who sent the request.
pub(super) fn reader(request: &Request) -> Reader {
    Reader::new(request.uri(), request.method(), request.headers())
}
