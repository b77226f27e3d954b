//! How long access and ID tokens are good, where an organisation says so (Graph: tokenLifetimePolicy).
//!
//! Owns `token_lifetime_policy` and `token_lifetime_assignment`. Who may give a policy to a registration or a service principal is
//! decided by `applications` and `service_principals`: the calls are among their routes, and each says as [`PolicyHolder`] what is
//! different about it. Tokens are written by `authorization`, which reads what holds for an app together with the app.

mod error;
mod graph;
mod holder;
mod lifetimes;
pub mod operations;
mod policy;
pub mod store;
#[cfg(test)]
pub mod tests;

pub use error::LifetimeError;
pub use graph::{expand_held, expanded, give, list_held, routes, take};
pub use holder::PolicyHolder;
pub use lifetimes::{LONGEST, Lifetimes, SHORTEST, USUAL};
pub use operations::Object;
pub use policy::{TokenLifetimePolicy, definition_of, in_words, written};
