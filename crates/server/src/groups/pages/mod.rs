//! The groups of an organisation in the admin centre: the list, a new one, and one with everything about it. Owners without a
//! role find those they answer for, and nothing else.

mod change;
mod create;
mod export;
mod list;
mod named;
mod removed;
mod show;
mod trouble;
mod written;

use super::rights;
use crate::graph::{Caller, Role};
use crate::platform::ids::GroupId;
use crate::web::Routes;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use axum::routing::{get, post};
use database::Transaction;

/// The pages, for behind the layer that knows who is signed in.
pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{tenant}/groups", get(list::show))
        .route("/portal/{tenant}/groups/as/csv", get(export::download))
        .route("/portal/{tenant}/groups/new", get(create::show).post(create::submit))
        .route("/portal/{tenant}/groups/removed", get(removed::show))
        .route("/portal/{tenant}/groups/removed/{gone}/restore", post(removed::restore))
        .route("/portal/{tenant}/groups/{group}", get(show::show))
        .route("/portal/{tenant}/groups/{group}/{part}", post(change::submit))
}

/// Every group is shown to whoever works in the admin centre.
fn require_role(caller: &Caller) -> Result<(), Refusal> {
    if caller.holds_any(Role::ALL) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// They are made here by those who manage all of them, and those for roles by whoever gives roles.
fn require_maker(caller: &Caller) -> Result<(), Refusal> {
    let may = rights::is_manager(caller) || rights::check_create(caller, true).is_ok();
    if may { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// They are given rules here, picked and brought back by those who manage all of them.
fn require_manager(caller: &Caller) -> Result<(), Refusal> {
    if rights::is_manager(caller) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// One group is changed by those who manage all of them, by its owners, and one for roles by whoever gives roles.
async fn require_keeper(tx: &mut Transaction, caller: &Caller, group: GroupId) -> Result<(), Refusal> {
    if rights::looks_after(tx, caller, group).await? { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// One group is shown to whoever works in the admin centre, and to its owners.
async fn require_sight(tx: &mut Transaction, caller: &Caller, group: GroupId) -> Result<(), Refusal> {
    if require_role(caller).is_ok() { Ok(()) } else { require_keeper(tx, caller, group).await }
}
