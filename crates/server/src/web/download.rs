//! Files that are written as they go out, however many rows they have.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bulk_file::write_cells;
use futures_util::stream;

/// Comma-separated values.
pub const CSV: &str = "text/csv; charset=utf-8";
/// One JSON object on each line.
pub const JSON_LINES: &str = "application/jsonl; charset=utf-8";

/// Where writing stands.
enum Progress<K> {
    /// The heading is not written yet.
    Beginning(String),
    Behind(K),
    End,
}

/// A file that is made part by part under a heading, which may be empty. `next` gets the row that the last part ended with, none for
/// the first one, and gives the next rows with the last of them, none where no more follow. A failure on the way breaks the file off,
/// which every client tells from its end.
pub fn file<K, F, R>(kind: &'static str, name: &str, heading: String, next: F) -> Response
where
    K: Send + 'static,
    F: FnMut(Option<K>) -> R + Send + 'static,
    R: Future<Output = database::Result<(String, Option<K>)>> + Send + 'static,
{
    let mut next = next;
    let parts = stream::try_unfold(Progress::Beginning(heading), move |progress| {
        let (mut text, part) = match progress {
            Progress::Beginning(heading) => (heading, Some(next(None))),
            Progress::Behind(row) => (String::new(), Some(next(Some(row)))),
            Progress::End => (String::new(), None),
        };
        async move {
            let Some(part) = part else { return Ok::<_, database::Error>(None) };
            let (rows, last) = part.await?;
            text.push_str(&rows);
            Ok(Some((Bytes::from(text), last.map_or(Progress::End, Progress::Behind))))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

/// The heading of comma-separated values with these columns.
pub fn heading(columns: &[&str]) -> String {
    // The mark by which spreadsheets know UTF-8.
    let mut text = "\u{feff}".to_owned();
    write_cells(&mut text, columns.iter().copied());
    text
}
