//! `/portal/{tenant}/users/removed`: who was removed and can still be brought back.

use super::{Failure, failure, require_administrator};
use crate::Server;
use crate::deleted_items;
use crate::graph::query::{Order, Place, Slice};
use crate::platform::ids::UserId;
use crate::users::deleted::{self, Wish};
use crate::users::{USER, User};
use crate::web::address::PageAddress;
use crate::web::answer;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::Problem;
use crate::web::paging::Edge;
use crate::web::path::Path;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::web::{dates, names};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use std::sync::Arc;

/// Rows of one page.
const PAGE: u32 = 25;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/users/removed", get(show))
        .route("/portal/{tenant}/users/removed/{removed}/restore", post(restore))
}

#[derive(Default, Deserialize)]
struct Wanted {
    after: Option<UserId>,
    pick: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/people/removed.html")]
struct RemovedPage {
    inside: Inside,
    rows: Vec<Row>,
    next: Option<String>,
    problem: Option<String>,
    picks: Picking,
}

struct Row {
    id: UserId,
    initials: String,
    is_guest: bool,
    name: String,
    address: String,
    removed: String,
    until: String,
    action: String,
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    visitor.respond(&server, page(&server, &visitor, &wanted, None).await)
}

async fn restore(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let list = format!("{}/users/removed", visitor.base());
    if let Err(refusal) = require_administrator(&visitor) {
        return visitor.refuse(&server, refusal);
    }
    if let Err(refusal) = visitor.spend_for(&server, &headers, &form.csrf, &list).await {
        return visitor.refuse(&server, refusal);
    }
    match bring_back(&server, &visitor, &id).await {
        Ok(user) => answer::see_other(&format!("{}/users/{}?done=restored", visitor.base(), user.id)),
        Err(Failure::Mistake(_, problem)) => {
            let shown = page(&server, &visitor, &Wanted::default(), Some(problem)).await;
            visitor.respond_as(&server, StatusCode::CONFLICT, shown)
        }
        Err(Failure::Refusal(refusal)) => visitor.refuse(&server, refusal),
    }
}

async fn bring_back(server: &Server, visitor: &Visitor, id: &str) -> Result<User, Failure> {
    let gone = || Failure::Refusal(Problem::NotFound.into());
    let id: UserId = id.parse().map_err(|_| gone())?;
    let restored = deleted::restore(server, &visitor.caller, id, Wish::default()).await;
    restored.map_err(|error| failure(error, "user", &[]))?.ok_or_else(gone)
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    wanted: &Wanted,
    problem: Option<String>,
) -> Result<RemovedPage, Refusal> {
    require_administrator(visitor)?;
    let after = wanted.after.map(|id| Place { key: None, id: id.0 });
    let slice = Slice { condition: None, order: Order::by_id(&USER), after, size: PAGE };
    let (users, next) =
        deleted::page(server, &visitor.caller, &slice).await.map_err(|error| match failure(error, "user", &[]) {
            Failure::Refusal(refusal) => refusal,
            Failure::Mistake(..) => Problem::BadRequest.into(),
        })?;
    let base = visitor.base();
    Ok(RemovedPage {
        inside: visitor.inside(server, Section::Users),
        next: next.map(|place| format!("{base}/users/removed?after={}", place.id)),
        rows: users.into_iter().map(|user| row(&base, user)).collect(),
        problem,
        picks: Picking::of(&PageAddress::new(format!("{base}/users/removed")), wanted.pick.as_deref(), |list| {
            list.beginning_at(wanted.after.map(Edge::After))
        }),
    })
}

fn row(base: &str, user: User) -> Row {
    let removed = user.deleted_at.unwrap_or(user.created_at);
    Row {
        id: user.id,
        initials: names::initials(&user.display_name),
        is_guest: user.is_guest(),
        action: format!("{base}/users/removed/{}/restore", user.id),
        address: user.mail.unwrap_or(user.user_principal_name),
        name: user.display_name,
        removed: dates::day(removed),
        until: dates::day(removed.plus(deleted_items::KEPT)),
    }
}
