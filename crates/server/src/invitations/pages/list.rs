//! The list of invitations.

use super::{Row, held, refusal, shown};
use crate::Server;
use crate::graph::page::{read_skip_token, skip_token};
use crate::invitations::invitation::State;
use crate::invitations::operations::{self, Filter, Place};
use crate::web::address::PageAddress;
use crate::web::pages::Problem;
use crate::web::paging::Edge;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::question::Question;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

const PAGE: usize = 50;

#[derive(Deserialize)]
pub(super) struct Options {
    state: Option<String>,
    ends: Option<String>,
    after: Option<String>,
    pick: Option<String>,
    /// The question to ask before something is done: `resend-held`.
    ask: Option<String>,
    /// What was just done: how many were sent again, and how many stay held.
    sent: Option<usize>,
    kept: Option<usize>,
}

#[derive(Template)]
#[template(path = "invitations/pages/list.html")]
struct ListPage {
    inside: Inside,
    may_invite: bool,
    state: Option<(&'static str, String)>,
    ends_soon: bool,
    soon: String,
    states: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
    summary: String,
    call: String,
    /// For whom invitations can be picked: whoever may invite also sends again and withdraws.
    picks: Option<Picking>,
    /// Where the list asks whether all that a restore holds is to be sent again, for whoever may.
    held: Option<String>,
    question: Option<Question>,
    done: Option<String>,
    here: String,
}

pub(super) async fn page(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Query(options): Query<Options>,
) -> Response {
    let outcome = fill(&server, &visitor, options).await;
    visitor.respond(&server, outcome)
}

async fn fill(server: &Server, visitor: &Visitor, options: Options) -> Result<ListPage, Refusal> {
    let state = match options.state.as_deref().filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(State::parse(text).ok_or(Problem::BadRequest)?),
    };
    let ends_soon = match options.ends.as_deref().filter(|text| !text.is_empty()) {
        None => false,
        Some("soon") => true,
        Some(_) => return Err(Problem::BadRequest.into()),
    };
    let tenant = visitor.caller.tenant;
    let list = PageAddress::new(format!("{}/invitations", visitor.base()))
        .set("state", state)
        .set("ends", ends_soon.then_some("soon"));
    let here = list.to_string();
    let after: Option<Place> = match &options.after {
        None => None,
        Some(token) => Some(read_skip_token(server, tenant, &here, token).map_err(|_| Problem::BadRequest)?),
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let filter = Filter { state, ends_soon, ..Filter::default() };
    let mut found = operations::list(server, &visitor.caller, filter, after, limit).await.map_err(refusal)?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| list.with("after", skip_token(server, tenant, &here, &Place::from(last))));
    let (base, now) = (visitor.base(), server.clock.now());
    let query = state.map(|state| format!("?state={state}")).unwrap_or_default();
    let may_invite = operations::may_invite(server, &visitor.caller).await?;
    let has_held = may_invite && state == Some(State::HeldByRestore) && !found.is_empty();
    Ok(ListPage {
        inside: visitor.inside(server, Section::Invitations),
        may_invite,
        picks: may_invite.then(|| {
            let edge = options.after.as_deref().map(Edge::After);
            Picking::of(&list, options.pick.as_deref(), |list| list.beginning_at(edge))
        }),
        state: state.map(|state| (shown(state).word, list.without("state"))),
        states: State::ALL.iter().map(|state| (shown(*state).word, list.with("state", state))).collect(),
        ends_soon,
        soon: if ends_soon { list.without("ends") } else { list.with("ends", "soon") },
        summary: format!("{} shown.{}", found.len(), if more { " There are more." } else { "" }),
        rows: found.iter().map(|invitee| Row::of(&base, invitee, now)).collect(),
        held: has_held.then(|| list.with("ask", held::QUESTION)),
        question: (has_held && options.ask.as_deref() == Some(held::QUESTION)).then(|| held::question(&base)),
        done: options.sent.map(|sent| held::done(sent, options.kept.unwrap_or_default())),
        first: after.map(|_| here.clone()),
        here,
        next,
        call: format!("/vestibule/v1/invitations{query}"),
    })
}
