//! `/portal/{tenant}/domains`: naming a domain, proving it by a text in its DNS, making it the default, giving it up and taking it
//! back.

mod change;
mod question;
mod store;

use crate::Server;
use crate::tenants::domains::{self, DomainError, TenantDomain};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::question::{Done, Question};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/domains", get(show).post(change::add))
        .route("/portal/{tenant}/domains/{domain}/verify", post(change::verify))
        .route("/portal/{tenant}/domains/{domain}/make-default", post(change::make_default))
        .route("/portal/{tenant}/domains/{domain}/remove", post(change::remove))
}

#[derive(Template)]
#[template(path = "portals/domains/list.html")]
struct DomainsPage {
    inside: Inside,
    done: Option<Done>,
    /// What is asked before a domain is given up.
    question: Option<Question>,
    /// What was not done, and why.
    problem: Option<String>,
    /// What was typed, and what is wrong with it.
    name: String,
    mistake: String,
    mistakes: Vec<(String, String)>,
    domains: Vec<TenantDomain>,
    /// The default one, which the forms that choose another carry.
    known_by: String,
    path: String,
}

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    done: String,
    ask: String,
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let page = asked_for(&server, &visitor, &wanted).await;
    visitor.respond(&server, page)
}

async fn asked_for(server: &Server, visitor: &Visitor, wanted: &Wanted) -> Result<DomainsPage, Refusal> {
    let done = match wanted.done.as_str() {
        "named" => Some("The domain was named. Publish its record, then prove it."),
        "proved" => Some("The domain was proved. It leads to the sign-in from now on."),
        "back" => Some("The domain is there again, as it was."),
        _ => None,
    };
    let page = page(server, visitor).await?;
    let asked = page.domains.iter().find(|domain| domain.name == wanted.ask && may_go(domain));
    let question = match asked {
        Some(domain) => Some(question::of(server, visitor, domain).await?),
        None => None,
    };
    Ok(DomainsPage { done: done.map(|text| Done { text, undo: None }), question, ..page })
}

/// Whether a domain can be given up at all.
const fn may_go(domain: &TenantDomain) -> bool {
    !domain.is_initial && !domain.is_default
}

async fn page(server: &Server, visitor: &Visitor) -> Result<DomainsPage, Refusal> {
    if !domains::may_change(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    let domains = domains::list(server, &visitor.caller).await.map_err(refusal)?;
    let known_by = domains.iter().find(|domain| domain.is_default).map(|domain| domain.name.clone());
    Ok(DomainsPage {
        inside: visitor.inside(server, Section::Domains),
        done: None,
        question: None,
        problem: None,
        name: String::new(),
        mistake: String::new(),
        mistakes: Vec::new(),
        domains,
        known_by: known_by.unwrap_or_default(),
        path: format!("{}/domains", visitor.base()),
    })
}

fn refusal(error: DomainError) -> Refusal {
    match error {
        DomainError::Database(error) => error.into(),
        DomainError::NotFound(_) => Problem::NotFound.into(),
        _ => Problem::NotAllowed.into(),
    }
}
