//! The page.

use super::error::JobError;
use super::graph;
use super::operations::{self, AT_ONCE, Filter, Listed, word};
use crate::Server;
use crate::graph::page::{read_skip_token, skip_token};
use crate::jobs::{Kind, LAST_ATTEMPT, State};
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::platform::ids::JobId;
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
const LOG: &str = "jobs";

pub(in crate::portals) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/jobs", get(show))
        .route("/portal/{tenant}/jobs/retry", post(retry_failed))
        .route("/portal/{tenant}/jobs/{id}/retry", post(retry))
}

#[derive(Deserialize)]
struct Wanted {
    state: Option<String>,
    kind: Option<String>,
    after: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/jobs/list.html")]
struct JobsPage {
    inside: Inside,
    done: Option<String>,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    /// What the button says that tries all of them again.
    all: Option<String>,
    newest: Option<String>,
    older: Option<String>,
    bare: String,
    is_filtered: bool,
    call: String,
}

/// What the job of a mail to nobody is about.
const TO_NOBODY: &str = "A code for an address that nobody here has";

struct Row {
    about: String,
    /// The page of what it is about, if there is one.
    href: Option<String>,
    kind: &'static str,
    shape: &'static str,
    word: &'static str,
    problem: Option<String>,
    tries: String,
    next: Option<(String, String)>,
    since: String,
    machine: String,
    retry: Option<String>,
}

async fn show(Shared(server): Shared<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let outcome = page(&server, &visitor, wanted).await;
    visitor.respond(&server, outcome)
}

async fn page(server: &Server, visitor: &Visitor, wanted: Wanted) -> Result<JobsPage, Refusal> {
    let (tenant, now) = (visitor.caller.tenant, server.clock.now());
    let filter = Filter {
        state: known(wanted.state.as_deref(), State::parse)?,
        kind: known(wanted.kind.as_deref(), Kind::parse)?,
    };
    let after: Option<JobId> = match &wanted.after {
        None => None,
        Some(token) => Some(read_skip_token(server, tenant, LOG, token).map_err(|_| Problem::BadRequest)?),
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut jobs = operations::list(server, &visitor.caller, filter, after, limit).await?;
    let failed = operations::count_failed(server, &visitor.caller).await?;
    let has_more = jobs.len() > PAGE;
    jobs.truncate(PAGE);
    let base = visitor.base();
    let address = PageAddress::new(format!("{base}/jobs")).set("state", filter.state).set("kind", filter.kind);
    let mut chips = Chip::choices(&address, "State", "state", &STATES, wanted.state.as_deref());
    chips.extend(Chip::choices(&address, "Kind", "kind", &KINDS, wanted.kind.as_deref()));
    let last = jobs.last().filter(|_| has_more);
    Ok(JobsPage {
        inside: visitor.inside(server, Section::Jobs),
        done: wanted.done.as_deref().and_then(done),
        chips,
        all: all(failed),
        newest: after.map(|_| address.to_string()),
        older: last.map(|last| address.with("after", skip_token(server, tenant, LOG, &last.id))),
        rows: jobs.into_iter().map(|job| row(&base, job, now)).collect(),
        bare: address.bare().to_owned(),
        is_filtered: address.is_filtered(),
        call: graph::address(filter),
    })
}

fn known<T>(name: Option<&str>, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    name.map(|name| parse(name).ok_or(Problem::BadRequest)).transpose()
}

async fn retry(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let page = format!("{}/jobs", visitor.base());
    visitor.press(&server, (&headers, &form), &page, Box::pin(try_again(&server, &visitor, &id))).await
}

async fn retry_failed(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let page = format!("{}/jobs", visitor.base());
    let all = async { Ok(Some(operations::retry_failed(&server, &visitor.caller).await?.to_string())) };
    visitor.press(&server, (&headers, &form), &page, Box::pin(all)).await
}

/// What was done meanwhile is said, not held against the reader.
async fn try_again(server: &Server, visitor: &Visitor, id: &str) -> Result<Option<String>, Refusal> {
    let id: JobId = id.parse().map_err(|_| Problem::NotFound)?;
    match operations::retry(server, &visitor.caller, id).await {
        Ok(()) => Ok(Some("1".to_owned())),
        Err(JobError::NotGivenUp) => Ok(Some("0".to_owned())),
        Err(error) => Err(error.into()),
    }
}

fn done(retried: &str) -> Option<String> {
    match retried.parse::<u32>().ok()? {
        0 => Some("Nothing was given up any more, so nothing was changed.".to_owned()),
        1 => Some("1 job is tried again within a minute.".to_owned()),
        retried => Some(format!("{retried} jobs are tried again, beginning within a minute.")),
    }
}

fn all(failed: i64) -> Option<String> {
    match failed {
        0 => None,
        1 => Some("Try the failed job again".to_owned()),
        failed if failed > AT_ONCE => Some(format!("Try the {AT_ONCE} oldest failed jobs again")),
        failed => Some(format!("Try all {failed} failed jobs again")),
    }
}

const STATES: [(&str, &str); 3] =
    [(State::Waiting.as_str(), "Waiting"), (State::Running.as_str(), "Running"), (State::Failed.as_str(), "Given up")];

const KINDS: [(&str, &str); 5] = [
    (Kind::SendMail.as_str(), word(Kind::SendMail)),
    (Kind::InviteMany.as_str(), word(Kind::InviteMany)),
    (Kind::Notify.as_str(), word(Kind::Notify)),
    (Kind::NotifyLifecycle.as_str(), word(Kind::NotifyLifecycle)),
    (Kind::ClearUp.as_str(), word(Kind::ClearUp)),
];

/// What is said of a job whose last tries ended with their process.
fn died(deaths: i64) -> Option<String> {
    match deaths {
        0 => None,
        1 => Some("The process that tried it last came to its end before it was done.".to_owned()),
        deaths => Some(format!("The last {deaths} processes that tried it came to their end before it was done.")),
    }
}

fn row(base: &str, job: Listed, now: Timestamp) -> Row {
    let (shape, state) = match job.state {
        State::Waiting if job.last_error.is_some() => ("wait", "Failed, tries again"),
        State::Waiting => ("wait", "Waiting"),
        State::Running => ("wait", "Running"),
        State::Failed => ("stop", "Given up"),
    };
    let is_to_nobody = job.recipient.as_deref() == Some("");
    let href = match job.kind {
        // The list of mails does not show it.
        Kind::SendMail if is_to_nobody => None,
        Kind::SendMail => Some(format!("{base}/mail")),
        Kind::InviteMany => Some(format!("{base}/invitations/bulk/{}", job.subject)),
        Kind::Notify | Kind::NotifyLifecycle | Kind::ClearUp => None,
    };
    let unnamed = match job.kind {
        Kind::Notify => "What changed in the directory",
        Kind::NotifyLifecycle => "What happened to its subscription",
        Kind::ClearUp => "What hung on something that was removed",
        Kind::SendMail | Kind::InviteMany => "What it was about is gone",
    };
    let named = if is_to_nobody { Some(TO_NOBODY.to_owned()) } else { job.recipient.or(job.name) };
    Row {
        about: named.unwrap_or_else(|| unnamed.to_owned()),
        href,
        kind: word(job.kind),
        shape,
        word: state,
        problem: died(job.deaths).or(job.last_error),
        tries: format!("{} of {LAST_ATTEMPT}", job.attempts),
        next: (job.state == State::Waiting).then(|| (dates::recent(job.run_at, now), rfc3339(job.run_at))),
        since: dates::recent(job.created_at, now),
        machine: rfc3339(job.created_at),
        retry: (job.state == State::Failed).then(|| format!("{base}/jobs/{}/retry", job.id)),
    }
}
