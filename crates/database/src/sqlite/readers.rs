//! The connections that read.

use super::connection::{Access, Answer, Connection, Opening, is_interrupted};
use super::driver::{Arguments, Row};
use crate::{Error, Result};
use sqlx::FromRow;
use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Thousands of SQLite's instructions that a read may take where it is, about a millisecond. What takes longer begins
/// again on a thread for it, so that nobody else waits.
const SHORT: i64 = 20;

/// Reads on connections of its own; clones share them.
#[derive(Clone)]
pub(crate) struct Readers(Arc<Shared>);

struct Shared {
    opening: Opening,
    idle: Mutex<Vec<Connection>>,
    /// Reads that may go on at a time on threads of their own.
    long: Arc<Semaphore>,
}

impl Readers {
    /// Opens the first connection, so that a file that cannot be read is found at once; `long` reads at a time may be
    /// moved to threads.
    pub(crate) fn open(file: &Path, long: u32) -> Result<Self> {
        let opening = Opening::server(file, Access::Query);
        let first = opening.open()?;
        let long = usize::try_from(long.max(1)).unwrap_or(1);
        Ok(Self(Arc::new(Shared { opening, idle: Mutex::new(vec![first]), long: Arc::new(Semaphore::new(long)) })))
    }

    /// Where the file is.
    pub(crate) fn file(&self) -> &Path {
        &self.0.opening.file
    }

    /// Runs a statement in the newest committed state until it has given as many rows as are wanted.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        text: Cow<'static, str>,
        arguments: Arguments,
        most: usize,
        read: fn(&Row) -> Result<R>,
    ) -> Result<Answer<R>> {
        let mut connection = self.take()?;
        connection.allow(SHORT);
        let outcome = connection.run(&text, &arguments, most, read);
        match outcome {
            Err(error) if is_interrupted(&error) => {
                let permit = Arc::clone(&self.0.long).acquire_owned().await.map_err(|_| closed())?;
                let readers = self.clone();
                let run = move || {
                    connection.allow(i64::MAX);
                    let outcome = connection.run(&text, &arguments, most, read);
                    readers.give_back(connection);
                    drop(permit);
                    outcome
                };
                tokio::task::spawn_blocking(run).await.map_err(|_| interrupted())?
            }
            other => {
                self.give_back(connection);
                other
            }
        }
    }

    /// Every row of a statement without values.
    pub(crate) async fn query<R>(&self, text: &'static str) -> Result<Vec<R>>
    where
        R: for<'r> FromRow<'r, Row> + Send + 'static,
    {
        Ok(self.run(text.into(), Arguments::default(), usize::MAX, |row| Ok(R::from_row(row)?)).await?.rows)
    }

    /// Lets SQLite prepare a statement without running it.
    pub(crate) fn prepare(&self, text: &str) -> Result<()> {
        let connection = self.take()?;
        let outcome = connection.prepare(text);
        self.give_back(connection);
        outcome
    }

    /// Closes the connections that nobody uses.
    pub(crate) fn close(&self) {
        self.0.long.close();
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take(&self) -> Result<Connection> {
        if self.0.long.is_closed() {
            return Err(closed());
        }
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.0.opening.open(), Ok)
    }

    fn give_back(&self, connection: Connection) {
        if !self.0.long.is_closed() {
            self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

fn closed() -> Error {
    Error::Unavailable("the database was closed".to_owned())
}

/// What a thread that panicked says of it may hold what somebody sent, and is not told on.
fn interrupted() -> Error {
    Error::Unavailable("a read was interrupted".to_owned())
}
