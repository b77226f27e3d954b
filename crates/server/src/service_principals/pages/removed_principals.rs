//! `/portal/{tenant}/apps/removed/principals`: apps of other organisations that were removed, and apps of the organisation itself whose
//! service principals were removed alone, while the registration stayed. They are brought back and removed for good by the forms of
//! `portals::picked`.

use super::removed::{refusal, require_administrator};
use crate::Server;
use crate::deleted_items;
use crate::graph::query::{Order, Place, Slice};
use crate::platform::ids::ServicePrincipalId;
use crate::service_principals::{SERVICE_PRINCIPAL, ServicePrincipal, deleted, foreign};
use crate::web::address::PageAddress;
use crate::web::dates;
use crate::web::pages::Publisher;
use crate::web::paging::Edge;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Rows of one page.
const PAGE: u32 = 25;

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    after: Option<ServicePrincipalId>,
    pick: Option<String>,
}

#[derive(Template)]
#[template(path = "service_principals/pages/removed_principals.html")]
struct RemovedPrincipalsPage {
    inside: Inside,
    /// Where the forms go.
    picked: String,
    rows: Vec<Row>,
    next: Option<String>,
    picks: Picking,
}

struct Row {
    id: ServicePrincipalId,
    name: String,
    /// Whose it is, of an app of another organisation.
    publisher: Option<Publisher>,
    client: String,
    removed: String,
    until: String,
}

/// `GET /portal/{tenant}/apps/removed/principals`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let page = page(&server, &visitor, &wanted).await;
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, wanted: &Wanted) -> Result<RemovedPrincipalsPage, Refusal> {
    require_administrator(visitor)?;
    let after = wanted.after.map(|id| Place { key: None, id: id.0 });
    let slice = Slice { condition: None, order: Order::by_id(&SERVICE_PRINCIPAL), after, size: PAGE };
    let (principals, next) = deleted::page(server, &visitor.caller, &slice).await.map_err(refusal)?;
    let base = format!("{}/apps/removed/principals", visitor.base());
    let mut rows = Vec::new();
    let mut tx = server.read().await?;
    for principal in principals {
        let publisher = match principal.is_foreign() {
            true => Some(foreign::publisher(&mut tx, server, &principal).await?),
            false => None,
        };
        rows.push(row(principal, publisher));
    }
    drop(tx);
    Ok(RemovedPrincipalsPage {
        inside: visitor.inside(server, Section::Apps),
        picked: format!("{base}/picked"),
        rows,
        next: next.map(|place| format!("{base}?after={}", place.id)),
        picks: Picking::of(&PageAddress::new(base), wanted.pick.as_deref(), |list| {
            list.beginning_at(wanted.after.map(Edge::After))
        }),
    })
}

fn row(principal: ServicePrincipal, publisher: Option<Publisher>) -> Row {
    let removed = principal.deleted_at.unwrap_or(principal.created_at);
    Row {
        id: principal.id,
        name: principal.display_name,
        publisher,
        client: principal.app_id.to_string(),
        removed: dates::day(removed),
        until: dates::day(removed.plus(deleted_items::KEPT)),
    }
}
