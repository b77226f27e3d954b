//! Members and guests, and how each of them signs in.
//!
//! Owns `user_account`, `user_identity`, `user_sponsor`, `guest_census`. Inviting a guest is `invitations`, accepting is `redemption`,
//! proving who one is `sign_in`.

pub mod census;
mod change;
mod error;
mod graph;
pub mod operations;
mod resource;
mod rights;
mod search;
pub mod store;
#[cfg(test)]
mod tests;
mod user;

pub use change::{Change, TEXTS, TextProperty};
pub use error::UserError;
pub use graph::routes;
pub use mail_address::{Address, AddressError};
pub use resource::USER;
pub use rights::{Sight, knows_others};
pub use search::{Search, State};
pub use user::{CreationType, ExternalUserState, Identity, SignInType, User, UserType, fold};
