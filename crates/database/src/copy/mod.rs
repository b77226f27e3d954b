//! Whole databases on their way from one engine to the other, or into a file.
//!
//! Every table of the schema is copied, row by row, from one view of the source into one transaction of the target, and
//! compared there by count and checksum. A table or column that the program does not know stops the copy.

mod file;
mod older;
mod row;
mod schema;
mod summary;

pub use file::{Manifest, create, finish, open};
pub use schema::{Kind, Schema, Table};
pub use summary::Summary;

use crate::transaction::{Connection, Transaction};
use crate::{Error, Result};
use futures_util::StreamExt as _;
use sqlx::{AssertSqlSafe, Executor as _};
use summary::Sum;

/// Rows that go in one statement: few enough for the limits of both engines on placeholders.
const BATCH: usize = 200;

/// Tables that say something about the database or the file they stand in, and are never copied.
const BOOKKEEPING: [&str; 2] = ["schema_version", "copy_manifest"];

/// Copies every table and compares it with the source. Both transactions come from [`crate::Database::snapshot`],
/// [`crate::Database::alone`], [`open`] or [`create`]; the target is not committed here.
pub async fn copy(schema: &Schema, from: &mut Transaction, to: &mut Transaction) -> Result<Vec<Summary>> {
    schema.check(from).await?;
    schema.check(to).await?;
    let mut summaries = Vec::with_capacity(schema.tables.len());
    for table in &schema.tables {
        let sent = copy_table(table, from, to).await?;
        let arrived = summarize_table(table, to).await?;
        if sent != arrived {
            return Err(differs(&sent, &arrived));
        }
        summaries.push(sent);
    }
    Ok(summaries)
}

async fn copy_table(table: &Table, from: &mut Transaction, to: &mut Transaction) -> Result<Summary> {
    let mut rows = row::read(from, table).await?;
    let mut sum = Sum::default();
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(row) = rows.next().await {
        let row = row?;
        sum.add(&row);
        batch.push(row);
        if batch.len() == BATCH {
            row::write(to, table, std::mem::take(&mut batch)).await?;
        }
    }
    row::write(to, table, batch).await?;
    Ok(sum.of(&table.name))
}

/// What is in every table.
pub async fn summarize(schema: &Schema, tx: &mut Transaction) -> Result<Vec<Summary>> {
    let mut summaries = Vec::with_capacity(schema.tables.len());
    for table in &schema.tables {
        summaries.push(summarize_table(table, tx).await?);
    }
    Ok(summaries)
}

async fn summarize_table(table: &Table, tx: &mut Transaction) -> Result<Summary> {
    let mut rows = row::read(tx, table).await?;
    let mut sum = Sum::default();
    while let Some(row) = rows.next().await {
        sum.add(&row?);
    }
    Ok(sum.of(&table.name))
}

/// The first table that has rows, of those that are not named in `besides`.
pub async fn first_filled(schema: &Schema, tx: &mut Transaction, besides: &[&str]) -> Result<Option<String>> {
    for table in schema.tables.iter().filter(|table| !besides.contains(&table.name.as_str())) {
        let mut rows = row::read(tx, table).await?;
        if rows.next().await.transpose()?.is_some() {
            return Ok(Some(table.name.clone()));
        }
    }
    Ok(None)
}

/// Empties every table.
pub async fn clear(schema: &Schema, tx: &mut Transaction) -> Result<()> {
    for table in schema.tables.iter().rev() {
        let text = format!("DELETE FROM {}", table.name);
        match tx.connection().await? {
            Connection::Sqlite(connection) => connection.batch(&text)?,
            Connection::Postgres(connection) => connection.execute(AssertSqlSafe(text)).await.map(|_| ())?,
            Connection::SqliteReaders(_) | Connection::SqliteWriter(_) => return Err(not_alone()),
        }
    }
    Ok(())
}

fn differs(expected: &Summary, found: &Summary) -> Error {
    let Summary { table, rows, checksum } = expected;
    Error::Copy(format!(
        "{table} should have {rows} rows with the checksum {checksum} and has {} with {}",
        found.rows, found.checksum
    ))
}

fn not_alone() -> Error {
    Error::Copy("a copy needs a transaction of its own".to_owned())
}
