//! `/portal/{tenant}/mail`: what waits in the outbox, what was sent, and what was given up, with a way to try again.

use crate::Server;
use crate::graph::page::{read_skip_token, skip_token};
use crate::invitations::wait_sentence;
use crate::outbox::{self, Filter, Kind, Mail, MailError, Place, State, Waits};
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::platform::ids::MailId;
use crate::web::address::{Chip, PageAddress};
use crate::web::dates;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 50;
const LOG: &str = "mail";

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/mail", get(show)).route("/portal/{tenant}/mail/{id}/retry", post(retry))
}

#[derive(Deserialize)]
struct Wanted {
    state: Option<String>,
    after: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/mail/list.html")]
struct MailPage {
    inside: Inside,
    done: Option<&'static str>,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    newest: Option<String>,
    older: Option<String>,
    bare: String,
    is_filtered: bool,
    call: String,
}

struct Row {
    recipient: String,
    kind: &'static str,
    shape: &'static str,
    word: &'static str,
    problem: Option<String>,
    /// Which limit it waits for, and until when.
    waits: Option<String>,
    attempts: i64,
    when: String,
    machine: String,
    message_id: String,
    retry: Option<String>,
}

async fn show(Shared(server): Shared<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    visitor.respond(&server, page(&server, &visitor, wanted).await)
}

async fn page(server: &Server, visitor: &Visitor, wanted: Wanted) -> Result<MailPage, Refusal> {
    let tenant = visitor.caller.tenant;
    let state = match wanted.state.as_deref() {
        None => None,
        Some(name) => Some(State::parse(name).ok_or(Problem::BadRequest)?),
    };
    let after: Option<Place> = match &wanted.after {
        None => None,
        Some(token) => Some(read_skip_token(server, tenant, LOG, token).map_err(|_| Problem::BadRequest)?),
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut mails = outbox::list(server, &visitor.caller, Filter { state }, after, limit).await?;
    let has_more = mails.len() > PAGE;
    mails.truncate(PAGE);
    let waits = outbox::waits_of(server, tenant, &mails).await?;
    let now = server.clock.now();
    let address = PageAddress::new(format!("{}/mail", visitor.base())).set("state", wanted.state.as_deref());
    let last = mails.last().filter(|_| has_more);
    Ok(MailPage {
        inside: visitor.inside(server, Section::Mail),
        done: wanted.done.as_deref().and_then(done),
        chips: Chip::choices(&address, "State", "state", &STATES, wanted.state.as_deref()),
        newest: wanted.after.as_ref().map(|_| address.to_string()),
        older: last.map(|last| address.with("after", skip_token(server, tenant, LOG, &Place::from(last)))),
        rows: mails
            .into_iter()
            .map(|mail| {
                let waits = waits.get(&mail.id).copied();
                row(&visitor.base(), mail, waits, now)
            })
            .collect(),
        bare: address.bare().to_owned(),
        is_filtered: address.is_filtered(),
        call: state
            .map_or_else(|| "/vestibule/v1/mails".to_owned(), |state| format!("/vestibule/v1/mails?state={state}")),
    })
}

async fn retry(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let page = format!("{}/mail", visitor.base());
    visitor.press(&server, (&headers, &form), &page, Box::pin(try_again(&server, &visitor, &id))).await
}

/// Queues a mail again; what was done meanwhile is said, not held against the reader.
async fn try_again(server: &Server, visitor: &Visitor, id: &str) -> Result<Option<String>, Refusal> {
    let id: MailId = id.parse().map_err(|_| Problem::NotFound)?;
    match outbox::retry(server, &visitor.caller, id).await {
        Ok(_) => Ok(Some("queued".to_owned())),
        Err(MailError::NotGivenUp) => Ok(Some("waiting".to_owned())),
        Err(error) => Err(error.into()),
    }
}

impl From<MailError> for Refusal {
    fn from(error: MailError) -> Self {
        match error {
            MailError::NotAllowed => Problem::NotAllowed.into(),
            MailError::NotFound(_) => Problem::NotFound.into(),
            MailError::NotGivenUp => Problem::BadRequest.into(),
            MailError::Database(error) => error.into(),
        }
    }
}

fn done(name: &str) -> Option<&'static str> {
    match name {
        "queued" => Some("The mail is sent again within a minute."),
        "waiting" => Some("This mail was not given up, so nothing was changed."),
        _ => None,
    }
}

/// The states with their words.
const STATES: [(&str, &str); 4] = [
    (State::Queued.as_str(), "Waiting"),
    (State::HandedToRelay.as_str(), "Sent"),
    (State::RefusedByRelay.as_str(), "Given up"),
    (State::Expired.as_str(), "Too late"),
];

fn row(base: &str, mail: Mail, waits: Option<Waits>, now: Timestamp) -> Row {
    let shape = match mail.state {
        State::Queued => "wait",
        State::HandedToRelay => "in-s",
        State::RefusedByRelay => "stop",
        State::Expired => "gone",
    };
    let at = mail.handed_over_at.unwrap_or(mail.created_at);
    Row {
        recipient: mail.recipient,
        kind: match mail.kind {
            Kind::Invitation => "Invitation",
            Kind::Passcode => "Code",
            Kind::Notice => "Notice",
        },
        shape,
        word: STATES.iter().find(|(name, _)| *name == mail.state.as_str()).map_or("", |(_, word)| word),
        problem: mail.last_error,
        waits: waits.map(wait_sentence),
        attempts: mail.attempts,
        when: dates::recent(at, now),
        machine: rfc3339(at),
        message_id: mail.message_id,
        retry: (mail.state == State::RefusedByRelay).then(|| format!("{base}/mail/{}/retry", mail.id)),
    }
}
