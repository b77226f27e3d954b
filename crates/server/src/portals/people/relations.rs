//! `/portal/{tenant}/users/{id}/relations`: who somebody reports to, and who answers for them.

use super::{Failure, failure, require_administrator};
use crate::Server;
use crate::groups::operations::sponsor_named;
use crate::platform::ids::UserId;
use crate::portals::sponsor_href;
use crate::users::operations::{Key, find_by_address};
use crate::users::{User, manager, sponsors, store};
use crate::web::answer;
use crate::web::form::Form;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/users/{id}/relations", get(show).post(take))
}

/// One button of the page, with the field it belongs to.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RelationForm {
    csrf: String,
    #[serde(rename = "do")]
    deed: String,
    manager: String,
    sponsor: String,
}

#[derive(Template)]
#[template(path = "portals/people/relations.html")]
struct RelationsPage {
    inside: Inside,
    id: UserId,
    name: String,
    manager: Option<(String, String)>,
    sponsors: Vec<(Uuid, String, String)>,
    may_have_more: bool,
    form: RelationForm,
    mistakes: Vec<(String, String)>,
}

impl RelationsPage {
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Path((_, id)): Path<(String, String)>) -> Response {
    visitor.respond(&server, page(&server, &visitor, &id, RelationForm::default(), Vec::new()).await)
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<RelationForm>,
) -> Response {
    let address = format!("{}/users/{id}/relations", visitor.base());
    if let Err(refusal) = require_administrator(&visitor) {
        return visitor.refuse(&server, refusal);
    }
    if let Err(refusal) = visitor.spend_for(&server, &headers, &form.csrf, &address).await {
        return visitor.refuse(&server, refusal);
    }
    match change(&server, &visitor, &id, &form).await {
        Ok(()) => answer::see_other(&address),
        Err(Failure::Mistake(field, problem)) => {
            let mistakes = vec![(field.to_owned(), problem)];
            let shown = page(&server, &visitor, &id, form, mistakes).await;
            visitor.respond_as(&server, StatusCode::UNPROCESSABLE_ENTITY, shown)
        }
        Err(Failure::Refusal(refusal)) => visitor.refuse(&server, refusal),
    }
}

async fn change(server: &Server, visitor: &Visitor, id: &str, form: &RelationForm) -> Result<(), Failure> {
    let key = Key::Id(id.parse().map_err(|_| Failure::Refusal(Problem::NotFound.into()))?);
    let caller = &visitor.caller;
    match form.deed.as_str() {
        "set-manager" => {
            let manager = named(server, visitor, &form.manager).await?;
            manager::set(server, caller, &key, manager).await.map_err(|error| failure(error, "manager", &[]))
        }
        "no-manager" => manager::remove(server, caller, &key).await.map_err(|error| failure(error, "manager", &[])),
        "add-sponsor" => {
            let mut tx = server.read().await.map_err(|error| Failure::Refusal(error.into()))?;
            let found = sponsor_named(&mut tx, caller.tenant, form.sponsor.trim()).await;
            drop(tx);
            let sponsor = found.map_err(|error| Failure::Mistake("sponsor", super::sentence(&error.to_string())))?;
            sponsors::add(server, caller, &key, sponsor).await.map_err(|error| failure(error, "sponsor", &[]))
        }
        "remove-sponsor" => {
            let sponsor = form.sponsor.parse().map_err(|_| Failure::Refusal(Problem::BadRequest.into()))?;
            sponsors::remove(server, caller, &key, sponsor).await.map_err(|error| failure(error, "sponsor", &[]))
        }
        _ => Err(Failure::Refusal(Problem::BadRequest.into())),
    }
}

/// The manager somebody means by an address.
async fn named(server: &Server, visitor: &Visitor, text: &str) -> Result<UserId, Failure> {
    let mut tx = server.read().await.map_err(|error| Failure::Refusal(error.into()))?;
    let found = find_by_address(&mut tx, visitor.caller.tenant, text.trim()).await;
    found.map(|user| user.id).map_err(|error| Failure::Mistake("manager", super::sentence(&error.to_string())))
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    id: &str,
    form: RelationForm,
    mistakes: Vec<(String, String)>,
) -> Result<RelationsPage, Refusal> {
    require_administrator(visitor)?;
    let id: UserId = id.parse().map_err(|_| Problem::NotFound)?;
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let user = store::find(&mut tx, tenant, id).await?.ok_or(Problem::NotFound)?;
    let manager = manager::find(&mut tx, tenant, id).await?;
    let named = sponsors::list(&mut tx, tenant, id).await?;
    drop(tx);
    let href = |user: &User| format!("{}/users/{}", visitor.base(), user.id);
    Ok(RelationsPage {
        inside: visitor.inside(server, Section::Users),
        id,
        name: user.display_name,
        manager: manager.map(|manager| (manager.display_name.clone(), href(&manager))),
        may_have_more: named.len() < sponsors::MOST,
        sponsors: named
            .iter()
            .map(|one| (one.id(), one.display_name().to_owned(), sponsor_href(&visitor.base(), one)))
            .collect(),
        form,
        mistakes,
    })
}
