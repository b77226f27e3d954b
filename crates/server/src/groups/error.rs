//! Why a request about groups is refused.

use super::group::Relation;
use crate::extensions::ExtensionError;
use uuid::Uuid;

/// A refusal, or a failure of the storage.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// The caller may not do it.
    #[error("not allowed")]
    Denied,
    /// There is no such group, or the caller may not know.
    #[error("no group {0}")]
    NotFound(String),
    /// A value that a property cannot have.
    #[error("{property}: {problem}")]
    Invalid {
        /// The property.
        property: &'static str,
        /// What is wrong with the value.
        problem: String,
    },
    /// There is no object of the kind that is meant under this id, or it does not hang on the group.
    #[error("no object {0}")]
    NoObject(Uuid),
    /// It hangs on the group already.
    #[error("it is there already")]
    Linked(Relation),
    /// The group would belong to itself.
    #[error("a group cannot belong to itself, neither directly nor through other groups")]
    Cycle,
    /// Who belongs to the group follows from a rule.
    #[error("who belongs to the group follows from its rule")]
    Dynamic,
    /// The group was changed since the caller read it.
    #[error("changed in the meantime")]
    Changed,
    /// The storage.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

impl From<ExtensionError> for GroupError {
    fn from(error: ExtensionError) -> Self {
        match error {
            ExtensionError::Invalid { property, problem } => Self::Invalid { property, problem },
            ExtensionError::Storage(error) => Self::Storage(error),
        }
    }
}
