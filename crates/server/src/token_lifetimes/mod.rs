//! How long access and ID tokens are good, where an organisation says so (Graph: tokenLifetimePolicy).
//!
//! Owns `token_lifetime_policy` and `token_lifetime_assignment`. Who may give a policy to a registration or a service principal is
//! decided by `applications` and `service_principals`, whose calls these are; tokens are written by `authorization`, which reads what
//! holds for an app together with the app.

mod error;
mod graph;
mod lifetimes;
pub mod operations;
mod policy;
pub mod store;
#[cfg(test)]
pub mod tests;

pub use error::LifetimeError;
pub use graph::{answer_held, read_reference, routes};
pub use lifetimes::{LONGEST, Lifetimes, SHORTEST, USUAL};
pub use operations::Object;
pub use policy::{TokenLifetimePolicy, definition_of, in_words, written};
