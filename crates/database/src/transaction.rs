//! A unit of work on one connection.

use crate::changes::{self, Changes, Touched};
use crate::connections::{Connections, Lent};
use crate::query::{Arguments, Query};
use crate::sqlite::{self, Readers};
use crate::statistics::Meter;
use crate::writer::Turn;
use crate::{Engine, Error, Result, Statement};
use sqlx_postgres::{PgArguments, PgConnection};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::MutexGuard;

/// A write transaction that is open for longer than this is reported.
const SLOW: Duration = Duration::from_millis(100);

/// Reads, or one write transaction.
///
/// Dropped without [`Transaction::commit`] it leaves nothing behind, also when the task that holds it is aborted in the
/// middle of a statement. After a statement has failed, nothing more can be done with it, as on PostgreSQL.
pub struct Transaction {
    inner: Inner,
    meter: Arc<Meter>,
    started: Instant,
    first: Option<&'static Statement>,
    failed: bool,
    touched: Touched,
    /// Whether it may be open for as long as it takes.
    unlimited: bool,
}

pub(crate) enum Inner {
    /// Each statement takes a connection for itself.
    SqliteRead(Readers),
    SqliteWrite(Turn),
    /// On a connection of its own, outside of the writer's queue.
    SqliteAlone(Box<sqlite::Connection>),
    PostgresRead(Lazily),
    PostgresWrite(Lent),
}

/// A connection that is taken when it is needed.
pub(crate) struct Lazily {
    connections: Connections,
    taken: Option<Lent>,
}

impl From<Connections> for Lazily {
    fn from(connections: Connections) -> Self {
        Self { connections, taken: None }
    }
}

impl Lazily {
    async fn connection(&mut self, meter: &Meter) -> Result<&mut PgConnection> {
        if self.taken.is_none() {
            let asked = Instant::now();
            self.taken = Some(self.connections.take().await?);
            meter.waits.add(asked.elapsed());
        }
        match &mut self.taken {
            Some(lent) => lent.connection(),
            None => Err(Error::Unavailable("no connection was taken".to_owned())),
        }
    }

    fn answered(&mut self) {
        if let Some(lent) = &mut self.taken {
            lent.answered();
        }
    }
}

/// The connection to run the next statement on.
pub(crate) enum Connection<'t> {
    SqliteReaders(&'t Readers),
    Sqlite(&'t mut sqlite::Connection),
    SqliteWriter(MutexGuard<'t, Option<sqlite::Connection>>),
    Postgres(&'t mut PgConnection),
}

impl Transaction {
    pub(crate) fn new(inner: Inner, meter: Arc<Meter>, changes: Arc<Changes>) -> Self {
        let touched = Touched::nothing(changes);
        Self { inner, meter, started: Instant::now(), first: None, failed: false, touched, unlimited: false }
    }

    /// A transaction that was begun on a connection of its own; it may take long.
    pub(crate) fn sqlite_alone(connection: sqlite::Connection) -> Self {
        Self { unlimited: true, ..Self::new(Inner::SqliteAlone(Box::new(connection)), Arc::default(), Arc::default()) }
    }

    /// The same on PostgreSQL.
    pub(crate) fn postgres_alone(begun: Lent) -> Self {
        Self { unlimited: true, ..Self::new(Inner::PostgresWrite(begun), Arc::default(), Arc::default()) }
    }

    pub(crate) fn engine(&self) -> Engine {
        match self.inner {
            Inner::SqliteRead(_) | Inner::SqliteWrite(_) | Inner::SqliteAlone(_) => Engine::Sqlite,
            Inner::PostgresRead(_) | Inner::PostgresWrite(_) => Engine::Postgres,
        }
    }

    /// Starts a statement.
    pub fn query(&mut self, statement: &'static Statement) -> Query<'_> {
        self.first.get_or_insert(statement);
        self.touched.note(statement);
        Query::new(self, statement)
    }

    pub(crate) fn arguments(&self) -> Arguments {
        match self.engine() {
            Engine::Sqlite => Arguments::Sqlite(sqlite::Arguments::default()),
            Engine::Postgres => Arguments::Postgres(PgArguments::default()),
        }
    }

    pub(crate) async fn connection(&mut self) -> Result<Connection<'_>> {
        if self.failed {
            return Err(Error::AlreadyFailed);
        }
        Ok(match &mut self.inner {
            Inner::SqliteRead(readers) => Connection::SqliteReaders(readers),
            Inner::SqliteWrite(turn) => Connection::SqliteWriter(turn.connection().await),
            Inner::SqliteAlone(connection) => Connection::Sqlite(connection),
            Inner::PostgresRead(lazily) => Connection::Postgres(lazily.connection(&self.meter).await?),
            Inner::PostgresWrite(begun) => Connection::Postgres(begun.connection()?),
        })
    }

    /// Whether it reads what is committed and nothing else, so that others may be told what it has read.
    pub const fn is_read(&self) -> bool {
        matches!(self.inner, Inner::SqliteRead(_) | Inner::PostgresRead(_))
    }

    /// Notes how a statement ended, and after how long: one that failed counts too, because those that end at a limit are the
    /// slowest. After a failure SQLite may have rolled everything back by itself, so going on could commit half.
    pub(crate) fn ended<T>(&mut self, outcome: Result<T>, time: Duration) -> Result<T> {
        if self.is_read() {
            self.meter.reads.add(time);
        }
        if outcome.is_err() {
            self.failed |= !self.is_read();
        } else if let Inner::PostgresRead(lazily) = &mut self.inner {
            lazily.answered();
        }
        outcome
    }

    /// Makes the work durable and visible; when this returns `Ok`, it survives a power cut.
    pub async fn commit(mut self) -> Result<()> {
        if self.failed {
            return Err(Error::AlreadyFailed);
        }
        match self.touched.take() {
            Some(touched) => changes::commit(self, touched).await,
            None => self.finish().await,
        }
    }

    pub(crate) async fn finish(self) -> Result<()> {
        self.report_slow();
        match self.inner {
            Inner::SqliteRead(_) | Inner::PostgresRead(_) => return Ok(()),
            Inner::SqliteWrite(turn) => turn.commit().await?,
            Inner::SqliteAlone(connection) => connection.batch("COMMIT")?,
            Inner::PostgresWrite(begun) => begun.commit().await?,
        }
        self.meter.writes.add(self.started.elapsed());
        Ok(())
    }

    fn report_slow(&self) {
        let open = self.started.elapsed();
        if open > SLOW && !self.unlimited && matches!(self.inner, Inner::SqliteWrite(_) | Inner::PostgresWrite(_)) {
            let first = self.first.map(Statement::place).unwrap_or_default();
            tracing::warn!(milliseconds = open.as_millis(), first, "a write transaction was open for long");
        }
    }
}
