//! The pages: the question, and what was done.

use super::carry_out::{Outcome, Undone, carry_out};
use super::list::List;
use super::pick::Pick;
use super::weigh::{Item, weigh};
use super::words;
use crate::Server;
use crate::deleted_items::{Owners, Written};
use crate::graph::Caller;
use crate::platform::ids::{ApplicationId, GroupId};
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::picks::{Deed, MOST};
use crate::web::portal::Refusal;
use crate::web::shell::Inside;
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use axum::{Extension, Router};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Bytes of the filter that leads back to the list.
const LONGEST_FILTER: usize = 500;

/// The forms of the lists. `owners` remove for good what was removed.
pub(in crate::portals) fn routes(owners: Owners) -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/users/picked", post(users))
        .route("/portal/{tenant}/groups/picked", post(groups))
        .route("/portal/{tenant}/groups/{group}/members/picked", post(members))
        .route("/portal/{tenant}/apps/picked", post(apps))
        .route("/portal/{tenant}/apps/removed/principals/picked", post(principals))
        .route("/portal/{tenant}/apps/{app}/assignments/picked", post(assignments))
        .route("/portal/{tenant}/invitations/picked", post(invitations))
        .layer(Extension(owners))
}

/// What one request is about.
pub(super) struct Work<'a> {
    pub(super) server: &'a Server,
    pub(super) visitor: &'a Visitor,
    pub(super) list: List,
    pub(super) owners: Owners,
}

impl Work<'_> {
    /// Who asks.
    pub(super) fn caller(&self) -> &Caller {
        &self.visitor.caller
    }

    /// Whether something that was removed is of the kind of the list.
    pub(super) fn is_of_kind(&self, object: &Written) -> bool {
        self.list.kind().is_some() && object.get("@odata.type").and_then(Value::as_str) == self.list.kind()
    }

    /// Where the form goes.
    fn here(&self) -> String {
        format!("{}{}", self.visitor.base(), self.list.form())
    }
}

#[derive(Template)]
#[template(path = "portals/picked/question.html")]
struct QuestionPage {
    inside: Inside,
    frame: Frame,
    verb: String,
    is_severe: bool,
    items: Vec<Item>,
    consequences: String,
    method: &'static str,
    call: String,
}

#[derive(Template)]
#[template(path = "portals/picked/done.html")]
struct DonePage {
    inside: Inside,
    frame: Frame,
    title: String,
    failed: String,
    done: Vec<Pick>,
    undone: Vec<Undone>,
    /// The name of what undoes it, and its button.
    undo: Option<(&'static str, String)>,
    method: &'static str,
    call: String,
}

#[derive(Template)]
#[template(path = "portals/picked/nobody.html")]
struct NobodyPage {
    inside: Inside,
    frame: Frame,
}

/// What every one of the pages says of the list.
struct Frame {
    here: String,
    back: String,
    /// What the way back is called.
    list: &'static str,
    filter: String,
    /// `removed` if the list is that of what was removed.
    from: String,
    deed: &'static str,
}

/// What was sent.
struct Sent {
    csrf: String,
    filter: String,
    is_removed: bool,
    deed: Deed,
    picked: Vec<Pick>,
    is_sure: bool,
}

impl Sent {
    /// Reads the form; an id that is none, too many of them, or a deed that is none of this list is nothing a page of ours sends.
    /// A button beside one row says in its own value what to do with which: `purge.{id}`.
    fn read(list: List, fields: &Fields) -> Result<Self, Refusal> {
        let only = fields.filled("only");
        let (deed, picked) = match only.as_deref() {
            Some(only) => only.split_once('.').map(|(deed, pick)| (deed, vec![pick])).ok_or(Problem::BadRequest)?,
            None => (fields.get("do"), fields.all("pick")),
        };
        let picked: Result<BTreeSet<Pick>, _> = picked.into_iter().map(str::parse::<Pick>).collect();
        let picked = picked.map_err(|_| Problem::BadRequest)?;
        let deed = Deed::parse(deed).filter(|deed| list.takes(*deed)).ok_or(Problem::BadRequest)?;
        let filter = fields.get("list");
        if picked.len() > MOST || filter.len() > LONGEST_FILTER {
            return Err(Problem::BadRequest.into());
        }
        Ok(Self {
            csrf: fields.get("csrf").to_owned(),
            filter: filter.to_owned(),
            is_removed: fields.get("from") == "removed" && list.kind().is_some(),
            deed,
            picked: picked.into_iter().collect(),
            is_sure: fields.get("sure") == "1",
        })
    }

    fn frame(&self, work: &Work<'_>) -> Frame {
        let mark = if self.filter.is_empty() { "" } else { "?" };
        let part = if self.is_removed { "/removed" } else { "" };
        Frame {
            here: work.here(),
            back: format!("{}{}{part}{mark}{}", work.visitor.base(), work.list.path(), self.filter),
            list: work.list.name(),
            filter: self.filter.clone(),
            from: if self.is_removed { "removed".to_owned() } else { String::new() },
            deed: self.deed.name(),
        }
    }
}

/// `POST /portal/{tenant}/users/picked`
async fn users(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Response {
    let work = Work { server: &server, visitor: &visitor, list: List::Users, owners };
    respond(&work, &headers, &Fields::parse(&bytes)).await
}

/// `POST /portal/{tenant}/groups/picked`
async fn groups(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Response {
    let work = Work { server: &server, visitor: &visitor, list: List::Groups, owners };
    respond(&work, &headers, &Fields::parse(&bytes)).await
}

/// `POST /portal/{tenant}/groups/{group}/members/picked`
async fn members(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    visitor: Visitor,
    Path((_, group)): Path<(String, String)>,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Response {
    let Ok(group) = group.parse::<GroupId>() else { return visitor.refuse(&server, Problem::NotFound.into()) };
    let work = Work { server: &server, visitor: &visitor, list: List::Members(group), owners };
    respond(&work, &headers, &Fields::parse(&bytes)).await
}

/// `POST /portal/{tenant}/apps/picked`
async fn apps(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Response {
    let work = Work { server: &server, visitor: &visitor, list: List::Apps, owners };
    respond(&work, &headers, &Fields::parse(&bytes)).await
}

/// `POST /portal/{tenant}/apps/removed/principals/picked`
async fn principals(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Response {
    let work = Work { server: &server, visitor: &visitor, list: List::Principals, owners };
    respond(&work, &headers, &Fields::parse(&bytes)).await
}

/// `POST /portal/{tenant}/apps/{app}/assignments/picked`
async fn assignments(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    visitor: Visitor,
    Path((_, app)): Path<(String, String)>,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Response {
    let Ok(app) = app.parse::<ApplicationId>() else { return visitor.refuse(&server, Problem::NotFound.into()) };
    let work = Work { server: &server, visitor: &visitor, list: List::Assignments(app), owners };
    respond(&work, &headers, &Fields::parse(&bytes)).await
}

/// `POST /portal/{tenant}/invitations/picked`
async fn invitations(
    State(server): State<Arc<Server>>,
    Extension(owners): Extension<Owners>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Response {
    let work = Work { server: &server, visitor: &visitor, list: List::Invitations, owners };
    respond(&work, &headers, &Fields::parse(&bytes)).await
}

async fn respond(work: &Work<'_>, headers: &HeaderMap, fields: &Fields) -> Response {
    match answer(work, headers, fields).await {
        Ok(response) => response,
        Err(refusal) => work.visitor.refuse(work.server, refusal),
    }
}

async fn answer(work: &Work<'_>, headers: &HeaderMap, fields: &Fields) -> Result<Response, Refusal> {
    work.list.require(work.server, work.caller()).await?;
    let sent = Sent::read(work.list, fields)?;
    let frame = sent.frame(work);
    let spent = work.visitor.spend(work.server, headers, &sent.csrf).await;
    spent.map_err(|refusal| refusal.leading_to(frame.back.clone()))?;
    if sent.is_sure && !sent.picked.is_empty() {
        let outcome = carry_out(work, sent.deed, &sent.picked).await;
        return Ok(answer::page(StatusCode::OK, &done(work, sent.deed, frame, outcome)));
    }
    question(work, &sent, frame).await
}

async fn question(work: &Work<'_>, sent: &Sent, frame: Frame) -> Result<Response, Refusal> {
    let (items, sum) = weigh(work, sent.deed, &sent.picked).await?;
    let inside = work.visitor.inside(work.server, work.list.section());
    if items.is_empty() {
        return Ok(answer::page(StatusCode::UNPROCESSABLE_ENTITY, &NobodyPage { inside, frame }));
    }
    let (method, call) = words::call(sent.deed, work.list);
    let page = QuestionPage {
        inside,
        frame,
        verb: words::verb(sent.deed, work.list, items.len()),
        is_severe: sent.deed.is_severe(),
        consequences: words::consequences(sent.deed, work.list, &sum),
        items,
        method,
        call,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

fn done(work: &Work<'_>, deed: Deed, frame: Frame, outcome: Outcome) -> DonePage {
    let (method, call) = words::call(deed, work.list);
    let Outcome { done, undone } = outcome;
    let failed = words::failed(deed, work.list, undone.len());
    let undo = deed.undone_by().filter(|_| !done.is_empty());
    DonePage {
        inside: work.visitor.inside(work.server, work.list.section()),
        frame,
        title: if done.is_empty() { failed.clone() } else { words::done(deed, work.list, done.len()) },
        failed,
        undo: undo.map(|other| (other.name(), words::verb(other, work.list, done.len()).to_lowercase())),
        done,
        undone,
        method,
        call,
    }
}
