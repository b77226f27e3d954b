//! `/portal/{tenant}/users/{id}`: who somebody is, how they come in, what they reach, what happened, and what can be done.

mod action;
mod change;
mod page;
mod reached;
mod store;
mod words;

pub(super) use action::Action;
pub(super) use change::{Failure, perform};
pub(super) use page::known;
pub(super) use words::counted;

use crate::Server;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/users/{id}", get(page::show))
        .route("/portal/{tenant}/users/{id}/{action}", get(change::ask).post(change::carry_out))
}
