//! Inviting many at once: a file or pasted list is received, every row is checked, somebody looks at what would happen
//! and starts it, and a job invites row by row.
//!
//! Owns `bulk_invitation`, `bulk_invitation_row`, `bulk_invitation_turn`. Each invitation is made by `invitations`, with all of its rules.

mod actor;
mod bulk_invitation;
mod counts;
mod error;
mod failures;
mod given;
mod graph;
mod operations;
mod pages;
mod store;
#[cfg(test)]
mod tests;
mod work;

pub use error::BulkError;
pub use operations::{purge, resume};
pub use pages::routes as portal_routes;
pub use work::{give_up, work};

use crate::Server;
use axum::Router;
use axum::http::Method;
use std::sync::Arc;

/// The routes of the API.
pub fn routes() -> Router<Arc<Server>> {
    graph::routes()
}

/// Whether a request brings a file, which may take longer to send than a form.
pub fn brings_file(method: &Method, path: &str) -> bool {
    let is_page = path.starts_with("/portal/") && path.ends_with("/invitations/bulk");
    method == Method::POST && (is_page || path == graph::PATH)
}
