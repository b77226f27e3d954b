//! Who holds which built-in directory role: giving it, taking it, and who may.
//!
//! Owns `directory_role_assignment`. What a role allows is decided where it is done, by the `Caller`, who has the roles held
//! at the moment of each request; so what is taken binds at the next one.

mod error;
mod graph;
mod member;
pub mod operations;
pub mod store;
#[cfg(test)]
mod tests;

pub use error::RoleError;
pub use graph::routes;
pub use member::Member;
