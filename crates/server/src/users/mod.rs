//! Members and guests, and how each of them signs in.
//!
//! Owns `user_account`, `user_identity`, `user_sponsor`. Inviting a guest is `invitations`, accepting is `redemption`,
//! proving who one is `sign_in`.

mod address;
pub mod store;
mod user;

pub use address::{Address, AddressError};
pub use user::{CreationType, ExternalUserState, Identity, SignInType, User, UserType, fold};
