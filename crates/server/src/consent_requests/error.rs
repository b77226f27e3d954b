//! Why nothing was asked, or nothing answered.

use crate::graph::Error;
use crate::service_principals::grants::GrantError;
use axum::http::StatusCode;

/// Why somebody's request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody may ask here, or not for this app, or this person has asked already. The page says which, when it is shown again.
    #[error("there is nothing to ask for")]
    Closed,
    /// The reason is empty or too long.
    #[error("the reason is empty or too long")]
    Reason,
    /// The person, or the organisation as a whole, has asked too often.
    #[error("there were too many requests")]
    TooMany,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

/// Why requests are not shown or answered, or the policy is not changed.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// The caller may not do this.
    #[error("the caller may not do this")]
    Denied,
    /// There is no such request, or none that waits.
    #[error("there is no request '{0}'")]
    NotFound(String),
    /// A property that cannot have this value: its name, and what is wrong.
    #[error("{0}: {1}")]
    Invalid(&'static str, String),
    /// Somebody asked, or answered, since the page was opened.
    #[error("the requests were changed meanwhile")]
    Changed,
    /// The app may not be given this any more.
    #[error(transparent)]
    Grant(GrantError),
    /// A mail could not be written.
    #[error("a mail could not be written: {0}")]
    Mail(#[from] askama::Error),
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

impl From<GrantError> for DecideError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Denied => Self::Denied,
            GrantError::Storage(error) => Self::Storage(error),
            other => Self::Grant(other),
        }
    }
}

impl From<DecideError> for Error {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Denied => Self::denied(),
            DecideError::NotFound(id) => Self::not_found(id),
            DecideError::Invalid(property, problem) => Self::invalid_property(property, problem),
            DecideError::Changed => database::Error::Conflict(error.to_string()).into(),
            DecideError::Grant(error) => error.into(),
            DecideError::Mail(error) => {
                let message = "The request could not be completed.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "UnknownError", message).caused_by(error)
            }
            DecideError::Storage(error) => error.into(),
        }
    }
}
