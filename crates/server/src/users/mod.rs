//! Members and guests, and how each of them signs in.
//!
//! Owns `user_account`, `user_term`, `user_identity`, `user_sponsor`, `user_sponsor_group`, `unsponsored_guest`, `user_manager`,
//! `user_photo`, `guest_census`, `name_part_backlog`. Inviting a guest is `invitations`, accepting is `redemption`, proving who one
//! is `sign_in`.

mod access_path;
pub mod census;
mod change;
pub mod deleted;
mod deleted_store;
mod edges;
mod error;
mod graph;
pub mod manager;
pub mod name_parts;
pub mod operations;
pub mod password;
pub mod photo;
mod profile;
mod resource;
mod rights;
mod search;
pub mod sponsors;
pub mod store;
pub mod terms;
#[cfg(test)]
mod tests;
mod texts;
mod user;

pub use change::{Change, MEMBERS, Members};
pub use error::UserError;
pub use graph::wire;
pub use mail_address::{Address, AddressError};
pub use profile::Profile;
pub use resource::USER;
pub use rights::{Sight, is_sensitive, knows_others};
pub use search::Typed;
pub use texts::{TEXTS, TextProperty};
pub use user::{CreationType, ExternalUserState, Identity, SignInType, User, UserType, fold};

use crate::web::Routes;

/// The calls on users.
pub fn routes() -> Routes {
    graph::routes().merge(sponsors::routes()).merge(photo::routes())
}
