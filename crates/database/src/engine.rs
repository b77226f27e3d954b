//! Opening an engine.

use crate::statistics::{Meter, Statistics};
use crate::transaction::{self, Transaction};
use crate::writer::Writer;
use crate::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a caller waits for a connection before it is told that the database is not available.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Which engine, and where.
#[derive(Debug, Clone)]
pub enum Settings {
    /// A file, made if it is not there.
    Sqlite {
        /// The database file; its WAL and shared memory stand beside it.
        file: PathBuf,
        /// Connections that read.
        readers: u32,
    },
    /// A server.
    Postgres {
        /// `postgres://user:password@host/database`.
        url: String,
        /// Connections of this process.
        connections: u32,
    },
}

/// The kind of engine, for the few places that report it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite inside the process.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// An open database; clones share it.
#[derive(Clone)]
pub struct Database {
    inner: Inner,
    meter: Arc<Meter>,
}

#[derive(Clone)]
enum Inner {
    Sqlite { readers: SqlitePool, writer: Writer },
    Postgres(PgPool),
}

impl Database {
    /// A write transaction that is open for longer is rolled back.
    pub const WRITE_LIMIT: Duration = Duration::from_secs(5);

    /// Opens the engine; fails when the file or the server cannot be reached.
    pub async fn open(settings: &Settings) -> Result<Self> {
        match settings {
            Settings::Sqlite { file, readers } => open_sqlite(file, *readers).await,
            Settings::Postgres { url, connections } => open_postgres(url, *connections).await,
        }
    }

    fn new(inner: Inner) -> Self {
        Self { inner, meter: Arc::default() }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite { .. } => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// A connection to read with. Each statement sees the newest committed state.
    pub async fn read(&self) -> Result<Transaction> {
        let asked = Instant::now();
        let inner = match &self.inner {
            Inner::Sqlite { readers, .. } => transaction::Inner::SqliteRead(readers.acquire().await?),
            Inner::Postgres(pool) => {
                transaction::Inner::PostgresRead(pool.acquire().await.map_err(|error| no_connection(&error))?)
            }
        };
        Ok(self.begun(inner, asked))
    }

    /// A transaction to write in; on SQLite this waits for the operations before it.
    pub async fn write(&self) -> Result<Transaction> {
        let asked = Instant::now();
        let inner = match &self.inner {
            Inner::Sqlite { writer, .. } => transaction::Inner::SqliteWrite(writer.turn().await?),
            Inner::Postgres(pool) => {
                transaction::Inner::PostgresWrite(pool.begin().await.map_err(|error| no_connection(&error))?)
            }
        };
        Ok(self.begun(inner, asked))
    }

    fn begun(&self, inner: transaction::Inner, asked: Instant) -> Transaction {
        self.meter.waits.add(asked.elapsed());
        Transaction::new(inner, Arc::clone(&self.meter))
    }

    /// How long this process has waited and written since it opened the database.
    pub fn statistics(&self) -> Statistics {
        self.meter.read()
    }

    /// Closes the connections that nobody uses any more.
    pub async fn close(&self) {
        match &self.inner {
            Inner::Sqlite { readers, .. } => readers.close().await,
            Inner::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) fn sqlite(&self) -> Option<&SqlitePool> {
        match &self.inner {
            Inner::Sqlite { readers, .. } => Some(readers),
            Inner::Postgres(_) => None,
        }
    }

    /// How many groups of operations SQLite has committed; `None` on PostgreSQL, which groups by itself.
    pub fn commits(&self) -> Option<u64> {
        match &self.inner {
            Inner::Sqlite { writer, .. } => Some(writer.commits()),
            Inner::Postgres(_) => None,
        }
    }

    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.inner {
            Inner::Sqlite { .. } => None,
            Inner::Postgres(pool) => Some(pool),
        }
    }
}

/// Whatever a server says while it gives no connection (it is stopping, refuses the database, wants another password),
/// nothing is wrong with the request at hand, which may succeed later.
fn no_connection(error: &sqlx::Error) -> Error {
    Error::Unavailable(error.to_string())
}

async fn open_sqlite(file: &PathBuf, readers: u32) -> Result<Database> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE)
        .statement_cache_capacity(512);
    // The writer comes first: it makes the file and turns on the WAL.
    let writer = Writer::start(options.clone()).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(readers)
        .min_connections(1)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.create_if_missing(false).pragma("query_only", "on"))
        .await?;
    Ok(Database::new(Inner::Sqlite { readers, writer }))
}

async fn open_postgres(url: &str, connections: u32) -> Result<Database> {
    // The idle limit takes back what a stuck task holds; the others keep one statement from holding up everybody.
    let options = PgConnectOptions::from_str(url).map_err(Error::from)?.statement_cache_capacity(512).options([
        ("idle_in_transaction_session_timeout", "5s"),
        ("lock_timeout", "5s"),
        ("statement_timeout", "30s"),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    Ok(Database::new(Inner::Postgres(pool)))
}
