//! Opening an engine.

use crate::changes::{Changes, Following};
use crate::connections::{ACQUIRE, Connections};
use crate::sqlite::{Access, Opening, Readers, is_open};
use crate::statistics::{Meter, Statistics};
use crate::transaction::{self, Transaction};
use crate::writer::Writer;
use crate::{Error, Result};
use sqlx::{Connection as _, Executor as _};
use sqlx_postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Lifts the limits that keep one statement of a server from holding up all others.
const UNLIMITED: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";

/// How often another program is looked for before it counts as there.
const LOOKS: u32 = 10;

/// The time between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// The name under which PostgreSQL lists our connections.
const APPLICATION: &str = "vestibule";

/// Which engine, and where.
#[derive(Debug, Clone)]
pub enum Settings {
    /// A file, made if it is not there.
    Sqlite {
        /// The database file; its WAL and shared memory stand beside it.
        file: PathBuf,
        /// How many reads that take long may go on at a time.
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

impl Settings {
    /// Whether another program of ours has this database open. One that just ended is given a moment to be gone.
    pub async fn is_in_use(&self) -> Result<bool> {
        for _ in 0..LOOKS {
            if !self.is_open_elsewhere().await? {
                return Ok(false);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(true)
    }

    async fn is_open_elsewhere(&self) -> Result<bool> {
        match self {
            Self::Sqlite { file, .. } => Ok(file.exists() && is_open(file, PAUSE)?),
            Self::Postgres { url, .. } => {
                let mut connection = PgConnection::connect(url).await.map_err(|error| no_connection(&error))?;
                let others: i64 = sqlx::query_scalar(
                    "SELECT COUNT(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = $1",
                )
                .bind(APPLICATION)
                .fetch_one(&mut connection)
                .await?;
                connection.close().await?;
                Ok(others > 0)
            }
        }
    }
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
    pub(crate) inner: Inner,
    meter: Arc<Meter>,
    pub(crate) changes: Arc<Changes>,
    pub(crate) following: Arc<Following>,
}

#[derive(Clone)]
pub(crate) enum Inner {
    Sqlite { readers: Readers, writer: Writer },
    Postgres(Connections),
}

impl Database {
    /// A write transaction that is open for longer is rolled back.
    pub const WRITE_LIMIT: Duration = Duration::from_secs(5);

    /// Opens the engine; fails when the file or the server cannot be reached.
    pub async fn open(settings: &Settings) -> Result<Self> {
        match settings {
            Settings::Sqlite { file, readers } => open_sqlite(file, *readers),
            Settings::Postgres { url, connections } => open_postgres(url, *connections).await,
        }
    }

    fn new(inner: Inner) -> Self {
        Self { inner, meter: Arc::default(), changes: Arc::default(), following: Arc::default() }
    }

    /// The same database for the task that follows its changes, which ends with the others.
    pub(crate) fn unfollowed(&self) -> Self {
        Self { following: Arc::default(), ..self.clone() }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite { .. } => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// A connection to read with. Each statement sees the newest committed state.
    #[expect(clippy::unused_async, reason = "when something is waited for is the engine's affair")]
    pub async fn read(&self) -> Result<Transaction> {
        let asked = Instant::now();
        let inner = match &self.inner {
            Inner::Sqlite { readers, .. } => transaction::Inner::SqliteRead(readers.clone()),
            // What is kept already needs no connection, so it is taken for the first statement.
            Inner::Postgres(connections) => {
                return Ok(self.transaction(transaction::Inner::PostgresRead(connections.clone().into())));
            }
        };
        Ok(self.begun(inner, asked))
    }

    /// A transaction to write in; on SQLite this waits for the operations before it.
    pub async fn write(&self) -> Result<Transaction> {
        let asked = Instant::now();
        let inner = match &self.inner {
            Inner::Sqlite { writer, .. } => transaction::Inner::SqliteWrite(writer.turn().await?),
            Inner::Postgres(connections) => transaction::Inner::PostgresWrite(connections.begin(None).await?),
        };
        Ok(self.begun(inner, asked))
    }

    fn begun(&self, inner: transaction::Inner, asked: Instant) -> Transaction {
        self.meter.waits.add(asked.elapsed());
        self.transaction(inner)
    }

    fn transaction(&self, inner: transaction::Inner) -> Transaction {
        Transaction::new(inner, Arc::clone(&self.meter), Arc::clone(&self.changes))
    }

    /// How long this process has waited and written since it opened the database.
    pub fn statistics(&self) -> Statistics {
        self.meter.read()
    }

    /// One view of everything, as it was committed at this moment, for as long as it takes to read it. Writers go on
    /// meanwhile.
    pub async fn snapshot(&self) -> Result<Transaction> {
        Ok(match &self.inner {
            Inner::Sqlite { readers, .. } => {
                let mut connection = Opening::server(readers.file(), Access::Query).open()?;
                connection.batch("BEGIN")?;
                // The first read decides which state is seen.
                connection.query::<(i64,)>("SELECT COUNT(*) FROM sqlite_schema")?;
                Transaction::sqlite_alone(connection)
            }
            Inner::Postgres(connections) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                let mut begun = connections.begin(Some(begin)).await?;
                begun.connection()?.execute(UNLIMITED).await?;
                Transaction::postgres_alone(begun)
            }
        })
    }

    /// A transaction to change everything in, for as long as it takes: for an operator's command while no server runs
    /// (see [`Settings::is_in_use`]).
    pub async fn alone(&self) -> Result<Transaction> {
        Ok(match &self.inner {
            Inner::Sqlite { readers, .. } => {
                let connection = Opening::server(readers.file(), Access::Write).open()?;
                connection.batch("BEGIN IMMEDIATE")?;
                Transaction::sqlite_alone(connection)
            }
            Inner::Postgres(connections) => {
                let mut begun = connections.begin(None).await?;
                begun.connection()?.execute(UNLIMITED).await?;
                Transaction::postgres_alone(begun)
            }
        })
    }

    /// Closes the connections that nobody uses any more.
    pub async fn close(&self) {
        self.following.end();
        match &self.inner {
            Inner::Sqlite { readers, .. } => readers.close(),
            Inner::Postgres(connections) => connections.close().await,
        }
    }

    pub(crate) fn sqlite(&self) -> Option<&Readers> {
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

    pub(crate) fn postgres(&self) -> Option<&Connections> {
        match &self.inner {
            Inner::Sqlite { .. } => None,
            Inner::Postgres(connections) => Some(connections),
        }
    }
}

/// Whatever a server says while it gives no connection (it is stopping, refuses the database, wants another password),
/// nothing is wrong with the request at hand, which may succeed later.
pub(crate) fn no_connection(error: &sqlx::Error) -> Error {
    Error::Unavailable(error.to_string())
}

fn open_sqlite(file: &Path, readers: u32) -> Result<Database> {
    // The writer comes first: it makes the file and turns on the WAL.
    let writer = Writer::start(Opening::server(file, Access::Write))?;
    let readers = Readers::open(file, readers)?;
    Ok(Database::new(Inner::Sqlite { readers, writer }))
}

async fn open_postgres(url: &str, connections: u32) -> Result<Database> {
    // The idle limit takes back what a stuck task holds; the others keep one statement from holding up everybody.
    let options = PgConnectOptions::from_str(url).map_err(Error::from)?;
    let options = options.application_name(APPLICATION).statement_cache_capacity(512).options([
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
    Ok(Database::new(Inner::Postgres(Connections::new(pool, connections))))
}
