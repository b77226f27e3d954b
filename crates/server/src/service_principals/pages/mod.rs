//! The apps of an organisation in the admin centre: the list, a new one, and one with everything about it.

mod api;
mod app;
mod change;
mod claims;
mod create;
mod export;
mod extensions;
mod federated;
mod foreign;
mod grants;
mod lifetime;
mod list;
mod logo;
mod low_risk;
mod notes;
mod owners;
mod removed;
mod removed_principals;
mod seen;
mod standing;
mod token_lifetime;
mod trouble;
mod which;

use crate::Server;
use crate::applications::operations::{get_to_write, may_register};
use crate::applications::{Application, ApplicationError, Key, store};
use crate::graph::Caller;
use crate::platform::ids::ApplicationId;
use crate::web::Routes;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use database::Transaction;

/// The pages, for behind the layer that knows who is signed in.
pub fn routes() -> Routes {
    Routes::new()
        .merge(api::routes())
        .merge(logo::routes())
        .route("/portal/{tenant}/apps", get(list::show))
        .route("/portal/{tenant}/apps/as/csv", get(export::download))
        .route("/portal/{tenant}/apps/new", get(create::show).post(create::submit))
        .route("/portal/{tenant}/apps/removed", get(removed::show))
        .route("/portal/{tenant}/apps/removed/{retired}/restore", post(removed::restore))
        .route("/portal/{tenant}/apps/removed/principals", get(removed_principals::show))
        .route("/portal/{tenant}/apps/foreign/{foreign}", get(foreign::show))
        .route("/portal/{tenant}/apps/foreign/{foreign}/{part}", post(foreign::submit))
        .route(
            "/portal/{tenant}/apps/foreign/{foreign}/token-lifetime",
            get(token_lifetime::show).post(token_lifetime::submit),
        )
        .route("/portal/{tenant}/apps/foreign/{foreign}/notes", get(notes::show).post(notes::submit))
        .route("/portal/{tenant}/apps/{app}", get(app::show))
        .route("/portal/{tenant}/apps/{app}/{part}", post(change::submit))
        .route("/portal/{tenant}/apps/{app}/federated", get(federated::show).post(federated::add))
        .route("/portal/{tenant}/apps/{app}/federated/{credential}/remove", post(federated::remove))
        .route("/portal/{tenant}/apps/{app}/extensions", get(extensions::show).post(extensions::add))
        .route("/portal/{tenant}/apps/{app}/extensions/{property}/remove", post(extensions::remove))
        .route("/portal/{tenant}/apps/{app}/notes", get(notes::show).post(notes::submit))
        .route("/portal/{tenant}/low-risk", get(low_risk::show).post(low_risk::take))
        .route("/portal/{tenant}/apps/{app}/token-lifetime", get(token_lifetime::show).post(token_lifetime::submit))
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

/// The registration as it is stored, held until the transaction ends. It is held before anything is read: whoever saves at the same
/// instant is seen, or sees this.
async fn hold(server: &Server, visitor: &Visitor, id: ApplicationId) -> Result<(Transaction, Application), Refusal> {
    let (tenant, mut tx) = (visitor.caller.tenant, server.write().await?);
    if !store::lock(&mut tx, tenant, id).await? {
        return Err(Problem::NotFound.into());
    }
    let app = store::find(&mut tx, tenant, id).await?.ok_or(Problem::NotFound)?;
    Ok((tx, app))
}

/// What every form on a page of its own about an app begins with: the visitor may change the app, and the value of the form is
/// spent. The app, and the address of its page of this name, to which a form that was sent already leads.
async fn begin(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    (app, page, csrf): (&str, &str, &str),
) -> Result<(ApplicationId, String), Refusal> {
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    require_manager(&mut server.read().await?, &visitor.caller, id).await?;
    let here = format!("{}/apps/{id}/{page}", visitor.base());
    visitor.spend_for(server, headers, csrf, &here).await?;
    Ok((id, here))
}
