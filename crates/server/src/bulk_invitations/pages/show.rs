//! One run: what would happen, what happens, what came of it.

use super::{refusal, rows, sentence, shown, shown_row};
use crate::Server;
use crate::bulk_invitations::bulk_invitation::{BulkInvitation, BulkRow, RowResult, State};
use crate::bulk_invitations::counts::Counts;
use crate::bulk_invitations::error::BulkError;
use crate::bulk_invitations::given::entries;
use crate::bulk_invitations::operations::Pace;
use crate::bulk_invitations::{failures as failures_file, operations};
use crate::invitations::{pace_sentence, rights, wait_sentence};
use crate::outbox::Waits;
use crate::platform::ids::InvitationId;
use crate::web::address::{Chip, PageAddress};
use crate::web::form::{Form, PlainForm};
use crate::web::names;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 50;

#[derive(Deserialize)]
pub(super) struct Options {
    result: Option<String>,
    after: Option<i64>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "bulk_invitations/pages/show.html")]
struct ShowPage {
    inside: Inside,
    csrf: String,
    name: String,
    inviter: String,
    redirect_url: String,
    kept_days: u64,
    here: String,
    state: State,
    kind: &'static str,
    word: &'static str,
    problem: Option<String>,
    /// That mails wait, or will, and until when: what stands in bold, and the rest.
    leaving: Option<(&'static str, String)>,
    is_late: bool,
    is_ours: bool,
    total: i64,
    counts: Counts,
    chips: Vec<Chip>,
    rows: Vec<Entry>,
    first: Option<String>,
    next: Option<String>,
    call: String,
}

struct Entry {
    line: i64,
    address: String,
    name: String,
    /// The groups and roles it gives besides, in words.
    given: String,
    kind: &'static str,
    word: &'static str,
    why: String,
}

pub(super) async fn page(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    Query(options): Query<Options>,
) -> Response {
    let outcome = fill(&server, &visitor, &id, options).await;
    visitor.respond(&server, outcome)
}

async fn fill(server: &Server, visitor: &Visitor, id: &str, options: Options) -> Result<ShowPage, Refusal> {
    let bulk = operations::get(server, &visitor.caller, id).await.map_err(refusal)?;
    let result = match options.result.as_deref() {
        None => None,
        Some(text) => Some(RowResult::parse(text).ok_or(Problem::BadRequest)?),
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut rows = operations::rows(server, &bulk, result, options.after.unwrap_or_default(), limit).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let waits = operations::waits_of_rows(server, &bulk, &rows).await?;
    let pace = operations::pace(server, &bulk).await?;
    let here = format!("{}/invitations/bulk/{}", visitor.base(), bulk.id);
    let address = PageAddress::new(here.clone()).set("result", options.result.as_deref());
    let (kind, word) = shown(bulk.state);
    let choices =
        RowResult::ALL.iter().map(|result| (result.as_str(), shown_row(*result, bulk.state).1)).collect::<Vec<_>>();
    Ok(ShowPage {
        inside: visitor.inside(server, Section::Invitations),
        csrf: visitor.form_value(server),
        is_ours: bulk.inviter_id == rights::inviter_id(&visitor.caller),
        leaving: leaving(operations::waits_of_last(server, &bulk).await?, pace),
        counts: bulk.counts,
        chips: Chip::choices(&address, "Result", "result", &choices, options.result.as_deref()),
        first: options.after.map(|_| address.to_string()),
        next: rows.last().filter(|_| more).map(|last| address.with("after", last.position)),
        rows: rows.into_iter().map(|row| entry(row, bulk.state, &waits)).collect(),
        call: format!("/vestibule/v1/bulkInvitations/{}/rows", bulk.id),
        name: bulk.name,
        inviter: names::plain_name(&bulk.inviter_name),
        redirect_url: bulk.redirect_url,
        kept_days: operations::KEPT_DAYS,
        here,
        state: bulk.state,
        kind,
        word,
        problem: bulk.problem,
        is_late: options.done.as_deref() == Some("late"),
        total: bulk.row_count,
    })
}

/// What is told of mails that wait and of those that will. The last of these does not leave before the last of those.
fn leaving(waits: Option<Waits>, pace: Option<Pace>) -> Option<(&'static str, String)> {
    let until = waits.map(|waits| waits.until);
    let pace = pace
        .map(|pace| pace_sentence(pace.limit, pace.per_hour, until.map_or(pace.last_at, |at| at.max(pace.last_at))));
    let title = if waits.is_some() { "Not every mail has left yet." } else { "Not all mails leave at once." };
    let sentences: Vec<String> = waits.map(wait_sentence).into_iter().chain(pace).collect();
    (!sentences.is_empty()).then(|| (title, sentences.join(" ")))
}

fn entry(row: BulkRow, state: State, waits: &HashMap<InvitationId, Waits>) -> Entry {
    let (kind, word) = shown_row(row.result, state);
    let name = names::plain_name(&row.display_name);
    let waits = waits.get(&row.invitation_id).copied().map(wait_sentence);
    let why = row.problem.as_deref().map(sentence).or(waits).unwrap_or_default();
    let given = given(&row);
    Entry { line: row.line, address: row.address, name, given, kind, word, why }
}

fn given(row: &BulkRow) -> String {
    let listed = |label: &str, cell: &str| {
        let names: Vec<&str> = entries(cell).collect();
        (!names.is_empty()).then(|| format!("{label}: {}", names.join(", ")))
    };
    let parts = [listed("groups", &row.group_names), listed("roles", &row.app_role_names)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

pub(super) async fn failures(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    match operations::get(&server, &visitor.caller, &id).await {
        Ok(bulk) => failures_file::file(&server, bulk),
        Err(error) => visitor.refuse(&server, refusal(error)),
    }
}

pub(super) async fn start(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let page = format!("{}/invitations/bulk/{id}", visitor.base());
    let started = async { done(operations::start(&server, &visitor.caller, &id).await) };
    visitor.press(&server, (&headers, &form), &page, Box::pin(started)).await
}

pub(super) async fn stop(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let page = format!("{}/invitations/bulk/{id}", visitor.base());
    let stopped = async { done(operations::stop(&server, &visitor.caller, &id).await) };
    visitor.press(&server, (&headers, &form), &page, Box::pin(stopped)).await
}

fn done(outcome: Result<BulkInvitation, BulkError>) -> Result<Option<String>, Refusal> {
    match outcome {
        Ok(_) => Ok(None),
        // Somebody was quicker; the page says where it stands now.
        Err(BulkError::WrongState) => Ok(Some("late".to_owned())),
        Err(error) => Err(refusal(error)),
    }
}

impl ShowPage {
    fn count(&self, result: RowResult) -> i64 {
        self.counts.of(result)
    }

    /// Rows the job is through with.
    fn done(&self) -> i64 {
        let open = match self.state {
            State::Receiving | State::Checking => RowResult::Unchecked,
            State::Checked | State::Running | State::Finished | State::Stopped => RowResult::Ready,
        };
        self.total - self.count(open)
    }

    fn tally(&self) -> Vec<(&'static str, String)> {
        let some = self.counts.each().filter(|(_, count)| *count > 0);
        some.map(|(result, count)| {
            let (kind, word) = shown_row(result, self.state);
            (kind, format!("{count} {}", word.to_lowercase()))
        })
        .collect()
    }

    fn has_failures(&self) -> bool {
        self.count(RowResult::Failed) > 0
    }

    fn failures(&self) -> String {
        format!("{} cannot be invited.", rows(self.count(RowResult::Failed)))
    }

    fn question(&self) -> String {
        match self.count(RowResult::Ready) {
            1 => "Invite 1 person?".to_owned(),
            count => format!("Invite {count} people?"),
        }
    }

    /// What ends it: before it has begun, nothing is stopped.
    fn end_word(&self) -> &'static str {
        if self.is_checked() { "Invite nobody" } else { "Stop" }
    }

    fn is_working(&self) -> bool {
        matches!(self.state, State::Checking | State::Running)
    }

    fn is_checked(&self) -> bool {
        self.state == State::Checked
    }

    /// Whether there is anybody to invite.
    fn can_start(&self) -> bool {
        self.is_checked() && self.count(RowResult::Ready) > 0
    }

    fn is_futile(&self) -> bool {
        self.is_checked() && !self.can_start()
    }

    fn can_stop(&self) -> bool {
        self.is_working() || self.is_checked()
    }
}
