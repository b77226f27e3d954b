//! The one writer of SQLite: a queue with group commit.
//!
//! Each operation runs under a savepoint in the running transaction. COMMIT comes when nobody waits any more, or after
//! [`GROUP`] operations, and only then do their `commit()` calls return. An operation that is refused, dropped or
//! aborted rolls back to its own savepoint and takes nobody with it. Control statements run in the writer's own task,
//! so a caller that disappears cannot leave one half done.
//!
//! Statements run in place, in microseconds. What waits for the disk or for another program runs on a thread for it, so
//! that the others can read, hash and sign meanwhile.

use crate::sqlite::{Connection, Opening};
use crate::{Database, Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Mutex, MutexGuard, mpsc, oneshot};
use tokio::time::timeout;

/// Operations that share one COMMIT at most.
const GROUP: usize = 32;

/// Operations that may wait for their turn before new ones wait outside.
const QUEUE: usize = 1024;

/// A caller who waits for a turn.
type Request = oneshot::Sender<Result<Turn>>;

/// The connection while an operation uses it. The writer takes it back when the operation ends or is late.
type Slot = Arc<Mutex<Option<Connection>>>;

/// An operation's turn with the connection.
pub(crate) struct Turn {
    slot: Slot,
    /// Dropped unsent means: roll back.
    done: oneshot::Sender<oneshot::Sender<Result<()>>>,
}

impl Turn {
    pub(crate) async fn connection(&self) -> MutexGuard<'_, Option<Connection>> {
        self.slot.lock().await
    }

    pub(crate) async fn commit(self) -> Result<()> {
        let (durable, outcome) = oneshot::channel();
        self.done.send(durable).map_err(|_| Error::TooLong)?;
        outcome.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// The entrance to the queue.
#[derive(Clone)]
pub(crate) struct Writer {
    requests: mpsc::Sender<Request>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    /// Opens the writing connection and starts its task; the task ends when the last clone is dropped.
    pub(crate) fn start(opening: Opening) -> Result<Self> {
        let connection = opening.open()?;
        connection.batch("PRAGMA journal_mode = WAL")?;
        let (sender, requests) = mpsc::channel(QUEUE);
        let commits = Arc::<AtomicU64>::default();
        tokio::spawn(Loop { opening, connection: Some(connection), requests, commits: Arc::clone(&commits) }.run());
        Ok(Self { requests: sender, commits })
    }

    pub(crate) async fn turn(&self) -> Result<Turn> {
        let (request, turn) = oneshot::channel();
        self.requests.send(request).await.map_err(|_| stopped())?;
        turn.await.map_err(|_| stopped())?
    }

    /// How often the disk was waited for so far.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

fn stopped() -> Error {
    Error::Unavailable("the writer has stopped".to_owned())
}

struct Loop {
    opening: Opening,
    /// Absent while an operation or a thread uses it.
    connection: Option<Connection>,
    requests: mpsc::Receiver<Request>,
    commits: Arc<AtomicU64>,
}

/// Where the answer goes once the group is durable.
type Durable = oneshot::Sender<Result<()>>;

impl Loop {
    async fn run(mut self) {
        while let Some(first) = self.requests.recv().await {
            match self.begin().await {
                Ok(()) => self.group(first).await,
                // The caller may be gone; then nobody needs the answer.
                Err(error) => drop(first.send(Err(error))),
            }
        }
    }

    /// Begins where it is, unless another program writes: that is waited for on a thread. SQLite's own reason not to begin (busy, read-only, full) leaves the
    /// connection as good as before; one whose state is unknown is replaced rather than trusted.
    async fn begin(&mut self) -> Result<()> {
        if self.connection.is_none() {
            // The thread that used it panicked and took it along.
            self.connection = Some(self.opening.open()?);
        }
        if self.connection.as_ref().is_some_and(|connection| connection.begin_at_once().is_ok()) {
            return Ok(());
        }
        match self.aside("BEGIN IMMEDIATE").await {
            Err(Error::Sqlite(_)) => {
                self.connection = Some(self.opening.open()?);
                self.aside("BEGIN IMMEDIATE").await
            }
            outcome => outcome,
        }
    }

    /// Runs operations until nobody waits, then commits them together.
    async fn group(&mut self, first: Request) {
        let mut waiting = Vec::new();
        let mut outcome = Ok(());
        let mut next = Some(first);
        let mut count = 0;
        while let Some(request) = next.take() {
            match self.operation(request).await {
                Ok(durable) => waiting.extend(durable),
                Err(error) => outcome = Err(error),
            }
            count += 1;
            if outcome.is_ok() && count < GROUP {
                next = self.requests.try_recv().ok();
            }
        }
        if outcome.is_ok() {
            outcome = if waiting.is_empty() { self.control("ROLLBACK") } else { self.aside("COMMIT").await };
        }
        if outcome.is_ok() && !waiting.is_empty() {
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
        if outcome.is_err() {
            // SQLite has often rolled back by itself after a failure; this attempt then only reports that.
            drop(self.control("ROLLBACK"));
        }
        for durable in waiting {
            let answer = outcome.as_ref().map_or_else(|error| Err(error.repeat()), |()| Ok(()));
            drop(durable.send(answer));
        }
    }

    /// One operation under its savepoint: `Some` when it wants to be committed. An error means that the whole group is lost.
    async fn operation(&mut self, request: Request) -> Result<Option<Durable>> {
        if let Err(error) = self.control("SAVEPOINT operation") {
            drop(request.send(Err(error.repeat())));
            return Err(error);
        }
        let slot: Slot = Arc::new(Mutex::new(self.connection.take()));
        let (done, ended) = oneshot::channel();
        // A caller that is gone drops its turn, which reads as a rollback below.
        drop(request.send(Ok(Turn { slot: Arc::clone(&slot), done })));
        let durable = match timeout(Database::WRITE_LIMIT, ended).await {
            Ok(durable) => durable.ok(),
            Err(_) => None,
        };
        self.connection = slot.lock().await.take();
        if durable.is_none() {
            self.control("ROLLBACK TO operation")?;
        }
        match self.control("RELEASE operation") {
            Ok(()) => Ok(durable),
            Err(error) => {
                if let Some(durable) = durable {
                    drop(durable.send(Err(error.repeat())));
                }
                Err(error)
            }
        }
    }

    /// Runs a statement that touches memory only.
    fn control(&self, text: &'static str) -> Result<()> {
        self.connection.as_ref().ok_or_else(stopped)?.control(text)
    }

    /// Runs a statement that may wait, on a thread where nobody waits with it.
    async fn aside(&mut self, text: &'static str) -> Result<()> {
        let connection = self.connection.take().ok_or_else(stopped)?;
        let run = move || (connection.control(text), connection);
        let (outcome, connection) = tokio::task::spawn_blocking(run).await.map_err(|_| stopped())?;
        self.connection = Some(connection);
        outcome
    }
}
