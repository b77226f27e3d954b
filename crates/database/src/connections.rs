//! The connections to PostgreSQL.
//!
//! The pool beneath asks the server after every use whether the connection is still good, which costs as much as a
//! statement. One that has answered everything is good: it is kept here and goes straight to the next caller. After anything
//! else, and twice a minute all the same, it goes back to the pool, which asks, and ends what is too old.

use crate::Result;
use crate::engine::no_connection;
use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, SqlSafeStr};
use sqlx_core::transaction::TransactionManager as _;
use sqlx_postgres::{PgConnection, PgPool, PgTransactionManager, Postgres};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long a caller waits for a connection before it is told that the database is not available.
pub(crate) const ACQUIRE: Duration = Duration::from_secs(5);

/// How long a connection goes from caller to caller before the pool looks at it again.
const UNSEEN: Duration = Duration::from_secs(30);

/// All connections of this process; clones share them.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Shared>);

struct Shared {
    pool: PgPool,
    /// One for each connection there may be, so that nobody waits in the pool for one that is kept here. It is held until its
    /// connection can be had again, which may be long after its user is gone: a statement that nobody waits for any more runs on.
    turns: Arc<Semaphore>,
    kept: Mutex<Vec<Kept>>,
}

/// A connection that nobody uses now.
struct Kept {
    connection: PoolConnection<Postgres>,
    /// When the pool gave it out.
    since: Instant,
}

/// A connection while somebody uses it.
pub(crate) struct Lent {
    /// Absent only while it is given back.
    connection: Option<PoolConnection<Postgres>>,
    since: Instant,
    left: Left,
    home: Arc<Shared>,
    /// Given up last: whoever waits for a turn finds the connection, here or in the pool. Absent only once it is passed on to
    /// the task that ends the use.
    turn: Option<OwnedSemaphorePermit>,
}

/// How a connection was left.
enum Left {
    /// Everything was answered, and no transaction is open.
    Answered,
    /// Something was asked, and perhaps not answered; a transaction may be open.
    Asked,
    /// A transaction was to begin, and nobody knows whether it did.
    Beginning,
}

impl Connections {
    /// Those of a pool of at most so many.
    pub(crate) fn new(pool: PgPool, most: u32) -> Self {
        let turns = usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS);
        Self(Arc::new(Shared { pool, turns: Arc::new(Semaphore::new(turns)), kept: Mutex::default() }))
    }

    /// The pool beneath.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// A connection, as soon as one is free.
    pub(crate) async fn take(&self) -> Result<Lent> {
        let lent = timeout(ACQUIRE, self.lend()).await;
        lent.unwrap_or_else(|_| Err(no_connection(&sqlx::Error::PoolTimedOut)))
    }

    async fn lend(&self) -> Result<Lent> {
        let turn = Arc::clone(&self.0.turns).acquire_owned().await;
        let turn = turn.map_err(|_| no_connection(&sqlx::Error::PoolClosed))?;
        let Kept { connection, since } = if let Some(kept) = self.0.pop() {
            kept
        } else {
            let connection = self.0.pool.acquire().await.map_err(|error| no_connection(&error))?;
            Kept { connection, since: Instant::now() }
        };
        let home = Arc::clone(&self.0);
        Ok(Lent { connection: Some(connection), since, left: Left::Answered, home, turn: Some(turn) })
    }

    /// A connection on which a transaction has begun, by this statement if not by the usual one.
    pub(crate) async fn begin(&self, statement: Option<&'static str>) -> Result<Lent> {
        let mut lent = self.take().await?;
        lent.begin(statement).await?;
        Ok(lent)
    }

    /// Closes those that nobody uses, and the others as they come back.
    pub(crate) async fn close(&self) {
        self.0.turns.close();
        let kept = mem::take(&mut *self.0.kept.lock().unwrap_or_else(PoisonError::into_inner));
        drop(kept);
        self.0.pool.close().await;
    }
}

impl Shared {
    /// The one that was used last. Those that were not seen for long go to the pool.
    fn pop(&self) -> Option<Kept> {
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| now.duration_since(kept.since) < UNSEEN);
        kept.pop()
    }

    /// Keeps a connection for the next caller; after the end it goes to the pool, which closes it.
    fn push(&self, one: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.turns.is_closed() {
            kept.push(one);
        }
    }
}

impl Drop for Shared {
    /// The pool takes a connection back in a task, and there may be nothing any more that runs one.
    fn drop(&mut self) {
        let kept = mem::take(self.kept.get_mut().unwrap_or_else(PoisonError::into_inner));
        for Kept { connection, .. } in kept {
            drop(connection.detach());
        }
    }
}

impl Lent {
    /// The connection, to ask something of it.
    pub(crate) fn connection(&mut self) -> Result<&mut PgConnection> {
        self.left = Left::Asked;
        self.connection.as_deref_mut().ok_or_else(|| no_connection(&sqlx::Error::PoolClosed))
    }

    /// Notes that everything that was asked was answered. Not for what is asked within a transaction.
    pub(crate) fn answered(&mut self) {
        self.left = Left::Answered;
    }

    async fn begin(&mut self, statement: Option<&'static str>) -> Result<()> {
        let statement = statement.map(SqlSafeStr::into_sql_str);
        let connection = self.connection.as_deref_mut().ok_or_else(|| no_connection(&sqlx::Error::PoolClosed))?;
        self.left = Left::Beginning;
        PgTransactionManager::begin(connection, statement).await.map_err(|error| no_connection(&error))?;
        self.left = Left::Asked;
        Ok(())
    }

    /// Commits the transaction.
    pub(crate) async fn commit(mut self) -> Result<()> {
        PgTransactionManager::commit(self.connection()?).await?;
        self.answered();
        Ok(())
    }

    /// Keeps the turn until the connection was returned or closed. Where nothing runs tasks any more, it is closed at once.
    fn end_by(&mut self, end: impl Future<Output = ()> + Send + 'static) {
        let turn = self.turn.take();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                end.await;
                drop(turn);
            });
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match self.left {
            Left::Answered => self.home.push(Kept { connection, since: self.since }),
            Left::Asked => {
                // Takes back what is open; the pool waits for it before anybody else gets the connection.
                PgTransactionManager::start_rollback(&mut connection);
                self.end_by(connection.return_to_pool());
            }
            Left::Beginning => self.end_by(close(connection.detach())),
        }
    }
}

/// Closes a connection. One that does not take its leave is cut off, which the server finds out by itself.
async fn close(connection: PgConnection) {
    match timeout(ACQUIRE, connection.close()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection was cut off"),
        Err(_) => tracing::debug!("a connection was cut off because it did not close"),
    }
}
