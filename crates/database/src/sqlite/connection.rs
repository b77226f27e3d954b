//! One connection, used by one caller at a time.

use super::driver::{Arguments, Column, Row};
use super::value::Value;
use crate::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{ErrorCode, OpenFlags, Statement};
use sqlx::FromRow;
use std::collections::HashMap;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 512;

/// Shapes that are kept before all are forgotten: texts that continue differently each time must not fill the memory.
const SHAPES: usize = 4 * STATEMENTS;

/// KiB of pages that a connection keeps which writes: as many as a group of operations changes, and the upper parts of every
/// index. With fewer, pages go to the WAL before their commit and are read again.
const WRITING: i64 = 16 * 1024;

/// KiB of pages that a connection keeps which reads.
const READING: i64 = 4 * 1024;

/// Pages in the WAL before they go into the database file: 16 MiB. Pages that many commits change are written once for all of
/// them.
const CHECKPOINT: i64 = 4096;

/// Instructions of SQLite's machine between two looks at the clock of [`Connection::allow`].
const TICK: i32 = 1_000;

/// How a file is opened.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    /// The file.
    pub(crate) file: PathBuf,
    /// What may be done with it.
    pub(crate) access: Access,
    /// How long a lock of another program is waited for.
    pub(crate) patience: Duration,
}

/// What may be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reading, of a file that is there; nothing is written, not even beside it.
    ReadOnly,
    /// Statements that change something are refused. The files beside the database are made and used.
    Query,
    /// Everything; a file that is not there is made.
    Write,
}

/// An open connection.
pub(crate) struct Connection {
    inner: rusqlite::Connection,
    shapes: HashMap<Box<str>, Arc<Shape>>,
    /// How long a lock of another program is waited for.
    patience: Duration,
    ticks: Arc<AtomicI64>,
}

/// What a statement answered.
pub(crate) struct Answer<R> {
    /// The rows it gave.
    pub(crate) rows: Vec<R>,
    /// How many rows the last statement that changes anything has changed.
    pub(crate) changed: u64,
}

/// What is the same each time a statement runs.
struct Shape {
    /// For each parameter of SQLite, in its order, the value that belongs there.
    parameters: Box<[usize]>,
    columns: Arc<[Column]>,
}

impl Opening {
    /// A file to be read and written, as a server does it: WAL, every commit waits for the disk.
    pub(crate) fn server(file: &Path, access: Access) -> Self {
        Self { file: file.to_owned(), access, patience: Duration::from_secs(5) }
    }

    pub(crate) fn open(&self) -> Result<Connection> {
        if self.access == Access::Write {
            make(&self.file);
        }
        let flags = match self.access {
            Access::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Query => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let inner = rusqlite::Connection::open_with_flags(&self.file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        inner.busy_timeout(self.patience)?;
        inner.set_prepared_statement_cache_capacity(STATEMENTS);
        inner.pragma_update(None, "foreign_keys", true)?;
        inner.pragma_update(None, "synchronous", "FULL")?;
        // What a savepoint would take back is kept in memory instead of a file.
        inner.pragma_update(None, "temp_store", "MEMORY")?;
        // The same plan whatever is bound: with the values in view, each statement with a bound LIMIT would be planned anew
        // every time it runs. What partial indexes ask for stands in the texts.
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let cache = if self.access == Access::Write { WRITING } else { READING };
        inner.pragma_update(None, "cache_size", -cache)?;
        inner.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
        if self.access == Access::Query {
            inner.pragma_update(None, "query_only", true)?;
        }
        let ticks = Arc::new(AtomicI64::new(i64::MAX));
        let left = Arc::clone(&ticks);
        inner.progress_handler(TICK, Some(move || left.fetch_sub(1, Ordering::Relaxed) <= 0))?;
        Ok(Connection { inner, shapes: HashMap::new(), patience: self.patience, ticks })
    }
}

/// Makes an empty file that only its owner can read, if there is none. SQLite gives the files beside it the same rights.
fn make(file: &Path) {
    // Where this fails SQLite fails as well, and says why in its own words.
    drop(OpenOptions::new().write(true).create_new(true).mode(0o600).open(file));
}

/// Whether some connection has the file open, in this process or elsewhere: one that wants it for itself is refused then.
pub(crate) fn is_open(file: &Path, patience: Duration) -> Result<bool> {
    let asked = || {
        let connection = rusqlite::Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(patience)?;
        // Before the first look into the file, because it decides how its WAL is opened.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(()))
    };
    match asked().map_err(Error::from) {
        Ok(()) => Ok(false),
        Err(Error::Unavailable(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

impl Connection {
    /// Ends statements with [`is_interrupted`] that take longer than about this many thousand instructions.
    pub(crate) fn allow(&self, thousands: i64) {
        self.ticks.store(thousands, Ordering::Relaxed);
    }

    /// Runs several statements without values.
    pub(crate) fn batch(&self, text: &str) -> Result<()> {
        Ok(self.inner.execute_batch(text)?)
    }

    /// Every row of a statement without values.
    pub(crate) fn query<R>(&mut self, text: &str) -> Result<Vec<R>>
    where
        R: for<'r> FromRow<'r, Row>,
    {
        Ok(self.run(text, &Arguments::default(), usize::MAX, |row| Ok(R::from_row(row)?))?.rows)
    }

    /// Runs a statement for what it changes; how many rows that were.
    pub(crate) fn execute(&mut self, text: &str, arguments: &Arguments) -> Result<u64> {
        Ok(self.run(text, arguments, usize::MAX, |_| Ok(()))?.changed)
    }

    /// Runs one statement without values that is used often.
    pub(crate) fn control(&self, text: &str) -> Result<()> {
        self.inner.prepare_cached(text)?.raw_execute()?;
        Ok(())
    }

    /// Begins to write if no other program does, without waiting.
    pub(crate) fn begin_at_once(&self) -> Result<()> {
        self.inner.busy_timeout(Duration::ZERO)?;
        let begun = self.control("BEGIN IMMEDIATE");
        self.inner.busy_timeout(self.patience)?;
        begun
    }

    /// Runs a statement until it has given as many rows as are wanted, or to its end, and reads each row while it is shown.
    pub(crate) fn run<R>(
        &mut self,
        text: &str,
        arguments: &Arguments,
        most: usize,
        read: impl Fn(&Row) -> Result<R>,
    ) -> Result<Answer<R>> {
        let mut statement = self.inner.prepare_cached(text)?;
        let shape = shape(&mut self.shapes, text, &statement);
        for (at, value) in shape.parameters.iter().enumerate() {
            statement.raw_bind_parameter(at + 1, arguments.values().get(*value).unwrap_or(&Value::Null))?;
        }
        let mut found = Vec::new();
        let mut row = Row::new(Arc::clone(&shape.columns));
        let mut rows = statement.raw_query();
        while found.len() < most {
            let Some(shown) = rows.next()? else { break };
            row.show(shown)?;
            found.push(read(&row)?);
        }
        drop(rows);
        drop(statement);
        Ok(Answer { rows: found, changed: self.inner.changes() })
    }

    /// Lets SQLite prepare a statement without running it.
    pub(crate) fn prepare(&self, text: &str) -> Result<()> {
        self.inner.prepare(text)?;
        Ok(())
    }
}

/// Whether a statement was ended because it took longer than it was allowed to.
pub(crate) fn is_interrupted(error: &Error) -> bool {
    matches!(error, Error::Sqlite(cause) if cause.sqlite_error_code() == Some(ErrorCode::OperationInterrupted))
}

fn shape(known: &mut HashMap<Box<str>, Arc<Shape>>, text: &str, statement: &Statement<'_>) -> Arc<Shape> {
    if let Some(shape) = known.get(text) {
        return Arc::clone(shape);
    }
    if known.len() == SHAPES {
        known.clear();
    }
    let names = statement.column_names();
    let columns = names.iter().enumerate().map(|(ordinal, name)| Column { ordinal, name: (*name).to_owned() });
    let shape = Arc::new(Shape { parameters: parameters(statement), columns: columns.collect() });
    known.insert(text.into(), Arc::clone(&shape));
    shape
}

/// SQLite numbers `$2` by where it stands first, the product by its name.
fn parameters(statement: &Statement<'_>) -> Box<[usize]> {
    let value = |at: usize| {
        let number = statement.parameter_name(at).and_then(|name| name.get(1..)?.parse::<usize>().ok());
        number.unwrap_or(at) - 1
    };
    (1..=statement.parameter_count()).map(value).collect()
}
