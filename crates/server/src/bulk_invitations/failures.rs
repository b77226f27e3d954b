//! The file of what failed, to be mended and sent again. It is written as it goes out, however many rows it has.

use super::bulk_invitation::{BulkInvitation, BulkRow, RowResult};
use super::operations;
use crate::Server;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bulk_file::{Row, write_heading, write_row};
use futures_util::stream;
use std::sync::Arc;

/// Rows that are read and written at once.
const PART: i64 = 500;

/// Where writing stands.
enum Place {
    Beginning,
    Behind(i64),
    End,
}

/// The answer; a failure on the way breaks it off, which every client tells from its end.
pub fn file(server: &Arc<Server>, bulk: BulkInvitation) -> Response {
    let name = format!("attachment; filename=\"failures-{}.csv\"", bulk.id);
    let start = (Arc::clone(server), bulk, Place::Beginning);
    let parts = stream::try_unfold(start, async |(server, bulk, place)| {
        let part = part(&server, &bulk, place).await?;
        Ok::<_, database::Error>(part.map(|(text, place)| (Bytes::from(text), (server, bulk, place))))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

async fn part(server: &Server, bulk: &BulkInvitation, place: Place) -> database::Result<Option<(String, Place)>> {
    let mut text = String::new();
    let after = match place {
        Place::Beginning => {
            write_heading(&mut text);
            0
        }
        Place::Behind(position) => position,
        Place::End => return Ok(None),
    };
    let rows = operations::rows(server, bulk, Some(RowResult::Failed), after, PART).await?;
    for row in &rows {
        write_row(&mut text, &as_read(row), row.problem.as_deref().unwrap_or_default());
    }
    let next = rows.last().map_or(Place::End, |last| Place::Behind(last.position));
    Ok(Some((text, next)))
}

fn as_read(row: &BulkRow) -> Row {
    Row { line: u64::try_from(row.line).unwrap_or_default(), cells: row.cells(), problem: None }
}
