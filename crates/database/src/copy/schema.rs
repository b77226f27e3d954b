//! Which tables there are, and what their columns mean.

use crate::migration::Migration;
use crate::transaction::{Connection, Transaction};
use crate::{Error, Result, inspect};
use std::collections::BTreeSet;

/// What a column holds. The engines store some of it differently (a UUID is 16 bytes on SQLite), so the word of the
/// migration decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `BIGINT`
    Integer,
    /// `BOOLEAN`
    Boolean,
    /// `TEXT`
    Text,
    /// `JSONB`
    Json,
    /// `UUID`
    Uuid,
    /// `BYTEA`
    Bytes,
}

impl Kind {
    fn parse(word: &str) -> Option<Self> {
        Some(match word.trim_end_matches([',', ';']) {
            "BIGINT" => Self::Integer,
            "BOOLEAN" => Self::Boolean,
            "TEXT" => Self::Text,
            "JSONB" => Self::Json,
            "UUID" => Self::Uuid,
            "BYTEA" => Self::Bytes,
            _ => return None,
        })
    }
}

/// A table and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, by name.
    pub columns: Vec<(String, Kind)>,
}

/// The tables of the product, each after those it refers to.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The tables.
    pub tables: Vec<Table>,
    /// The newest version.
    pub version: i64,
}

impl Schema {
    /// Reads it from the migrations, which write a table with one column on a line.
    pub fn of(migrations: &[Migration]) -> Self {
        let mut tables: Vec<Table> = Vec::new();
        let mut open = false;
        for line in migrations.iter().flat_map(|migration| migration.text.lines()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["CREATE", "TABLE", name, ..] => {
                    tables.push(Table { name: (*name).to_owned(), columns: Vec::new() });
                    open = true;
                }
                ["ALTER", "TABLE", table, "ADD", "COLUMN", name, kind, ..] => {
                    if let Some(table) = tables.iter_mut().find(|known| known.name == *table) {
                        table.add(name, kind);
                    }
                }
                [");", ..] => open = false,
                [name, kind, ..] if open => {
                    if let Some(table) = tables.last_mut() {
                        table.add(name, kind);
                    }
                }
                _ => {}
            }
        }
        Self { tables, version: migrations.last().map_or(0, |migration| migration.version) }
    }

    /// Refuses a database whose tables and columns are not exactly these: what nobody knows would be left behind.
    pub async fn check(&self, tx: &mut Transaction) -> Result<()> {
        let found: Vec<(String, String, String, bool)> = match tx.connection().await? {
            Connection::Sqlite(connection) => connection.query(inspect::SQLITE_COLUMNS)?,
            Connection::Postgres(connection) => {
                sqlx::query_as(inspect::POSTGRES_COLUMNS).fetch_all(&mut *connection).await?
            }
            Connection::SqliteReaders(_) | Connection::SqliteWriter(_) => return Err(super::not_alone()),
        };
        let own = |(table, column, ..): (String, String, String, bool)| {
            (!super::BOOKKEEPING.contains(&table.as_str())).then(|| format!("{table}.{column}"))
        };
        let found: BTreeSet<String> = found.into_iter().filter_map(own).collect();
        let known: BTreeSet<String> = self
            .tables
            .iter()
            .flat_map(|table| table.columns.iter().map(|(column, _)| format!("{}.{column}", table.name)))
            .collect();
        let differing: Vec<&str> = found.symmetric_difference(&known).map(String::as_str).collect();
        if differing.is_empty() {
            return Ok(());
        }
        Err(Error::Copy(format!("the schema is not the one of this program; it differs in {}", differing.join(", "))))
    }
}

impl Table {
    fn add(&mut self, name: &str, kind: &str) {
        if let Some(kind) = Kind::parse(kind) {
            self.columns.push((name.to_owned(), kind));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_column_belongs_to_its_table_and_keys_are_no_columns() {
        let text = "CREATE TABLE a (\n    id UUID NOT NULL,\n    PRIMARY KEY (id)\n);\nCREATE INDEX i ON a (id);\n\
                    CREATE TABLE b (\n    note TEXT,\n    FOREIGN KEY (note) REFERENCES a (id)\n);\n\
                    ALTER TABLE a ADD COLUMN seen BOOLEAN;";
        let schema = Schema::of(&[Migration { version: 3, name: "x", text }]);
        let columns = |at: usize| schema.tables[at].columns.clone();
        assert_eq!(schema.version, 3);
        assert_eq!(columns(0), [("id".to_owned(), Kind::Uuid), ("seen".to_owned(), Kind::Boolean)]);
        assert_eq!(columns(1), [("note".to_owned(), Kind::Text)]);
        assert_eq!(schema.tables.len(), 2);
    }
}
