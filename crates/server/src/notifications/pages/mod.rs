//! `/portal/{tenant}/subscriptions`: which programs are told what changes. Whoever looks after all of them renews and ends them
//! here; they are made by programs alone, whose address has to be proved.

mod list;

use super::error::SubscriptionError;
use super::operations;
use super::subscription::LONGEST;
use crate::Server;
use crate::graph::Caller;
use crate::platform::ids::SubscriptionId;
use crate::web::Routes;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use std::sync::Arc;

/// The pages, for behind the layer that knows who is signed in.
pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{tenant}/subscriptions", get(list::show))
        .route("/portal/{tenant}/subscriptions/{subscription}/renew", post(renew))
        .route("/portal/{tenant}/subscriptions/{subscription}/end", post(end))
}

/// Where the list is.
fn path(visitor: &Visitor) -> String {
    format!("{}/subscriptions", visitor.base())
}

/// The list is for those who look after the subscriptions of everybody.
fn require_keeper(caller: &Caller) -> Result<(), Refusal> {
    if operations::administers(caller) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

async fn renew(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, subscription)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let page = path(&visitor);
    visitor.press(&server, (&headers, &form), &page, Box::pin(prolong(&server, &visitor, &subscription))).await
}

/// Lets a subscription last as long as one can.
async fn prolong(server: &Server, visitor: &Visitor, subscription: &str) -> Result<Option<String>, Refusal> {
    require_keeper(&visitor.caller)?;
    let until = server.clock.now().plus(LONGEST);
    operations::renew(server, &visitor.caller, named(subscription)?, until).await?;
    Ok(Some("renewed".to_owned()))
}

async fn end(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, subscription)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let page = path(&visitor);
    visitor.press(&server, (&headers, &form), &page, Box::pin(give_up(&server, &visitor, &subscription))).await
}

async fn give_up(server: &Server, visitor: &Visitor, subscription: &str) -> Result<Option<String>, Refusal> {
    require_keeper(&visitor.caller)?;
    operations::delete(server, &visitor.caller, named(subscription)?).await?;
    Ok(Some("ended".to_owned()))
}

/// The subscription that an address names.
fn named(subscription: &str) -> Result<SubscriptionId, Problem> {
    subscription.parse().map_err(|_| Problem::NotFound)
}

impl From<SubscriptionError> for Refusal {
    fn from(error: SubscriptionError) -> Self {
        match error {
            SubscriptionError::Denied => Problem::NotAllowed.into(),
            SubscriptionError::NotFound(_) => Problem::NotFound.into(),
            SubscriptionError::Storage(error) => error.into(),
            SubscriptionError::Invalid { .. } | SubscriptionError::Unproved { .. } | SubscriptionError::TooMany => {
                Problem::BadRequest.into()
            }
        }
    }
}
