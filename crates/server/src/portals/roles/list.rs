//! The list of roles.

use super::refusal;
use crate::Server;
use crate::directory_roles::operations;
use crate::graph::Role;
use crate::portals::require_role;
use crate::web::numbers::{Counted, capitalized};
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "portals/roles/list.html")]
struct RolesPage {
    inside: Inside,
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    description: &'static str,
    href: String,
    holders: String,
}

/// `GET /portal/{tenant}/roles`
pub(super) async fn show(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    let outcome = roles(&server, &visitor).await;
    visitor.respond(&server, outcome)
}

async fn roles(server: &Server, visitor: &Visitor) -> Result<RolesPage, Refusal> {
    require_role(&visitor.caller)?;
    let held = operations::count_each(server, &visitor.caller).await.map_err(refusal)?;
    let holders = |role: &Role| held.get(role).copied().unwrap_or(Counted::exactly(0));
    let row = |role: &Role| Row {
        name: role.name(),
        description: role.description(),
        href: format!("{}/roles/{}", visitor.base(), role.slug()),
        holders: capitalized(&holders(role).to_string()),
    };
    Ok(RolesPage { inside: visitor.inside(server, Section::Roles), rows: Role::ALL.iter().map(row).collect() })
}
