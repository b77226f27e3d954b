//! The file of what failed, to be mended and sent again. It is written as it goes out, however many rows it has.

use super::bulk_invitation::{BulkInvitation, BulkRow, RowResult};
use super::operations;
use crate::Server;
use crate::web::download::{self, CSV};
use axum::response::Response;
use bulk_file::{Row, write_heading, write_row};
use std::sync::Arc;

/// Rows that are read and written at once.
const PART: i64 = 500;

/// Where writing stands.
enum Place {
    Beginning,
    Behind(i64),
    End,
}

/// The answer.
pub fn file(server: &Arc<Server>, bulk: BulkInvitation) -> Response {
    let name = format!("failures-{}.csv", bulk.id);
    let (server, bulk) = (Arc::clone(server), Arc::new(bulk));
    download::file(CSV, &name, Place::Beginning, move |place| {
        let (server, bulk) = (Arc::clone(&server), Arc::clone(&bulk));
        async move { part(&server, &bulk, place).await }
    })
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
