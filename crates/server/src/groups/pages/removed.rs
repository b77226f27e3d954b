//! `/portal/{tenant}/groups/removed`: groups that were removed and can still be brought back.

use super::require_manager;
use super::trouble::{Complaint, Trouble};
use crate::Server;
use crate::deleted_items;
use crate::graph::query::{Order, Place, Slice};
use crate::groups::{GROUP, Group, GroupError, deleted};
use crate::platform::ids::GroupId;
use crate::web::address::PageAddress;
use crate::web::answer;
use crate::web::dates;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::Problem;
use crate::web::paging::Edge;
use crate::web::path::Path;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Rows of one page.
const PAGE: u32 = 25;

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    after: Option<GroupId>,
    pick: Option<String>,
}

#[derive(Template)]
#[template(path = "groups/pages/removed.html")]
struct RemovedPage {
    inside: Inside,
    rows: Vec<Row>,
    next: Option<String>,
    problem: Option<String>,
    picks: Picking,
}

struct Row {
    id: GroupId,
    name: String,
    description: String,
    removed: String,
    until: String,
    action: String,
}

/// `GET /portal/{tenant}/groups/removed`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let page = page(&server, &visitor, &wanted, None).await;
    visitor.respond(&server, page)
}

/// `POST /portal/{tenant}/groups/removed/{gone}/restore`
pub async fn restore(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let complaint = match bring_back(&server, &visitor, &headers, &form, &id).await {
        Ok(group) => return answer::see_other(&format!("{}/groups/{}?done=restored", visitor.base(), group.id)),
        Err(Trouble::Refused(refusal)) => return visitor.refuse(&server, refusal),
        Err(Trouble::Said(complaint)) => complaint,
        Err(Trouble::Stale) => Complaint::at("", "The group was changed in the meantime. Look again, then decide."),
    };
    let shown = page(&server, &visitor, &Wanted::default(), Some(complaint.sentence)).await;
    visitor.respond_as(&server, StatusCode::CONFLICT, shown)
}

async fn bring_back(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    form: &PlainForm,
    id: &str,
) -> Result<Group, Trouble> {
    require_manager(&visitor.caller)?;
    let list = format!("{}/groups/removed", visitor.base());
    visitor.spend_for(server, headers, &form.csrf, &list).await?;
    let id: GroupId = id.parse().map_err(|_| Problem::NotFound)?;
    deleted::restore(server, &visitor.caller, id).await?.ok_or_else(|| Problem::NotFound.into())
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    wanted: &Wanted,
    problem: Option<String>,
) -> Result<RemovedPage, Refusal> {
    require_manager(&visitor.caller)?;
    let after = wanted.after.map(|id| Place { key: None, id: id.0 });
    let slice = Slice { condition: None, order: Order::by_id(&GROUP), after, size: PAGE };
    let (groups, next) = match deleted::page(server, &visitor.caller, &slice).await {
        Ok(found) => found,
        Err(GroupError::Storage(error)) => return Err(error.into()),
        Err(_) => return Err(Problem::NotAllowed.into()),
    };
    let here = format!("{}/groups/removed", visitor.base());
    Ok(RemovedPage {
        inside: visitor.inside(server, Section::Groups),
        next: next.map(|place| format!("{here}?after={}", place.id)),
        rows: groups.into_iter().map(|group| row(&here, group)).collect(),
        problem,
        picks: Picking::of(&PageAddress::new(here), wanted.pick.as_deref(), |list| {
            list.beginning_at(wanted.after.map(Edge::After))
        }),
    })
}

fn row(here: &str, group: Group) -> Row {
    let removed = group.deleted_at.unwrap_or(group.created_at);
    Row {
        id: group.id,
        action: format!("{here}/{}/restore", group.id),
        name: group.display_name,
        description: group.description.unwrap_or_default(),
        removed: dates::day(removed),
        until: dates::day(removed.plus(deleted_items::KEPT)),
    }
}
