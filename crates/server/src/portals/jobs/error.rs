//! Why jobs are not shown or tried again.

use crate::bulk_invitations::BulkError;
use crate::graph::Error;
use crate::outbox::MailError;
use crate::platform::ids::JobId;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use axum::http::StatusCode;

/// A refusal or failure.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Only administrators of users see them: they name everybody who gets mail.
    #[error("jobs are for administrators of users")]
    NotAllowed,
    /// There is no such job; one that was done is none.
    #[error("there is no job {0}")]
    NotFound(JobId),
    /// It waits or runs.
    #[error("only a job that was given up can be tried again")]
    NotGivenUp,
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<JobError> for Error {
    fn from(error: JobError) -> Self {
        match error {
            JobError::NotAllowed => Self::denied(),
            JobError::NotFound(id) => Self::not_found(id),
            JobError::NotGivenUp => {
                Self::new(StatusCode::CONFLICT, "ObjectConflict", error.to_string()).with_target("state")
            }
            JobError::Database(error) => error.into(),
        }
    }
}

impl From<JobError> for Refusal {
    fn from(error: JobError) -> Self {
        match error {
            JobError::NotAllowed => Problem::NotAllowed.into(),
            JobError::NotFound(_) => Problem::NotFound.into(),
            JobError::NotGivenUp => Problem::BadRequest.into(),
            JobError::Database(error) => error.into(),
        }
    }
}

impl JobError {
    /// What a mail says of its job.
    pub(super) fn of_mail(job: JobId, error: MailError) -> Self {
        match error {
            MailError::NotAllowed => Self::NotAllowed,
            MailError::NotFound(_) => Self::NotFound(job),
            MailError::NotGivenUp => Self::NotGivenUp,
            MailError::Database(error) => error.into(),
        }
    }

    /// What a bulk invitation says of its job.
    pub(super) fn of_bulk(job: JobId, error: BulkError) -> Self {
        match error {
            BulkError::Database(error) => error.into(),
            BulkError::NotFound(_) => Self::NotFound(job),
            BulkError::Invite(_) => Self::NotAllowed,
            BulkError::File(_) | BulkError::Empty | BulkError::Both | BulkError::BrokenOff | BulkError::WrongState => {
                Self::NotGivenUp
            }
        }
    }
}
