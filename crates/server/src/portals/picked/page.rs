//! The pages: the question, and what was done.

use super::asked::{Asked, Work};
use super::carry_out::{Outcome, carry_out};
use super::form::PickedForm;
use super::list::List;
use super::pick::Pick;
use super::templates::{DonePage, Frame, NobodyPage, QuestionPage};
use super::weigh::weigh;
use super::words;
use crate::Server;
use crate::deleted_items::Owners;
use crate::platform::ids::{ApplicationId, GroupId, ServicePrincipalId};
use crate::web::answer;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::picks::BulkAction;
use crate::web::portal::Refusal;
use crate::web::question::Question;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use axum::{Extension, Router};
use std::sync::Arc;

/// The forms of the lists. `owners` remove for good what was removed.
pub(in crate::portals) fn routes(owners: Owners) -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/users/picked", post(users))
        .route("/portal/{tenant}/groups/picked", post(groups))
        .route("/portal/{tenant}/groups/{group}/members/picked", post(members))
        .route("/portal/{tenant}/apps/picked", post(apps))
        .route("/portal/{tenant}/apps/removed/principals/picked", post(principals))
        .route("/portal/{tenant}/apps/{app}/assignments/picked", post(assignments))
        .route("/portal/{tenant}/apps/foreign/{foreign}/assignments/picked", post(foreign_assignments))
        .route("/portal/{tenant}/invitations/picked", post(invitations))
        .layer(Extension(owners))
}

/// `POST /portal/{tenant}/users/picked`
async fn users(asked: Asked) -> Response {
    respond(&asked, List::Users).await
}

/// `POST /portal/{tenant}/groups/picked`
async fn groups(asked: Asked) -> Response {
    respond(&asked, List::Groups).await
}

/// `POST /portal/{tenant}/groups/{group}/members/picked`
async fn members(Path((_, group)): Path<(String, String)>, asked: Asked) -> Response {
    let Ok(group) = group.parse::<GroupId>() else { return asked.refuse(Problem::NotFound.into()) };
    respond(&asked, List::Members(group)).await
}

/// `POST /portal/{tenant}/apps/picked`
async fn apps(asked: Asked) -> Response {
    respond(&asked, List::Apps).await
}

/// `POST /portal/{tenant}/apps/removed/principals/picked`
async fn principals(asked: Asked) -> Response {
    respond(&asked, List::Principals).await
}

/// `POST /portal/{tenant}/apps/{app}/assignments/picked`
async fn assignments(Path((_, app)): Path<(String, String)>, asked: Asked) -> Response {
    let Ok(app) = app.parse::<ApplicationId>() else { return asked.refuse(Problem::NotFound.into()) };
    respond(&asked, List::Assignments(app)).await
}

/// `POST /portal/{tenant}/apps/foreign/{foreign}/assignments/picked`
async fn foreign_assignments(Path((_, app)): Path<(String, String)>, asked: Asked) -> Response {
    let Ok(app) = app.parse::<ServicePrincipalId>() else { return asked.refuse(Problem::NotFound.into()) };
    respond(&asked, List::ForeignAssignments(app)).await
}

/// `POST /portal/{tenant}/invitations/picked`
async fn invitations(asked: Asked) -> Response {
    respond(&asked, List::Invitations).await
}

async fn respond(asked: &Asked, list: List) -> Response {
    match answer(asked, &asked.work(list)).await {
        Ok(response) => response,
        Err(refusal) => asked.refuse(refusal),
    }
}

async fn answer(asked: &Asked, work: &Work<'_>) -> Result<Response, Refusal> {
    work.list.require(work.server, work.caller()).await?;
    let sent = PickedForm::read(work.list, &asked.fields)?;
    let frame = sent.frame(work);
    work.visitor.spend_for(work.server, &asked.headers, &sent.csrf, &frame.back).await?;
    if sent.is_sure && !sent.picked.is_empty() {
        let outcome = carry_out(work, sent.action, &sent.picked).await;
        return Ok(answer::page(StatusCode::OK, &done(work, sent.action, frame, outcome)));
    }
    question(work, &sent, frame).await
}

async fn question(work: &Work<'_>, sent: &PickedForm, frame: Frame) -> Result<Response, Refusal> {
    let (items, sum) = weigh(work, sent.action, &sent.picked).await?;
    let inside = work.visitor.inside(work.server, work.list.section());
    if items.is_empty() {
        return Ok(answer::page(StatusCode::UNPROCESSABLE_ENTITY, &NobodyPage { inside, frame }));
    }
    let (method, call) = words::call(sent.action, work.list);
    let verb = words::verb(sent.action, work.list, items.len());
    let found: Vec<Pick> = items.iter().map(|item| item.pick).collect();
    let asked = Question {
        text: format!("{verb}?"),
        consequences: vec![words::consequences(sent.action, work.list, &sum)],
        yes: frame.form(sent.action, &found, verb),
        is_severe: sent.action.is_severe(),
    };
    Ok(answer::page(StatusCode::OK, &QuestionPage { inside, frame, asked, items, method, call }))
}

fn done(work: &Work<'_>, action: BulkAction, frame: Frame, outcome: Outcome) -> DonePage {
    let (method, call) = words::call(action, work.list);
    let Outcome { done, undone } = outcome;
    let failed = words::failed(action, work.list, undone.len());
    let undo = action.undone_by().filter(|_| !done.is_empty()).map(|other| {
        let verb = words::verb(other, work.list, done.len()).to_lowercase();
        frame.form(other, &done, format!("Undo: {verb}"))
    });
    DonePage {
        inside: work.visitor.inside(work.server, work.list.section()),
        frame,
        title: if done.is_empty() { failed.clone() } else { words::done(action, work.list, done.len()) },
        failed,
        undo,
        undone,
        method,
        call,
    }
}
