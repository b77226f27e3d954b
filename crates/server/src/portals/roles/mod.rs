//! `/portal/{tenant}/roles`: who holds which role; giving and taking.

mod change;
mod list;
mod one;
mod shown;

use crate::Server;
use crate::directory_roles::RoleError;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/roles", get(list::show))
        .route("/portal/{tenant}/roles/{slug}", get(one::show))
        .route("/portal/{tenant}/roles/{slug}/give", post(change::give))
        .route("/portal/{tenant}/roles/{slug}/take", post(change::take))
}

/// Why a page about roles is not shown.
fn refusal(error: RoleError) -> Refusal {
    match error {
        RoleError::Storage(error) => error.into(),
        RoleError::NotFound(_) => Problem::NotFound.into(),
        _ => Problem::NotAllowed.into(),
    }
}
