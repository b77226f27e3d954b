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

/// The answer.
pub fn file(server: &Arc<Server>, bulk: BulkInvitation) -> Response {
    let name = format!("failures-{}.csv", bulk.id);
    let (server, bulk) = (Arc::clone(server), Arc::new(bulk));
    let mut heading = String::new();
    write_heading(&mut heading);
    download::file(CSV, &name, heading, move |behind| {
        let (server, bulk) = (Arc::clone(&server), Arc::clone(&bulk));
        async move { part(&server, &bulk, behind).await }
    })
}

/// The rows behind a position, and the position of the last of them.
async fn part(server: &Server, bulk: &BulkInvitation, behind: Option<i64>) -> database::Result<(String, Option<i64>)> {
    let rows = operations::rows(server, bulk, Some(RowResult::Failed), behind.unwrap_or_default(), PART).await?;
    let mut text = String::new();
    for row in &rows {
        write_row(&mut text, &as_read(row), row.problem.as_deref().unwrap_or_default());
    }
    Ok((text, rows.last().map(|last| last.position)))
}

fn as_read(row: &BulkRow) -> Row {
    Row { line: u64::try_from(row.line).unwrap_or_default(), cells: row.cells(), problem: None }
}
