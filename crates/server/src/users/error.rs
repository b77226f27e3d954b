//! Why a request about users is refused.

use crate::extensions::ExtensionError;

/// A refusal, or a failure of the storage.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// The caller may not do it, whoever the user is.
    #[error("not allowed")]
    Denied,
    /// There is no such user, or the caller may not know.
    #[error("no user {0}")]
    NotFound(String),
    /// A program asks for the signed-in person.
    #[error("no person is signed in")]
    NoPerson,
    /// Nobody could administer the tenant afterwards.
    #[error("the last Global Administrator cannot be blocked or deleted")]
    LastAdministrator,
    /// A value that a property cannot have.
    #[error("{property}: {problem}")]
    Invalid {
        /// The property.
        property: &'static str,
        /// What is wrong with the value.
        problem: String,
    },
    /// The relation is there already.
    #[error("already among the {0}")]
    Exists(&'static str),
    /// Another object has this value.
    #[error("another object has the same {0}")]
    Taken(&'static str),
    /// The machine could not hash the password.
    #[error("the password could not be hashed")]
    Machine,
    /// The user was changed since the caller read them.
    #[error("changed in the meantime")]
    Changed,
    /// The storage.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

impl From<ExtensionError> for UserError {
    fn from(error: ExtensionError) -> Self {
        match error {
            ExtensionError::Invalid { property, problem } => Self::Invalid { property, problem },
            ExtensionError::Storage(error) => Self::Storage(error),
        }
    }
}
