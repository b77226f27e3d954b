//! Proving who one is: passwords and mailed codes, the sessions that follow, and the steps a browser comes back to.
//!
//! Owns `continuation`, `session`, `attempt`, `global_attempt`, `known_browser`, `recovery_link`. Where a proved person
//! may go is decided elsewhere: `redemption` lets guests in, `authorization` lets them on to apps.

pub mod attempts;
pub mod browser;
pub mod continuation;
mod cookie;
pub mod door;
pub mod members;
mod pages;
pub mod passcode;
pub mod password;
pub mod place;
pub mod recovery;
mod refusal;
pub mod session;
pub mod store;
#[cfg(test)]
mod tests;
mod throttle;

pub use pages::routes;
