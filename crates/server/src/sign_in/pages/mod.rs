//! The pages of signing in and out.

mod account;
mod address;
mod organization;
mod password;
mod recovery;
mod sign_out;

use super::place::Place;
use super::refusal::Refusal;
use crate::web::Routes;
use axum::response::Response;
use axum::routing::get;
use database::Transaction;

/// The pages.
pub fn routes() -> Routes {
    Routes::new()
        .route("/", get(organization::show))
        .route("/{tenant}/sign-in/{continuation}", get(address::show).post(address::take))
        .route("/{tenant}/sign-in/{continuation}/password", get(password::show).post(password::take))
        .route("/{tenant}/sign-in/{continuation}/account", get(account::show).post(account::take))
        .route("/{tenant}/sign-out", get(sign_out::show).post(sign_out::take))
        .route("/{tenant}/recover/{secret}", get(recovery::show).post(recovery::take))
}

/// Takes a form of this page, once; the transaction must be committed for that to count.
async fn take_form(tx: &mut Transaction, place: &Place, value: &str) -> Result<(), Refusal> {
    place.spends(tx, value).await?.problem().map_or(Ok(()), |problem| Err(Refusal::Problem(problem)))
}

/// The page, or the page that says why there is none.
fn answer(place: &Place, outcome: Result<Response, Refusal>) -> Response {
    outcome.unwrap_or_else(|refusal| refusal.page(&place.server, place.outside.clone()))
}
