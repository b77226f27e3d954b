//! Why something about a policy is refused.

use crate::graph::Error;
use axum::http::StatusCode;

/// The refusals of this feature.
#[derive(Debug, thiserror::Error)]
pub enum LifetimeError {
    /// The caller may not do this.
    #[error("the caller may not do this")]
    Denied,
    /// There is no such policy, or not where it is looked for.
    #[error("there is no policy '{0}'")]
    NotFound(String),
    /// A property is refused: its name on the wire, and what is wrong with its value.
    #[error("{0}: {1}")]
    Invalid(&'static str, String),
    /// The object has a policy already.
    #[error("it has a policy already")]
    HasOne,
    /// Somebody else changed the policy at the same time.
    #[error("the policy was changed in the meantime")]
    Changed,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

impl From<LifetimeError> for Error {
    fn from(error: LifetimeError) -> Self {
        match error {
            LifetimeError::Denied => Self::denied(),
            LifetimeError::NotFound(id) => Self::not_found(id),
            LifetimeError::Invalid(property, problem) => Self::invalid_property(property, problem),
            LifetimeError::HasOne => {
                let message =
                    "The object has a token lifetime policy already, and takes one only. Remove that one first.";
                Self::bad_request(message).with_target("tokenLifetimePolicies")
            }
            LifetimeError::Changed => {
                let message = "The policy was changed in the meantime. Read it again and repeat the change.";
                Self::new(StatusCode::CONFLICT, "ObjectConflict", message)
            }
            LifetimeError::Storage(error) => error.into(),
        }
    }
}
