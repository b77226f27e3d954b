//! Looking at an engine from outside: for the tests that hold the two engines to one schema and one text.

use crate::{Database, Result, Statement, Timestamp};
use sqlx::{Executor as _, SqlSafeStr as _};

/// A column as an engine describes it, in words that are the same for both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// The table.
    pub table: String,
    /// The column.
    pub name: String,
    /// `integer`, `text`, `bytes`.
    pub kind: String,
    /// Whether it may be NULL.
    pub nullable: bool,
}

pub(crate) const SQLITE_COLUMNS: &str = "SELECT t.name, c.name, lower(c.type), c.\"notnull\" = 0
    FROM sqlite_schema t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY 1, 2";

pub(crate) const POSTGRES_COLUMNS: &str =
    "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
    FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2";

const SQLITE_INDEXES: &str = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1";

const POSTGRES_INDEXES: &str = "SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema()
    AND indexname NOT LIKE '%\\_pkey' ORDER BY 1";

const POSTGRES_CLOCK: &str = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint";

impl Database {
    /// Lets the engine prepare a statement without running it: finds a misspelt table or column.
    pub async fn prepare(&self, statement: &'static Statement) -> Result<()> {
        if let Some(connections) = self.postgres() {
            connections.take().await?.connection()?.prepare(statement.text.into_sql_str()).await?;
        }
        if let Some(readers) = self.sqlite() {
            readers.prepare(statement.text)?;
        }
        Ok(())
    }

    /// Every column of the schema, sorted.
    pub async fn columns(&self) -> Result<Vec<Column>> {
        let rows: Vec<(String, String, String, bool)> = if let Some(connections) = self.postgres() {
            sqlx::query_as(POSTGRES_COLUMNS).fetch_all(connections.take().await?.connection()?).await?
        } else if let Some(readers) = self.sqlite() {
            readers.query(SQLITE_COLUMNS).await?
        } else {
            Vec::new()
        };
        let column = |(table, name, kind, nullable): (String, String, String, bool)| {
            let kind = match kind.as_str() {
                "bigint" | "boolean" | "integer" => "integer",
                "jsonb" | "text" => "text",
                "uuid" | "bytea" | "blob" => "bytes",
                other => other,
            };
            Column { table, name, kind: kind.to_owned(), nullable }
        };
        Ok(rows.into_iter().map(column).collect())
    }

    /// What a clock of the engine's own shows; SQLite has none but the machine's.
    pub async fn clock(&self) -> Result<Option<Timestamp>> {
        let Some(connections) = self.postgres() else { return Ok(None) };
        let shown: i64 = sqlx::query_scalar(POSTGRES_CLOCK).fetch_one(connections.take().await?.connection()?).await?;
        Ok(Some(Timestamp::from_microseconds(shown)))
    }

    /// The names of the indexes that were made by name, sorted.
    pub async fn indexes(&self) -> Result<Vec<String>> {
        let rows: Vec<(String,)> = if let Some(connections) = self.postgres() {
            sqlx::query_as(POSTGRES_INDEXES).fetch_all(connections.take().await?.connection()?).await?
        } else if let Some(readers) = self.sqlite() {
            readers.query(SQLITE_INDEXES).await?
        } else {
            Vec::new()
        };
        Ok(rows.into_iter().map(|(name,)| name).collect())
    }
}
