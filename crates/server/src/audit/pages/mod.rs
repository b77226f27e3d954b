//! The logs in the portal: tables, filters that are links, and the way from a reference to its rows.

mod changes;
mod sign_ins;

use super::filter::{Place, Requests};
use super::operations::LogError;
use crate::Server;
use crate::graph::page::{read_skip_token, skip_token};
use crate::platform::Timestamp;
use crate::web::address::PageAddress;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;

/// Rows of one page.
const PAGE: usize = 50;

/// The periods a log can be narrowed to.
const PERIODS: [(&str, &str); 3] = [("day", "Last 24 hours"), ("week", "Last 7 days"), ("month", "Last 30 days")];

/// The pages of the logs.
pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/sign-ins", get(sign_ins::show))
        .route("/portal/{tenant}/changes", get(changes::show))
}

impl From<LogError> for Refusal {
    fn from(error: LogError) -> Self {
        match error {
            LogError::NotAllowed => Problem::NotAllowed.into(),
            LogError::Database(error) => error.into(),
        }
    }
}

/// When a period began.
fn since(period: Option<&str>, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
    const DAY: Duration = Duration::from_hours(24);
    Ok(Some(now.minus(match period {
        None => return Ok(None),
        Some("day") => DAY,
        Some("week") => DAY * 7,
        Some("month") => DAY * 30,
        Some(_) => return Err(Problem::BadRequest.into()),
    })))
}

/// Done or let in, refused or turned away.
fn is_success(result: Option<&str>) -> Result<Option<bool>, Refusal> {
    match result {
        None => Ok(None),
        Some("yes") => Ok(Some(true)),
        Some("no") => Ok(Some(false)),
        Some(_) => Err(Problem::BadRequest.into()),
    }
}

/// What was searched for: the rows of a reference, or nothing of the kind.
enum Search {
    Nothing,
    Requests(Requests),
    NoReference,
}

fn search(text: Option<&str>) -> Search {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Search::Nothing,
        Some(text) => Requests::of_reference(text).map_or(Search::NoReference, Search::Requests),
    }
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
