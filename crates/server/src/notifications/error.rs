//! Why a subscription is refused.

/// What a caller can meet.
#[derive(Debug, thiserror::Error)]
pub enum SubscriptionError {
    /// The caller may not read what they want to be told about.
    #[error("the caller may not read this")]
    Denied,
    /// There is none of this id, or none of the caller's.
    #[error("no such subscription")]
    NotFound(String),
    /// A property is not valid.
    #[error("{property}: {problem}")]
    Invalid {
        /// The property on the wire.
        property: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// Whoever answers at the address did not prove that they expect notifications.
    #[error("{property} was not proved: {problem}")]
    Unproved {
        /// The property on the wire.
        property: &'static str,
        /// What came back.
        problem: String,
    },
    /// There are too many.
    #[error("too many subscriptions")]
    TooMany,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}
