//! Why something about an application is refused.

use crate::extensions::ExtensionError;
use crate::web::names;
use uuid::Uuid;

/// Longest name or description of an application, role or secret, in characters.
const TEXT: usize = 256;

/// Longest explanation of a role or scope, in characters.
const EXPLANATION: usize = 1024;

/// A property that cannot have the value that was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {problem}")]
pub struct Invalid {
    /// The property on the wire.
    pub property: &'static str,
    /// What is wrong with its value.
    pub problem: String,
}

/// The refusals of this feature.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// The caller may not do this.
    #[error("the caller may not do this")]
    Denied,
    /// There is no such application.
    #[error("there is no application '{0}'")]
    NotFound(String),
    /// There is no such secret.
    #[error("there is no such secret")]
    NoSuchSecret,
    /// A property is refused.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such object to be an owner, or it is none.
    #[error("there is no object '{0}' here")]
    NoObject(Uuid),
    /// They are an owner already.
    #[error("they are an owner already")]
    IsOwner,
    /// Nobody would answer for it any more.
    #[error("they are the last owner: name another one first")]
    LastOwner,
    /// The application trusts no such identity elsewhere.
    #[error("there is no credential '{0}'")]
    NoCredential(String),
    /// The application has another one with this value of a property.
    #[error("{0}: another one of the application has this value")]
    Taken(&'static str),
    /// Somebody else changed it at the same time.
    #[error("the application was changed in the meantime")]
    Changed,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

impl From<ExtensionError> for ApplicationError {
    fn from(error: ExtensionError) -> Self {
        match error {
            ExtensionError::Invalid { property, problem } => Invalid { property, problem }.into(),
            ExtensionError::Storage(error) => Self::Storage(error),
        }
    }
}

/// Refuses an empty text, one of more than 256 characters, and one with control or hidden characters.
pub(super) fn check_text(property: &'static str, text: &str) -> Result<(), Invalid> {
    check_text_within(property, text, TEXT)
}

/// The same where the longest text has another number of characters.
pub(super) fn check_text_within(property: &'static str, text: &str, longest: usize) -> Result<(), Invalid> {
    let problem = if text.trim().is_empty() {
        "it is empty".to_owned()
    } else if text.chars().count() > longest {
        format!("it is longer than {longest} characters")
    } else if names::holds_hidden(text) {
        "it has control or hidden characters".to_owned()
    } else {
        return Ok(());
    };
    Err(Invalid { property, problem })
}

/// Refuses an explanation that is longer than anybody reads.
pub(super) fn check_explanation(property: &'static str, text: Option<&str>) -> Result<(), Invalid> {
    if text.unwrap_or_default().chars().count() > EXPLANATION {
        return Err(Invalid { property, problem: format!("a description has at most {EXPLANATION} characters") });
    }
    Ok(())
}
