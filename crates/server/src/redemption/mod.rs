//! The guest's path from the link to the app.
//!
//! Owns no table: it moves the invitation (`invitations`), the guest (`users`) and the session (`sign_in`) together, in
//! one transaction. Inviting is `invitations`, the code is `sign_in::passcode`.
//!
//! ```text
//!   link ──> page one ──button──> code ──right──> accepted ──> app, or My Apps
//!     │         │ └── signed in as this guest already ──button──┘
//!     │         ├── signed in as somebody else: sign out first
//!     │         └── no: nothing changes
//!     └── replaced, ended, withdrawn, unknown: a fresh link by mail, to the invited mailbox only
//! ```
//!
//! Opening a link changes nothing and sends nothing, for mail scanners open links: it only begins a step in the browser,
//! so that the ticket leaves the address bar. Whoever does not have that browser finds nothing at the step's address.

mod landing;
mod operations;
mod pages;
#[cfg(test)]
pub mod tests;
mod visit;
mod way;

pub use pages::routes;
pub use way::domain;
