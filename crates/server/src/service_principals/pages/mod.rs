//! The apps of an organisation in the admin centre: the list, a new one, and one with everything about it.

mod app;
mod change;
mod create;
mod grants;
mod list;
mod seen;
mod trouble;

use crate::applications::operations::may_write;
use crate::graph::Caller;
use crate::web::Routes;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use axum::routing::{get, post};

/// The pages, for behind the layer that knows who is signed in.
pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{tenant}/apps", get(list::show))
        .route("/portal/{tenant}/apps/new", get(create::show).post(create::submit))
        .route("/portal/{tenant}/apps/{app}", get(app::show))
        .route("/portal/{tenant}/apps/{app}/{part}", post(change::submit))
}

/// Apps are for those who may change them.
fn require_administrator(caller: &Caller) -> Result<(), Refusal> {
    if may_write(caller) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}
