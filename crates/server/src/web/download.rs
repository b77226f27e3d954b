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

/// Where writing a table stands.
enum Progress<K> {
    Beginning,
    Behind(K),
    End,
}

/// A table as comma-separated values: these columns, and the rows that `next` writes part by part. It gets the row that the last
/// part ended with, none for the first one, and gives the rows with the last of them, none where no more follow.
pub fn table<K, F, R>(name: &str, columns: &'static [&'static str], next: F) -> Response
where
    K: Send + 'static,
    F: FnMut(Option<K>) -> R + Send + 'static,
    R: Future<Output = database::Result<(String, Option<K>)>> + Send + 'static,
{
    let mut next = next;
    file(CSV, name, Progress::Beginning, move |progress| {
        let mut text = String::new();
        let part = match progress {
            Progress::Beginning => {
                // The mark by which spreadsheets know UTF-8.
                text.push('\u{feff}');
                write_cells(&mut text, columns.iter().copied());
                Some(next(None))
            }
            Progress::Behind(row) => Some(next(Some(row))),
            Progress::End => None,
        };
        async move {
            let Some(part) = part else { return Ok(None) };
            let (rows, last) = part.await?;
            text.push_str(&rows);
            Ok(Some((text, last.map_or(Progress::End, Progress::Behind))))
        }
    })
}
