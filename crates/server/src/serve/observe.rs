//! One line in the log and one measurement for each request, and the end of those that take too long.

use crate::bulk_invitations;
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::{Duration, Instant};

/// The longest a request may take. Its operation is not interrupted by this; only its client stops waiting.
const REQUEST: Duration = Duration::from_secs(30);
/// The longest a request may take that brings a file, whose rows are written as they come.
pub(super) const FILE: Duration = Duration::from_mins(30);

/// The log line names the template of the route, never the address itself: tickets and codes stand there.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = known(request.method());
    let brings_file = bulk_invitations::brings_file(request.method(), request.uri().path());
    let longest = if brings_file { FILE } else { REQUEST };
    let response = tokio::time::timeout(longest, next.run(request)).await.unwrap_or_else(|_| too_late());
    let route = response.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "-".to_owned(), |route| route.as_str().to_owned());
    let taken = began.elapsed();
    let status = response.status().as_u16();
    let correlation = response.headers().get("request-id").and_then(|id| id.to_str().ok()).unwrap_or("-");
    let milliseconds = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(target: "vestibule::requests", correlation, method, %route, status, milliseconds, "answered");
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels[..2]).record(taken.as_secs_f64());
    response
}

fn too_late() -> Response {
    let body = "This took too long. Try again in a moment.\n";
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], body).into_response()
}

/// The method, if it is one of the usual ones: a client must not be able to fill the log and the metrics with inventions.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
