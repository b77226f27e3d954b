//! The logs in the portal: tables, filters that are links, one row, everything of one request, and the whole as a file.

mod changes;
mod list;
mod one;
mod people;
mod period;
mod reads;
mod request;
mod search;
mod sign_ins;
mod store;

use crate::Server;
use crate::audit::operations::LogError;
use crate::audit::{Format, Place};
use crate::graph::page::{read_skip_token, skip_token};
use crate::web::address::PageAddress;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::query::choice;
use crate::web::visitor::Visitor;
use axum::Router;
use axum::routing::get;
use changes::Changes;
use reads::Reads;
use sign_ins::SignIns;
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 50;

/// The pages of the logs.
pub(in crate::portals) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/sign-ins", get(list::show::<SignIns>))
        .route("/portal/{tenant}/sign-ins/{id}", get(one::sign_in))
        .route("/portal/{tenant}/changes", get(list::show::<Changes>))
        .route("/portal/{tenant}/changes/{id}", get(one::change))
        .route("/portal/{tenant}/reads", get(list::show::<Reads>))
        .route("/portal/{tenant}/requests/{id}", get(request::show))
        .route("/portal/{tenant}/sign-ins/as/{format}", get(list::export::<SignIns>))
        .route("/portal/{tenant}/changes/as/{format}", get(list::export::<Changes>))
        .route("/portal/{tenant}/reads/as/{format}", get(list::export::<Reads>))
}

impl From<LogError> for Refusal {
    fn from(error: LogError) -> Self {
        match error {
            LogError::NotAllowed => Problem::NotAllowed.into(),
            LogError::Database(error) => error.into(),
        }
    }
}

/// Done or let in, refused or turned away.
fn is_success(result: Option<&str>) -> Result<Option<bool>, Refusal> {
    Ok(choice(result, &[("yes", true), ("no", false)])?)
}

/// An id in the address of a page.
fn id<T: std::str::FromStr>(text: Option<&str>) -> Result<Option<T>, Refusal> {
    text.map(|text| text.parse().map_err(|_| Problem::BadRequest.into())).transpose()
}

/// Where the page begins. The token is bound to the log, not to its filters, which may change in between.
fn place(server: &Server, visitor: &Visitor, log: &str, token: Option<&str>) -> Result<Option<Place>, Refusal> {
    let read =
        |token| read_skip_token(server, visitor.caller.tenant, log, token).map_err(|_| Problem::BadRequest.into());
    token.map(read).transpose()
}

/// The address of the next page, if there is more than this one.
fn older(server: &Server, visitor: &Visitor, log: &str, address: &PageAddress, last: Option<Place>) -> Option<String> {
    last.map(|place| address.with("after", skip_token(server, visitor.caller.tenant, log, &place)))
}

/// The form of a file by the ending of its name.
fn format(ending: &str) -> Result<Format, Refusal> {
    Format::of(ending).ok_or_else(|| Problem::NotFound.into())
}

/// Links that take what a list shows as a file: the address and the word.
fn files(address: &PageAddress) -> [(String, &'static str); 2] {
    let query = address.query();
    let joint = if query.is_empty() { "" } else { "?" };
    [("csv", "CSV"), ("jsonl", "JSON Lines")]
        .map(|(ending, word)| (format!("{}/as/{ending}{joint}{query}", address.bare()), word))
}
