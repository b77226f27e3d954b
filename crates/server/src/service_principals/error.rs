//! Why something about a service principal or an assignment is refused.

use crate::applications::ApplicationError;

/// Refusals about service principals.
#[derive(Debug, thiserror::Error)]
pub enum ServicePrincipalError {
    /// The caller may not do this.
    #[error("the caller may not do this")]
    Denied,
    /// There is no such service principal.
    #[error("there is no service principal '{0}'")]
    NotFound(String),
    /// The application has one already.
    #[error("the application has a service principal already")]
    Exists,
    /// No registration has this client id.
    #[error("no application of this directory has the client id '{0}'")]
    NoApplication(String),
    /// The directory API cannot be switched off or removed.
    #[error("the directory API belongs to the directory")]
    DirectoryApi,
    /// The application itself is refused.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// Somebody else changed it at the same time.
    #[error("the service principal was changed in the meantime")]
    Changed,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

/// Refusals about assignments.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// The caller may not do this.
    #[error("the caller may not do this")]
    Denied,
    /// There is no such assignment, or not where the path says.
    #[error("there is no assignment '{0}'")]
    NotFound(String),
    /// There is no user or service principal with this id.
    #[error("there is no user or service principal with this id")]
    Principal,
    /// There is no service principal with this id.
    #[error("there is no service principal with this id")]
    Resource,
    /// The resource declares no such role for principals of this kind.
    #[error("the application declares no such role for principals of this kind")]
    Role,
    /// It is assigned already.
    #[error("it is assigned already")]
    Exists,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
}
