//! A copy as one file: a SQLite database with the same schema, whichever engine it came from, and a table that says what
//! is in it.

use super::schema::Schema;
use super::{Summary, differs, older, summarize_table};
use crate::migration::{self, Migration};
use crate::sqlite::{self, Access, Arguments, Opening, Sqlite};
use crate::transaction::{Connection, Transaction};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use sqlx::{Decode, Row as _, Type};
use std::path::Path;
use std::time::Duration;

/// Marks the file as a copy of ours, in its header ("VSTB").
const APPLICATION_ID: i64 = 0x5653_5442;

/// The form of the file; another one is refused.
const FORM: i64 = 1;

/// What a file says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the file.
    form: i64,
    /// When the copy was made, in microseconds since 1970.
    pub made_at: i64,
    /// The version of the program that made it.
    pub program: String,
    /// The version of the schema.
    pub schema_version: i64,
    /// What is in every table.
    pub tables: Vec<Summary>,
}

impl Manifest {
    /// Describes a copy that was just made.
    pub fn new(made_at: i64, program: &str, schema: &Schema, tables: Vec<Summary>) -> Self {
        Self { form: FORM, made_at, program: program.to_owned(), schema_version: schema.version, tables }
    }

    /// How many rows there are in all, as far as they can be counted: a file may say anything of tables that nobody knows.
    pub fn rows(&self) -> u64 {
        self.tables.iter().fold(0, |rows, summary| rows.saturating_add(summary.rows))
    }

    fn table(&self, name: &str) -> Option<&Summary> {
        self.tables.iter().find(|summary| summary.table == name)
    }
}

/// Gives an empty file the schema and begins the transaction that fills it. The caller made the file, with the rights it
/// should have.
pub fn create(file: &Path, migrations: &[Migration]) -> Result<Transaction> {
    let mut connection = opening(file, Access::Write).open()?;
    connection.batch("PRAGMA journal_mode = DELETE")?;
    migration::sqlite(&mut connection, migrations)?;
    connection.batch("BEGIN IMMEDIATE")?;
    Ok(Transaction::sqlite_alone(connection))
}

/// Writes down what is in the file, as the last thing: a file without it was not finished.
pub async fn finish(mut tx: Transaction, manifest: &Manifest) -> Result<()> {
    const TABLE: &str = "CREATE TABLE copy_manifest (content TEXT NOT NULL) STRICT;
        PRAGMA application_id = 1448301634;";
    let content = serde_json::to_string(manifest).map_err(|error| Error::Copy(error.to_string()))?;
    let Connection::Sqlite(connection) = tx.connection().await? else { return Err(super::not_alone()) };
    connection.batch(TABLE)?;
    let mut row = Arguments::default();
    row.bind(content)?;
    connection.execute("INSERT INTO copy_manifest (content) VALUES ($1)", &row)?;
    tx.commit().await
}

/// Opens a file and checks all of it: that it is a copy of ours, finished, of this schema or an older one, and undamaged.
/// What is read then has the newest schema of `migrations`: a copy under an older one is taken through the later steps
/// first. A copy of a newer program is refused by name. The manifest says what the file holds, under the schema it has.
pub async fn open(file: &Path, migrations: &[Migration]) -> Result<(Transaction, Manifest)> {
    let name = file.display();
    let foreign =
        |error: &dyn std::fmt::Display| Error::Copy(format!("{name} is not a whole backup of Vestibule: {error}"));
    let mut connection = opening(file, Access::ReadOnly).open().map_err(|error| foreign(&error))?;
    connection.batch("BEGIN").map_err(|error| foreign(&error))?;
    let application: i64 = one(&mut connection, "PRAGMA application_id").map_err(|error| foreign(&error))?;
    if application != APPLICATION_ID {
        return Err(foreign(&"it was not made by `vestibule backup`, or was not finished"));
    }
    let damaged = |error: &dyn std::fmt::Display| Error::Copy(format!("{name} is damaged: {error}"));
    let manifest = read_manifest(&mut connection).map_err(|error| damaged(&error))?;
    let made_by = made_by(file, &manifest, migrations)?;
    let verdict: String = one(&mut connection, "PRAGMA integrity_check(1)").map_err(|error| damaged(&error))?;
    if verdict != "ok" {
        return Err(damaged(&verdict));
    }
    let schema = Schema::of(made_by);
    let mut tx = Transaction::sqlite_alone(connection);
    schema.check(&mut tx).await.map_err(|error| damaged(&error))?;
    check_tables(&mut tx, &manifest, &schema).await.map_err(|error| damaged(&error))?;
    if made_by.len() < migrations.len() {
        let stuck = |error: Error| older::stuck(&name.to_string(), &manifest.program, &error);
        tx = older::bring_up(tx, made_by, migrations).await.map_err(stuck)?;
    }
    Ok((tx, manifest))
}

fn opening(file: &Path, access: Access) -> Opening {
    Opening { file: file.to_owned(), access, patience: Duration::from_secs(5) }
}

/// The one value a statement answers.
fn one<T>(connection: &mut sqlite::Connection, text: &str) -> Result<T>
where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite>,
{
    let read = |row: &sqlite::Row| Ok(row.try_get(0)?);
    connection.run(text, &Arguments::default(), 1, read)?.rows.pop().ok_or(Error::NotFound)
}

fn read_manifest(connection: &mut sqlite::Connection) -> Result<Manifest> {
    let content: String = one(connection, "SELECT content FROM copy_manifest")?;
    serde_json::from_str(&content).map_err(|error| Error::Copy(error.to_string()))
}

/// The steps that made the schema of the file.
fn made_by<'m>(file: &Path, manifest: &Manifest, migrations: &'m [Migration]) -> Result<&'m [Migration]> {
    let Manifest { form, program, schema_version, .. } = manifest;
    let steps = older::steps(migrations, *schema_version).filter(|_| *form == FORM);
    steps.ok_or_else(|| {
        let (name, known) = (file.display(), migrations.last().map_or(0, |step| step.version));
        Error::Copy(if *form > FORM || *schema_version > known {
            format!(
                "{name} was made by the newer version {program} (schema {schema_version}, this program knows {known}): \
                 restore it with that program"
            )
        } else {
            format!(
                "{name} says that it was made by version {program} with schema {schema_version}, which no release had: \
                 it is damaged"
            )
        })
    })
}

async fn check_tables(tx: &mut Transaction, manifest: &Manifest, schema: &Schema) -> Result<()> {
    for table in &schema.tables {
        let missing = || Error::Copy(format!("it says nothing about {}", table.name));
        let expected = manifest.table(&table.name).ok_or_else(missing)?;
        let found = summarize_table(table, tx).await?;
        if *expected != found {
            return Err(differs(expected, &found));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_say_more_rows_than_there_can_be() {
        let table = |rows| Summary { table: "x".to_owned(), rows, checksum: String::new() };
        let manifest = Manifest::new(0, "1.0.0", &Schema::of(&[]), vec![table(3), table(u64::MAX)]);
        assert_eq!(manifest.rows(), u64::MAX);
    }
}
