//! The guest's pages.

mod aside;
mod code;
mod invitation;
mod link;
mod refusal;

pub use refusal::dead_link;

use crate::web::Routes;
use axum::routing::{get, post};

/// The pages.
pub fn routes() -> Routes {
    Routes::new()
        .route("/{tenant}/redeem", get(link::open))
        .route("/{tenant}/redeem/{continuation}", get(invitation::show).post(invitation::accept))
        .route("/{tenant}/redeem/{continuation}/code", get(code::show).post(code::submit))
        .route("/{tenant}/redeem/{continuation}/resend", post(code::resend))
        .route("/{tenant}/redeem/{continuation}/switch", post(aside::switch))
        .route("/{tenant}/redeem/{continuation}/cancel", get(aside::cancel))
        .route("/{tenant}/redeem/{continuation}/other-address", get(aside::other_address))
        .route("/{tenant}/redeem/{continuation}/leave", get(aside::leave))
        .route("/{tenant}/redeem/{continuation}/fresh", get(aside::dead).post(aside::fresh))
}
