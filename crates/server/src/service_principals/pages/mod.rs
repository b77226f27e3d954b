//! The apps of an organisation in the admin centre: the list, a new one, and one with everything about it.

mod api;
mod app;
mod change;
mod claims;
mod create;
mod grants;
mod lifetime;
mod list;
mod owners;
mod removed;
mod seen;
mod trouble;

use crate::applications::operations::{get_to_write, may_register};
use crate::applications::{Application, ApplicationError, Key};
use crate::graph::Caller;
use crate::platform::ids::ApplicationId;
use crate::web::Routes;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use axum::routing::{get, post};
use database::Transaction;

/// The pages, for behind the layer that knows who is signed in.
pub fn routes() -> Routes {
    Routes::new()
        .merge(api::routes())
        .route("/portal/{tenant}/apps", get(list::show))
        .route("/portal/{tenant}/apps/new", get(create::show).post(create::submit))
        .route("/portal/{tenant}/apps/removed", get(removed::show))
        .route("/portal/{tenant}/apps/removed/{retired}/restore", post(removed::restore))
        .route("/portal/{tenant}/apps/{app}", get(app::show))
        .route("/portal/{tenant}/apps/{app}/{part}", post(change::submit))
}

/// A new app is for those who may register one.
fn require_registrar(caller: &Caller) -> Result<(), Refusal> {
    if may_register(caller) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// An app is for those who may change it: its owners, and whoever changes every app.
async fn require_manager(tx: &mut Transaction, caller: &Caller, app: ApplicationId) -> Result<Application, Refusal> {
    get_to_write(tx, caller, Key::Id(app)).await.map_err(|error| match error {
        ApplicationError::Storage(error) => error.into(),
        ApplicationError::Denied => Problem::NotAllowed.into(),
        _ => Problem::NotFound.into(),
    })
}
