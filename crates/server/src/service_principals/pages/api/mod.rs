//! What an app is to other APIs, on pages of their own: what it exposes, and what it needs.

mod exposed;
mod needs;

use super::change::update;
use super::trouble::{Complaint, Feedback, Trouble, respond};
use super::{hold, require_manager};
use crate::Server;
use crate::applications::Application;
use crate::web::Routes;
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
    let (id, _) = super::begin(server, visitor, headers, (app, page, csrf)).await?;
    hold(server, visitor, id).await
}
