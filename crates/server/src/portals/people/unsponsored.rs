//! `/portal/{tenant}/users/without-sponsor`: guests whom nobody answers for any more.

use super::{Failure, failure, require_administrator};
use crate::Server;
use crate::groups::operations::sponsor_named;
use crate::platform::ids::UserId;
use crate::users::UserError;
use crate::users::sponsors::{self, Guests, Unsponsored};
use crate::web::answer;
use crate::web::dates;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;

/// Rows of one page; as many are chosen at once.
const PAGE: usize = 100;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/users/without-sponsor", get(show).post(assign))
}

#[derive(Default, Deserialize)]
struct Wanted {
    after: Option<UserId>,
    done: Option<usize>,
}

#[derive(Template)]
#[template(path = "portals/people/unsponsored.html")]
struct UnsponsoredPage {
    inside: Inside,
    rows: Vec<Row>,
    next: Option<String>,
    done: Option<String>,
    sponsor: String,
    mistakes: Vec<(String, String)>,
}

struct Row {
    id: UserId,
    name: String,
    address: String,
    href: String,
    former: String,
    since: String,
}

impl UnsponsoredPage {
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    visitor.respond(&server, page(&server, &visitor, &wanted, String::new(), Vec::new()).await)
}

async fn assign(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Response {
    let list = format!("{}/users/without-sponsor", visitor.base());
    if let Err(refusal) = require_administrator(&visitor) {
        return visitor.refuse(&server, refusal);
    }
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&bytes).into_owned().collect();
    let first = |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    if let Err(refusal) = visitor.spend_for(&server, &headers, first("csrf"), &list).await {
        return visitor.refuse(&server, refusal);
    }
    let chosen = fields.iter().filter(|(key, _)| key == "guest").filter_map(|(_, id)| id.parse().ok()).collect();
    let sponsor = first("sponsor").to_owned();
    match name_sponsor(&server, &visitor, &sponsor, chosen).await {
        Ok(guests) => answer::see_other(&format!("{list}?done={guests}")),
        Err(Failure::Mistake(field, problem)) => {
            let mistakes = vec![(field.to_owned(), problem)];
            let shown = page(&server, &visitor, &Wanted::default(), sponsor, mistakes).await;
            visitor.respond_as(&server, StatusCode::UNPROCESSABLE_ENTITY, shown)
        }
        Err(Failure::Refusal(refusal)) => visitor.refuse(&server, refusal),
    }
}

async fn name_sponsor(
    server: &Server,
    visitor: &Visitor,
    sponsor: &str,
    chosen: Vec<UserId>,
) -> Result<usize, Failure> {
    if chosen.is_empty() {
        return Err(Failure::Mistake("guest", "Choose at least one guest.".to_owned()));
    }
    let mut tx = server.read().await.map_err(|error| Failure::Refusal(error.into()))?;
    let found = sponsor_named(&mut tx, visitor.caller.tenant, sponsor.trim()).await;
    drop(tx);
    let sponsor = found.map_err(|error| Failure::Mistake("sponsor", super::sentence(&error.to_string())))?;
    let assigned = sponsors::assign(server, &visitor.caller, sponsor, &Guests::Named(chosen)).await;
    assigned.map(|assigned| assigned.guests).map_err(|error| failure(error, "sponsor", &[]))
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    wanted: &Wanted,
    sponsor: String,
    mistakes: Vec<(String, String)>,
) -> Result<UnsponsoredPage, Refusal> {
    require_administrator(visitor)?;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let after = wanted.after.map(|id| id.0);
    let mut guests =
        sponsors::list_unsponsored(server, &visitor.caller, None, after, limit).await.map_err(|error| match error {
            UserError::Storage(error) => Refusal::from(error),
            _ => Problem::NotAllowed.into(),
        })?;
    let more = guests.len() > PAGE;
    guests.truncate(PAGE);
    let base = visitor.base();
    Ok(UnsponsoredPage {
        inside: visitor.inside(server, Section::Users),
        next: guests.last().filter(|_| more).map(|last| format!("{base}/users/without-sponsor?after={}", last.user_id)),
        rows: guests.into_iter().map(|guest| row(&base, guest)).collect(),
        done: wanted.done.map(|guests| match guests {
            1 => "1 guest has a sponsor again.".to_owned(),
            guests => format!("{guests} guests have a sponsor again."),
        }),
        sponsor,
        mistakes,
    })
}

fn row(base: &str, guest: Unsponsored) -> Row {
    Row {
        id: guest.user_id,
        href: format!("{base}/users/{}", guest.user_id),
        name: guest.display_name,
        address: guest.mail.unwrap_or_default(),
        former: guest.former_sponsor_name,
        since: dates::day(guest.since),
    }
}
