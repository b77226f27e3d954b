//! Files that are written as they go out, however many rows they have.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

/// Comma-separated values.
pub const CSV: &str = "text/csv; charset=utf-8";
/// One JSON object on each line.
pub const JSON_LINES: &str = "application/jsonl; charset=utf-8";

/// A file that is made part by part: `next` gets the place the last part ended at and gives the next part with its end,
/// or nothing. A failure on the way breaks the file off, which every client tells from its end.
pub fn file<P, F, R>(kind: &'static str, name: &str, start: P, next: F) -> Response
where
    P: Send + 'static,
    F: FnMut(P) -> R + Send + 'static,
    R: Future<Output = database::Result<Option<(String, P)>>> + Send + 'static,
{
    let mut next = next;
    let parts = stream::try_unfold(start, move |place| {
        let part = next(place);
        async move { Ok::<_, database::Error>(part.await?.map(|(text, place)| (Bytes::from(text), place))) }
    });
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(parts)).into_response()
}
