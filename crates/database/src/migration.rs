//! Bringing the schema to the version this program knows.
//!
//! A migration is one text in PostgreSQL's words. For SQLite it is translated word by word: the types that SQLite does
//! not know become those it has, and every table becomes STRICT, so that both engines refuse the same values.

use crate::engine::no_connection;
use crate::sqlite::{Access, Arguments, Connection, Opening};
use crate::{Database, Engine, Error, Result};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use sqlx_postgres::{PgConnection, PgPool};

/// One step of the schema. Steps are never changed after a release; a new one is added.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number; they count up by one from 1.
    pub version: i64,
    /// What it brings, in one or two words.
    pub name: &'static str,
    /// The statements.
    pub text: &'static str,
}

/// A key that no other program takes on the same PostgreSQL server by chance.
const LOCK: i64 = 0x5645_5354_4942_554c;

/// Lifts the limits of a server's connections: a step goes through tables of any size, and whoever comes second waits for as
/// long as the first one takes.
const UNLIMITED: &str = "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0";

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version
    (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum BIGINT NOT NULL)";

/// Applies what is missing, all of it or nothing, under a lock, so that two processes that start at once do not disturb
/// each other. Returns how many were applied. On PostgreSQL nothing limits how long it takes, or how long it waits for
/// another process that migrates; it uses one connection more than those of the pool.
pub async fn migrate(database: &Database, known: &[Migration]) -> Result<usize> {
    if let Some(connections) = database.postgres() {
        let mut connection = unlimited(connections.pool()).await?;
        let outcome = alone(&mut connection, known).await;
        // The lock ends with its connection, whatever became of the migration.
        let closed = connection.close().await;
        let applied = outcome?;
        closed?;
        return Ok(applied);
    }
    let Some(readers) = database.sqlite() else { return Ok(0) };
    sqlite(&mut Opening::server(readers.file(), Access::Write).open()?, known)
}

/// A connection of its own: what is set on it must not stay on one that serves requests.
async fn unlimited(pool: &PgPool) -> Result<PgConnection> {
    let options = pool.connect_options();
    let mut connection = PgConnection::connect_with(&options).await.map_err(|error| no_connection(&error))?;
    connection.execute(UNLIMITED).await?;
    Ok(connection)
}

async fn alone(connection: &mut PgConnection, known: &[Migration]) -> Result<usize> {
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut *connection).await?;
    postgres(connection, known).await
}

/// Refuses a schema that is not exactly the one this program knows.
pub async fn check(database: &Database, known: &[Migration]) -> Result<()> {
    let (found, name) = current(database).await?;
    let newest = known.last().map_or(0, |migration| migration.version);
    match found.cmp(&newest) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(Error::OlderSchema { found, known: newest }),
        std::cmp::Ordering::Greater => Err(Error::NewerSchema { found, name, known: newest }),
    }
}

async fn current(database: &Database) -> Result<(i64, String)> {
    const EXISTS_POSTGRES: &str =
        "SELECT COUNT(*) FROM pg_tables WHERE tablename = 'schema_version' AND schemaname = current_schema()";
    const EXISTS_SQLITE: &str = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'";
    const NEWEST: &str = "SELECT version, name FROM schema_version ORDER BY version DESC LIMIT 1";
    let newest = if let Some(connections) = database.postgres() {
        let mut lent = connections.take().await?;
        let connection = lent.connection()?;
        let exists: i64 = sqlx::query_scalar(EXISTS_POSTGRES).fetch_one(&mut *connection).await?;
        if exists == 0 { None } else { sqlx::query_as(NEWEST).fetch_optional(connection).await? }
    } else if let Some(readers) = database.sqlite() {
        let exists: Vec<(i64,)> = readers.query(EXISTS_SQLITE).await?;
        if exists == [(0,)] { None } else { readers.query(NEWEST).await?.pop() }
    } else {
        None
    };
    Ok(newest.unwrap_or((0, "empty".to_owned())))
}

/// The steps that are still to be applied, after those that were applied have been compared with the known ones.
fn missing<'m>(applied: &[(i64, String, i64)], known: &'m [Migration]) -> Result<&'m [Migration]> {
    let newest = known.last().map_or(0, |migration| migration.version);
    for (version, name, checksum) in applied {
        let Some(migration) = known.iter().find(|migration| migration.version == *version) else {
            return Err(Error::NewerSchema { found: *version, name: name.clone(), known: newest });
        };
        if fingerprint(migration.text) != *checksum {
            return Err(Error::ChangedMigration { version: *version, name: name.clone() });
        }
    }
    Ok(&known[applied.len().min(known.len())..])
}

const APPLIED: &str = "SELECT version, name, checksum FROM schema_version ORDER BY version";

const RECORD: &str = "INSERT INTO schema_version (version, name, checksum) VALUES ($1, $2, $3)";

async fn postgres(connection: &mut PgConnection, known: &[Migration]) -> Result<usize> {
    let mut transaction = connection.begin().await?;
    transaction.execute(TABLE).await?;
    let applied: Vec<(i64, String, i64)> = sqlx::query_as(APPLIED).fetch_all(&mut *transaction).await?;
    let missing = missing(&applied, known)?;
    for migration in missing {
        transaction.execute(AssertSqlSafe(translate(migration.text, Engine::Postgres))).await?;
        let Migration { version, name, text } = migration;
        let row = sqlx::query(RECORD).bind(version).bind(name).bind(fingerprint(text));
        transaction.execute(row).await?;
    }
    transaction.commit().await?;
    Ok(missing.len())
}

/// One transaction around reading and applying is the lock that keeps another process out.
pub(crate) fn sqlite(connection: &mut Connection, known: &[Migration]) -> Result<usize> {
    connection.batch("BEGIN EXCLUSIVE")?;
    let outcome = apply(connection, known);
    connection.batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    outcome
}

fn apply(connection: &mut Connection, known: &[Migration]) -> Result<usize> {
    connection.batch(TABLE)?;
    let applied: Vec<(i64, String, i64)> = connection.query(APPLIED)?;
    let missing = missing(&applied, known)?;
    for migration in missing {
        connection.batch(&translate(migration.text, Engine::Sqlite))?;
        let mut row = Arguments::default();
        row.bind(migration.version)?.bind(migration.name)?.bind(fingerprint(migration.text))?;
        connection.execute(RECORD, &row)?;
    }
    Ok(missing.len())
}

/// FNV-1a over the text: tells an edited migration from the applied one; it is not a defence against anybody.
fn fingerprint(text: &str) -> i64 {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash.cast_signed()
}

/// The text for one engine.
fn translate(text: &str, engine: Engine) -> String {
    if engine == Engine::Postgres {
        return text.to_owned();
    }
    let mut translated = String::with_capacity(text.len());
    // Comments go first: a semicolon in one would end a statement.
    let code: String =
        text.lines().filter(|line| !line.starts_with("--")).fold(String::new(), |code, line| code + line + "\n");
    for statement in code.trim_end().split_inclusive(';') {
        let strict = statement.contains("CREATE TABLE");
        let words = words(statement);
        match words.trim_end().strip_suffix(';') {
            Some(body) if strict => {
                translated.push_str(body);
                translated.push_str(" STRICT;");
            }
            _ => translated.push_str(&words),
        }
    }
    translated
}

fn words(text: &str) -> String {
    const WORDS: [(&str, &str); 6] = [
        ("UUID", "BLOB"),
        ("BYTEA", "BLOB"),
        ("JSONB", "TEXT"),
        ("BOOLEAN", "INTEGER"),
        ("BIGINT", "INTEGER"),
        (" COLLATE \"C\"", ""),
    ];
    WORDS.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_becomes_strict_and_its_types_those_of_sqlite() {
        let text =
            "CREATE TABLE a (id UUID NOT NULL, ok BOOLEAN, name TEXT COLLATE \"C\");\nCREATE INDEX i ON a (name);";
        assert_eq!(
            translate(text, Engine::Sqlite),
            "CREATE TABLE a (id BLOB NOT NULL, ok INTEGER, name TEXT) STRICT;\nCREATE INDEX i ON a (name);"
        );
        assert_eq!(translate(text, Engine::Postgres), text);
    }

    #[test]
    fn an_unknown_version_is_refused_by_name() {
        let error = missing(&[(7, "shining".to_owned(), 0)], &[]).expect_err("must be refused");
        assert!(error.to_string().contains("7 (shining)"), "{error}");
    }
}
