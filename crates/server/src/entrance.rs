//! What every request passes on its way to a handler, and its answer on the way back, in one place and one task.
//!
//! From the outside in: one line in the log and one measurement; the host, the correlation id, a task that a client cannot cancel
//! and an end for what takes too long ([`request::enter`]); who calls the API ([`bearer::identify`]).

use crate::authorization::{self, bearer};
use crate::graph::unserved;
use crate::platform::measures::Route;
use crate::web::request::{self, Surface};
use crate::web::unread;
use crate::{Server, bulk_invitations};
use axum::body::{Body, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower_http::timeout::DeadlineBody;

/// The longest a request may take. Its operation is not interrupted by this; only its client stops waiting.
const REQUEST: Duration = Duration::from_secs(30);
/// The longest a client may take to send a body, from its first byte to its last.
const BODY: Duration = Duration::from_secs(20);
/// The longest a request may take, and its body, that brings a file, whose rows are written as they come.
const FILE: Duration = Duration::from_mins(30);

/// The log line names the template of the route, never the address itself: tickets and codes stand there.
pub async fn pass(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = known(request.method());
    let route = Route::new(request.extensions().get::<MatchedPath>().cloned());
    let brings_file = bulk_invitations::brings_file(request.method(), request.uri().path());
    let (longest, body) = if brings_file { (FILE, FILE) } else { (REQUEST, BODY) };
    let request = limited(request, body);
    let inside = {
        let server = Arc::clone(&server);
        move |request| bearer::identify(server, request, next)
    };
    let response = request::enter(&server, request, longest, refused, inside).await;
    let taken = began.elapsed();
    let status = response.status().as_u16();
    let correlation = response.headers().get("request-id").and_then(|id| id.to_str().ok()).unwrap_or("-");
    let milliseconds = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    let template = route.as_str();
    tracing::info!(
        target: "vestibule::requests", correlation, method, route = %template, status, milliseconds, "answered"
    );
    server.measures.answered(method, route, status, taken);
    response
}

/// The request with an end to the time its body may take, and a body that may be given up in the middle; most have none.
fn limited(request: Request, longest: Duration) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    let waits = unread::waits(request.headers());
    request.map(|body| unread::received(Body::new(DeadlineBody::new(longest, body)), waits))
}

/// What no handler answered, in the words of whoever asks.
fn refused(server: &Server, surface: Surface, status: StatusCode) -> Response {
    let mut response = match surface {
        Surface::Api => unserved::unanswered(status),
        Surface::Provider => authorization::unread(server, status),
        Surface::Page => request::plain(status),
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
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
