//! Pages that show several features: the overview, the users of an organisation, one guest, the logs, the settings, the
//! outbox, My Apps.
//!
//! Owns no table. Changes are made by the operations of the features; what stands here is what only a page needs, the
//! lists that join several features and the words around them.

mod approvals;
mod consent_rules;
mod domains;
mod failure;
mod guest;
mod health;
mod jobs;
mod logs;
mod mail;
mod my_apps;
mod overview;
mod people;
mod picked;
mod policy_page;
mod reach;
mod roles;
mod settings;
mod standing;
#[cfg(test)]
mod tests;
mod token_lifetimes;
mod users;

use crate::Server;
use crate::deleted_items::Owners;
use crate::graph::{Caller, Role};
use crate::users::sponsors::{Sponsor, SponsorId};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;

/// The pages, for behind the layer that knows who is signed in. `owners` are those of what can be brought back.
pub fn routes(owners: Owners) -> Router<Arc<Server>> {
    Router::new()
        .merge(overview::routes())
        .merge(users::routes())
        .merge(guest::routes())
        .merge(people::routes())
        .merge(picked::routes(owners))
        .merge(approvals::routes())
        .merge(consent_rules::routes())
        .merge(settings::routes())
        .merge(token_lifetimes::routes())
        .merge(domains::routes())
        .merge(roles::routes())
        .merge(mail::routes())
        .merge(logs::routes())
        .merge(jobs::routes())
        .merge(health::routes())
        .merge(my_apps::routes())
        .route("/portal/{tenant}/{*rest}", get(nowhere))
}

/// The page of somebody who answers for a guest.
fn sponsor_href(base: &str, sponsor: &Sponsor) -> String {
    match sponsor.key() {
        SponsorId::Person(id) => format!("{base}/users/{id}"),
        SponsorId::Group(id) => format!("{base}/groups/{id}"),
    }
}

/// An address of the admin centre that leads nowhere.
async fn nowhere(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    visitor.refuse(&server, Problem::NotFound.into())
}

/// What these pages show, in the API.
pub fn api_routes() -> Router<Arc<Server>> {
    jobs::api_routes().merge(health::api_routes())
}

/// Lets in whoever holds a directory role: the admin centre is for them, My Apps is for everybody.
fn require_role(caller: &Caller) -> Result<(), Refusal> {
    if caller.holds_any(Role::ALL) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}
