//! Why something about an extension is refused.

/// A refusal, or a failure of the storage.
#[derive(Debug, thiserror::Error)]
pub enum ExtensionError {
    /// A value that a property cannot have.
    #[error("{property}: {problem}")]
    Invalid {
        /// The property on the wire.
        property: &'static str,
        /// What is wrong with the value.
        problem: String,
    },
    /// The storage.
    #[error(transparent)]
    Storage(#[from] database::Error),
}
