//! The groups of an organisation in the admin centre: the list, a new one, and one with everything about it.

mod change;
mod create;
mod list;
mod removed;
mod show;
mod trouble;

use super::rights;
use crate::graph::{Caller, Role};
use crate::web::Routes;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use axum::routing::{get, post};

/// The pages, for behind the layer that knows who is signed in.
pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{tenant}/groups", get(list::show))
        .route("/portal/{tenant}/groups/new", get(create::show).post(create::submit))
        .route("/portal/{tenant}/groups/removed", get(removed::show))
        .route("/portal/{tenant}/groups/removed/{gone}/restore", post(removed::restore))
        .route("/portal/{tenant}/groups/{group}", get(show::show))
        .route("/portal/{tenant}/groups/{group}/{part}", post(change::submit))
}

/// Groups are shown to whoever works in the admin centre.
fn require_role(caller: &Caller) -> Result<(), Refusal> {
    if caller.holds_any(Role::ALL) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// They are made and changed here by those who manage all of them; owners manage theirs by the API.
fn require_manager(caller: &Caller) -> Result<(), Refusal> {
    if rights::is_manager(caller) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}
