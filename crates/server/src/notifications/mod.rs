//! Change notifications: programs are told what changes in the directory instead of asking (Graph: subscription).
//!
//! A subscription remembers up to which number of [`crate::changes`] it was told. Whatever is newer is told by a job, in one
//! message for each page of changes, at least once and in order:
//!
//! ```text
//! change noted -> a process sees that the subscription is behind -> job -> POST to the receiver -> told up to here
//! ```
//!
//! What happens to the subscription itself is told to its lifecycle address by a job of its own, so that neither address waits for
//! the other.
//!
//! The address is proved before it is used: whoever answers there has to send back what the server sent. Connections go
//! through the guard of [`crate::platform::fetch`]. Owns `subscription`.

mod creator;
mod delivery;
mod error;
mod graph;
mod listed;
mod operations;
mod pages;
mod receiver;
pub mod store;
mod subscription;
#[cfg(test)]
mod tests;

pub use delivery::{deliver, deliver_event, settle};
pub use graph::routes;
pub use operations::{purge, reseal};
pub use pages::routes as portal_routes;
pub use subscription::{ChangeType, CreatorKind, Resource, Subscription};
