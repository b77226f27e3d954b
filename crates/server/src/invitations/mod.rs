//! Inviting somebody from outside: the guest object, the link, the mail, and everything done with an invitation until
//! it is accepted.
//!
//! Owns `invitation`, `dead_ticket`, `invitation_block`. Accepting is `redemption`; what a guest is, is `users`.

pub mod block;
mod block_store;
mod error;
mod graph;
mod invitation;
pub mod landing;
mod letter;
mod list_store;
mod new_invitation;
pub mod operations;
mod overview;
mod pages;
mod purge;
mod retire;
pub mod rights;
pub mod store;
#[cfg(test)]
mod tests;

pub use error::InviteError;
pub use invitation::{Invitation, Invitee, InviterKind, State, redeem_url};
pub use letter::destination;
pub use new_invitation::{ASSIGNMENTS, MESSAGE_LIMIT, NewInvitation, check_words};
pub use operations::mail_handed_over;
pub use pages::{
    App, MAILBOX_REFUSES, apps, handed_over, pace_sentence, reason, refusal, routes as portal_routes,
    too_many_sentence, wait_sentence,
};
pub use purge::{forget_user, purge};

use crate::Server;
use axum::Router;
use std::sync::Arc;

/// The routes of the API, and of the page that refuses further invitations.
pub fn routes() -> Router<Arc<Server>> {
    graph::routes().merge(overview::routes())
}

/// The page on which a mailbox refuses further invitations, for people who are not signed in.
pub fn door_routes() -> Router<Arc<Server>> {
    pages::block::routes()
}
