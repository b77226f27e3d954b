//! Why a request about roles is refused.

use crate::graph::Role;

/// A refusal, or a failure of the storage.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// The caller may not do it, whatever the role.
    #[error("not allowed")]
    Denied,
    /// There is no such role or user, or the user does not hold the role.
    #[error("no {0}")]
    NotFound(String),
    /// The user holds the role already.
    #[error("the role is held already")]
    Held,
    /// The role was given to the holder or taken from them since the caller has looked.
    #[error("the role was given or taken meanwhile")]
    Changed,
    /// The role would let somebody from outside rule over the house.
    #[error("a guest cannot hold the role {}", .0.name())]
    Guest(Role),
    /// Nobody could administer the tenant afterwards.
    #[error("the last Global Administrator who can sign in keeps the role")]
    LastAdministrator,
    /// The storage.
    #[error(transparent)]
    Storage(#[from] database::Error),
}
