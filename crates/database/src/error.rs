//! What can go wrong between the product and its database.

use rusqlite::ErrorCode;

/// A refusal or failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine cannot do it now: the disk is full or read-only, the server is away, no connection became free.
    /// The same request may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A unique key or foreign key stands against the change.
    #[error("the change contradicts a key: {0}")]
    Conflict(String),
    /// The write transaction was open for longer than [`crate::Database::WRITE_LIMIT`] and was rolled back.
    #[error("the write transaction was open for too long and was rolled back")]
    TooLong,
    /// A statement of this transaction failed before; nothing of it can be kept.
    #[error("the transaction has already failed")]
    AlreadyFailed,
    /// A row that must exist does not.
    #[error("no such row")]
    NotFound,
    /// The number of bound values is not the highest placeholder of the statement.
    #[error("statement at {place} has {placeholders} placeholders and {bound} values")]
    Binds {
        /// File and line of the statement.
        place: String,
        /// The highest `$n`.
        placeholders: usize,
        /// The number of values bound.
        bound: usize,
    },
    /// The schema is newer than this program.
    #[error(
        "the database has schema version {found} ({name}); this program knows versions up to {known}: run the newer program"
    )]
    NewerSchema {
        /// The version found in the database.
        found: i64,
        /// The name of that version.
        name: String,
        /// The newest version this program knows.
        known: i64,
    },
    /// A migration that was applied reads differently in this program.
    #[error("migration {version} ({name}) was changed after it was applied")]
    ChangedMigration {
        /// The version of the migration.
        version: i64,
        /// Its name.
        name: String,
    },
    /// The schema is older than this program and was not to be changed.
    #[error("the database has schema version {found}; this program needs {known}: run `vestibule migrate`")]
    OlderSchema {
        /// The version found in the database.
        found: i64,
        /// The version this program needs.
        known: i64,
    },
    /// A database cannot be copied, or a copy is not what it should be; the text says which and why.
    #[error("{0}")]
    Copy(String),
    /// Anything else SQLite reports; a defect of ours.
    #[error("SQLite: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// Anything else the driver reports; a defect of ours.
    #[error("database: {0}")]
    Driver(#[source] sqlx::Error),
}

impl Error {
    /// Whether the same request may succeed later without anybody changing it.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::TooLong)
    }

    /// The same error for each of several operations that shared one commit.
    pub(crate) fn repeat(&self) -> Self {
        Self::Unavailable(self.to_string())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            sqlx::Error::Database(cause) => {
                let code = cause.code().unwrap_or_default();
                if cause.is_unique_violation() || cause.is_foreign_key_violation() {
                    Self::Conflict(cause.message().to_owned())
                } else if is_unavailable(&code) {
                    Self::Unavailable(cause.message().to_owned())
                } else {
                    Self::Driver(error)
                }
            }
            _ => Self::Driver(error),
        }
    }
}

/// PostgreSQL's classes 08 (connection), 53 (resources), 57 (operator intervention), 40 (rolled back by the engine) and 58
/// (system), and 25006 (read-only transaction) and 55P03 (lock).
fn is_unavailable(code: &str) -> bool {
    ["08", "53", "57", "58", "40"].iter().any(|class| code.starts_with(class)) || code == "25006" || code == "55P03"
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(cause, said) = &error else { return Self::Sqlite(error) };
        let said = said.clone().unwrap_or_else(|| cause.to_string());
        match cause.code {
            ErrorCode::ConstraintViolation if is_key(cause.extended_code) => Self::Conflict(said),
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory
            | ErrorCode::ReadOnly
            | ErrorCode::SystemIoFailure
            | ErrorCode::DiskFull
            | ErrorCode::CannotOpen => Self::Unavailable(said),
            _ => Self::Sqlite(error),
        }
    }
}

/// Whether a violated constraint is a primary key, another unique index or a foreign key.
fn is_key(extended: i32) -> bool {
    use rusqlite::ffi::{
        SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE,
    };
    [SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE]
        .contains(&extended)
}
