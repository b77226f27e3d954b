//! A code by mail: the proof that somebody reads a mailbox.
//!
//! Owns `passcode`. A code belongs to the browser session that asked for it; asking again while it works sends the same
//! code with the same end. It is derived from the master key and never stored.
//!
//! ```text
//!   asked for ──> open ──right──> closed (and every other open code of the mailbox)
//!                  │ ├──five wrong──> void
//!                  │ └──15 minutes──> lapsed
//!                  └──asked for again──> open, the same
//! ```
//!
//! Nothing here tells whether an address is known: pages, limits and work are the same, only no mail goes out.

mod code;
mod issued;
pub mod limits;
mod mail;
mod mailbox;
mod operations;
mod pages;
pub(super) mod store;
#[cfg(test)]
mod tests;
pub mod view;

pub use code::{Code, DIGITS};
pub use issued::{LIFETIME, Passcode, Standing, WRONG_CHECKS};
pub use mail::Letter;
pub use mailbox::{Mailbox, Step};
pub use operations::{AskError, Asked, Checked, Order, Proof, ask, check, prepare};
pub use pages::{routes, send};
