//! Why a command failed.

use crate::{StartError, backups, serve};
use std::io;
use std::path::PathBuf;

/// Why a command failed; each reads as one line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration, the master key or the database.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The server could not listen, or stopped listening.
    #[error(transparent)]
    Serve(#[from] serve::Error),
    /// The database refused an operation.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// A backup, restore or move was refused or failed.
    #[error(transparent)]
    Backups(#[from] backups::Error),
    /// A file could not be read or written.
    #[error("{}: {problem}", file.display())]
    File {
        /// Which one.
        file: PathBuf,
        /// What is wrong with it.
        problem: io::Error,
    },
    /// What was asked for cannot be done.
    #[error("{0}")]
    Refused(String),
    /// The threads of the program could not be started.
    #[error("the program cannot start its threads: {0}")]
    Runtime(io::Error),
}

impl Error {
    /// A refusal in words.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }

    /// For `map_err` where a file is handled.
    pub fn file(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |problem| Self::File { file, problem }
    }
}
