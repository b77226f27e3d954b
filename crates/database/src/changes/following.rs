//! Hearing of what other processes commit.

use super::{CHANNEL, Changes, LEASE, PERIOD};
use crate::engine::Inner;
use crate::{Database, Result, Statement};
use sqlx::Executor as _;
use sqlx_postgres::{PgListener, PgPool, PgPoolOptions};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout, timeout_at};

/// How long the listening connection may take to answer before another one is made.
const PATIENCE: Duration = Duration::from_secs(5);

/// Counts what others commit, and what the writer's own connection changes: where that count falls, the connection is
/// another one, and its first count says nothing.
static VERSION: Statement = Statement::new(
    "SELECT data_version, total_changes() FROM pragma_data_version",
    file!(),
    line!(),
    Some("looks at the file, and reads no table"),
);

/// The task that listens; it ends with the last clone of its database.
#[derive(Default)]
pub(crate) struct Following(Mutex<Option<AbortHandle>>);

impl Following {
    fn begin(&self, task: AbortHandle) {
        if let Some(before) = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(task) {
            before.abort();
        }
    }

    pub(crate) fn end(&self) {
        if let Some(task) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.end();
    }
}

impl Database {
    /// Begins to hear of what other processes change, until the database is closed. Without this nothing is kept of what
    /// is read. PostgreSQL gets one connection more for it. What was heard is enough for `lease`: [`LEASE`] in
    /// production.
    pub fn follow_changes(&self, lease: Duration) {
        let changes = Arc::clone(&self.changes);
        changes.lose();
        let task = match &self.inner {
            Inner::Sqlite { .. } => tokio::spawn(watch(self.unfollowed(), changes, lease)),
            Inner::Postgres(connections) => tokio::spawn(listen(connections.pool().clone(), changes, lease)),
        };
        self.following.begin(task.abort_handle());
    }
}

/// SQLite counts the commits of everybody else for each connection, so the writer's own are left out. Asked under the
/// write lock, it has seen all that was committed before.
async fn watch(database: Database, changes: Arc<Changes>, lease: Duration) {
    let mut before = None;
    loop {
        let asked = Instant::now();
        match ask(&database).await {
            Ok((version, written)) => {
                if before.is_none_or(|(seen, least)| version != seen || written < least) {
                    changes.forget();
                }
                before = Some((version, written));
                changes.know(asked, lease);
            }
            // What was known ends by itself.
            Err(error) => tracing::debug!(%error, "whether another program changed the file is not known"),
        }
        sleep(PERIOD).await;
    }
}

async fn ask(database: &Database) -> Result<(i64, i64)> {
    let mut tx = database.write().await?;
    tx.query(&VERSION).fetch_one().await
}

async fn listen(pool: PgPool, changes: Arc<Changes>, lease: Duration) {
    loop {
        let Err(error) = hear(&pool, &changes, lease).await;
        changes.lose();
        tracing::debug!(%error, "what other processes change is not known");
        sleep(PERIOD).await;
    }
}

/// Listens until the connection is lost. Its answer to a question says that everything committed before was heard; a
/// connection that is only silent may be dead.
async fn hear(pool: &PgPool, changes: &Changes, lease: Duration) -> sqlx::Result<std::convert::Infallible> {
    let options = (*pool.connect_options()).clone();
    let own = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).acquire_timeout(PATIENCE);
    let mut listener = PgListener::connect_with(&own.connect_with(options).await?).await?;
    // It must not come back by itself: nobody would know what was missed.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    changes.forget();
    loop {
        let asked = Instant::now();
        timeout(PATIENCE, listener.execute("SELECT 1")).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
        while let Some(told) = listener.next_buffered() {
            changes.hear(told.payload());
        }
        changes.know(asked, lease);
        let next = (asked + PERIOD).into();
        while let Ok(told) = timeout_at(next, listener.try_recv()).await {
            changes.hear(told?.ok_or(sqlx::Error::WorkerCrashed)?.payload());
        }
    }
}

const _: () = assert!(PERIOD.as_millis() * 2 < LEASE.as_millis(), "one late answer must not end what is known");
