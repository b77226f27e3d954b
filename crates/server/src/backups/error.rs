//! Why nothing was backed up, restored or moved.

use crate::StartError;
use crate::platform::master_key_proof::ProofError;
use std::io;
use std::path::PathBuf;

/// Why nothing was backed up, restored or moved; the target is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A database or a backup file.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The configuration.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A file.
    #[error("{}: {problem}", file.display())]
    File {
        /// Which one.
        file: PathBuf,
        /// What the system says.
        problem: io::Error,
    },
    /// It must not be done.
    #[error("{0}")]
    Refused(String),
}

impl Error {
    /// For `map_err` where a file is handled.
    pub(super) fn file(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |problem| Self::File { file, problem }
    }
}

impl From<ProofError> for Error {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Database(error) => Self::Database(error),
            ProofError::MasterKey(error) => Self::Start(StartError::MasterKey(error)),
        }
    }
}
