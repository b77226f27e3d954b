//! Why a run is not taken, shown or changed.

use crate::graph::Error;
use crate::invitations::InviteError;
use axum::http::StatusCode;
use bulk_file::FileError;

/// A refusal or failure.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// The caller may not invite, or not so often.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// The file as a whole.
    #[error("{0}")]
    File(#[from] FileError),
    /// No rows stand in it.
    #[error("the file holds nobody to invite")]
    Empty,
    /// A list and a file in one form.
    #[error("there is a pasted list and a file: send one of them at a time")]
    Both,
    /// It broke off on its way.
    #[error("the file did not arrive whole")]
    BrokenOff,
    /// There is no such run, or the caller may not see it.
    #[error("there is no bulk invitation {0}")]
    NotFound(String),
    /// It is not at the point where that can be done.
    #[error("The bulk invitation is not in a state in which this is possible.")]
    WrongState,
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<BulkError> for Error {
    fn from(error: BulkError) -> Self {
        match error {
            BulkError::Invite(error) => error.into(),
            BulkError::Database(error) => error.into(),
            BulkError::NotFound(id) => Self::not_found(&id),
            BulkError::WrongState => Self::new(StatusCode::CONFLICT, "ObjectConflict", error.to_string()),
            BulkError::File(FileError::TooLarge(_)) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request_BadRequest", error.to_string())
            }
            BulkError::File(_) | BulkError::Empty | BulkError::Both | BulkError::BrokenOff => {
                Self::bad_request(error.to_string())
            }
        }
    }
}
