//! What an app is to other APIs, on pages of their own: what it exposes, and what it needs.

mod exposed;
mod needs;

use super::change::update;
use super::require_manager;
use super::trouble::{Complaint, Feedback, Trouble, respond};
use crate::Server;
use crate::applications::{self, Application};
use crate::platform::ids::ApplicationId;
use crate::web::Routes;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::http::HeaderMap;
use axum::routing::get;
use database::Transaction;

/// The pages, for behind the layer that knows who is signed in.
pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{tenant}/apps/{app}/exposed", get(exposed::show).post(exposed::take))
        .route("/portal/{tenant}/apps/{app}/needs", get(needs::show).post(needs::take))
}

/// What a form begins with: the visitor may change the app, the value of the form is spent, and the app is held and read anew.
/// `page` is the name of the page in its address, to which a form that was sent already leads.
async fn begin(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    (app, page, csrf): (&str, &str, &str),
) -> Result<(Transaction, Application), Refusal> {
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    require_manager(&mut server.read().await?, &visitor.caller, id).await?;
    let here = format!("{}/apps/{id}/{page}", visitor.base());
    visitor.spend_for(server, headers, csrf, &here).await?;
    let mut tx = server.write().await?;
    // Before anything is read: whoever saves at the same instant is seen, or sees this.
    if !applications::store::lock(&mut tx, visitor.caller.tenant, id).await? {
        return Err(Problem::NotFound.into());
    }
    let app = applications::store::find(&mut tx, visitor.caller.tenant, id).await?.ok_or(Problem::NotFound)?;
    Ok((tx, app))
}
