//! `/portal/{tenant}/apps/removed`: which apps were removed and can still be brought back.

use super::trouble::Trouble;
use crate::Server;
use crate::applications::operations::may_write;
use crate::applications::resource::APPLICATION;
use crate::applications::{Application, deleted};
use crate::deleted_items;
use crate::graph::query::{Order, Place, Slice};
use crate::platform::ids::ApplicationId;
use crate::web::address::PageAddress;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::Problem;
use crate::web::paging::Edge;
use crate::web::path::Path;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::web::{answer, dates};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Rows of one page.
const PAGE: u32 = 25;

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    after: Option<ApplicationId>,
    pick: Option<String>,
}

#[derive(Template)]
#[template(path = "service_principals/pages/removed.html")]
struct RemovedPage {
    inside: Inside,
    rows: Vec<Row>,
    next: Option<String>,
    picks: Picking,
}

struct Row {
    id: ApplicationId,
    name: String,
    home: String,
    removed: String,
    until: String,
    action: String,
}

/// `GET /portal/{tenant}/apps/removed`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let page = page(&server, &visitor, &wanted).await;
    visitor.respond(&server, page)
}

/// `POST /portal/{tenant}/apps/removed/{retired}/restore`
pub async fn restore(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, app)): Path<(String, String)>,
    Form(form): Form<PlainForm>,
) -> Response {
    match bring_back(&server, &visitor, &headers, &app, &form).await {
        Ok(app) => answer::see_other(&format!("{}/apps/{app}", visitor.base())),
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn bring_back(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    app: &str,
    form: &PlainForm,
) -> Result<ApplicationId, Refusal> {
    require_administrator(visitor)?;
    let list = format!("{}/apps/removed", visitor.base());
    visitor.spend_for(server, headers, &form.csrf, &list).await?;
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    let restored = deleted::restore(server, &visitor.caller, id).await.map_err(refusal)?;
    restored.map(|app| app.id).ok_or_else(|| Problem::NotFound.into())
}

async fn page(server: &Server, visitor: &Visitor, wanted: &Wanted) -> Result<RemovedPage, Refusal> {
    require_administrator(visitor)?;
    let after = wanted.after.map(|id| Place { key: None, id: id.0 });
    let slice = Slice { condition: None, order: Order::by_id(&APPLICATION), after, size: PAGE };
    let (apps, next) = deleted::page(server, &visitor.caller, &slice).await.map_err(refusal)?;
    let base = format!("{}/apps/removed", visitor.base());
    Ok(RemovedPage {
        inside: visitor.inside(server, Section::Apps),
        next: next.map(|place| format!("{base}?after={}", place.id)),
        rows: apps.into_iter().map(|app| row(&base, app)).collect(),
        picks: Picking::of(&PageAddress::new(base), wanted.pick.as_deref(), |list| {
            list.beginning_at(wanted.after.map(Edge::After))
        }),
    })
}

/// What was removed is for those who change every app.
pub(super) fn require_administrator(visitor: &Visitor) -> Result<(), Refusal> {
    if may_write(&visitor.caller) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// A page of its own: nothing was typed that could be put right. Whatever changed meanwhile is shown when it is looked at again.
pub(super) fn refusal(error: impl Into<Trouble>) -> Refusal {
    match error.into() {
        Trouble::Refused(refusal) => refusal,
        Trouble::Said(_) | Trouble::Stale => Problem::SentAlready.into(),
    }
}

fn row(base: &str, app: Application) -> Row {
    let removed = app.deleted_at.unwrap_or(app.created_at);
    Row {
        id: app.id,
        action: format!("{base}/{}/restore", app.id),
        name: app.display_name,
        home: app.home_page_url.unwrap_or_default(),
        removed: dates::day(removed),
        until: dates::day(removed.plus(deleted_items::KEPT)),
    }
}
