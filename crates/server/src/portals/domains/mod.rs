//! `/portal/{tenant}/domains`: naming a domain, proving it by a text in its DNS, making it the default, giving it up.

use crate::Server;
use crate::tenants::domains::{self, DomainError, TenantDomain};
use crate::web::answer;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/domains", get(show).post(add))
        .route("/portal/{tenant}/domains/{domain}/verify", post(verify))
        .route("/portal/{tenant}/domains/{domain}/make-default", post(make_default))
        .route("/portal/{tenant}/domains/{domain}/remove", post(remove))
}

#[derive(Template)]
#[template(path = "portals/domains/list.html")]
struct DomainsPage {
    inside: Inside,
    done: Option<&'static str>,
    /// What was not done, and why.
    problem: Option<String>,
    /// What was typed, and what is wrong with it.
    name: String,
    mistake: String,
    mistakes: Vec<(String, String)>,
    domains: Vec<TenantDomain>,
    path: String,
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

#[derive(Deserialize)]
struct AddForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    name: String,
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let done = match wanted.done.as_deref() {
        Some("named") => Some("The domain was named. Publish its record, then prove it."),
        Some("proved") => Some("The domain was proved. It leads to the sign-in from now on."),
        Some("default") => Some("The domain is the default. Guests are shown it from now on."),
        Some("removed") => Some("The domain was given up."),
        _ => None,
    };
    let page = page(&server, &visitor).await.map(|page| DomainsPage { done, ..page });
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor) -> Result<DomainsPage, Refusal> {
    if !domains::may_change(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    Ok(DomainsPage {
        inside: visitor.inside(server, Section::Domains),
        done: None,
        problem: None,
        name: String::new(),
        mistake: String::new(),
        mistakes: Vec::new(),
        domains: domains::list(server, &visitor.caller).await.map_err(refusal)?,
        path: format!("{}/domains", visitor.base()),
    })
}

async fn add(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<AddForm>,
) -> Response {
    if let Err(refusal) = begin(&server, &visitor, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal);
    }
    let error = match domains::add(&server, &visitor.caller, &form.name).await {
        Ok(_) => return answer::see_other(&format!("{}/domains?done=named", visitor.base())),
        Err(error @ (DomainError::NotAllowed | DomainError::Database(_))) => {
            return visitor.refuse(&server, refusal(error));
        }
        Err(error) => sentence(&error),
    };
    let shown = page(&server, &visitor).await.map(|page| DomainsPage {
        name: form.name.chars().take(253).collect(),
        mistakes: vec![("name".to_owned(), error.clone())],
        mistake: error,
        ..page
    });
    unchanged(&server, &visitor, shown)
}

async fn verify(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, domain)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    if let Err(refusal) = begin(&server, &visitor, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal);
    }
    let outcome = domains::verify(&server, &visitor.caller, &domain).await.map(|_| "proved");
    answered(&server, &visitor, outcome).await
}

async fn make_default(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, domain)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    if let Err(refusal) = begin(&server, &visitor, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal);
    }
    let outcome = domains::make_default(&server, &visitor.caller, &domain).await.map(|()| "default");
    answered(&server, &visitor, outcome).await
}

async fn remove(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, domain)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    if let Err(refusal) = begin(&server, &visitor, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal);
    }
    let outcome = domains::remove(&server, &visitor.caller, &domain).await.map(|()| "removed");
    answered(&server, &visitor, outcome).await
}

/// Spends the form of whoever may.
async fn begin(server: &Server, visitor: &Visitor, headers: &HeaderMap, csrf: &str) -> Result<(), Refusal> {
    if !domains::may_change(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    let spent = visitor.spend(server, headers, csrf).await;
    spent.map_err(|refusal| refusal.leading_to(format!("{}/domains", visitor.base())))
}

async fn answered(server: &Server, visitor: &Visitor, outcome: Result<&str, DomainError>) -> Response {
    match outcome {
        Ok(done) => answer::see_other(&format!("{}/domains?done={done}", visitor.base())),
        Err(error @ (DomainError::NotAllowed | DomainError::NotFound(_) | DomainError::Database(_))) => {
            visitor.refuse(server, refusal(error))
        }
        Err(error) => {
            let problem = Some(sentence(&error));
            let shown = page(server, visitor).await.map(|page| DomainsPage { problem, ..page });
            unchanged(server, visitor, shown)
        }
    }
}

fn unchanged(server: &Server, visitor: &Visitor, shown: Result<DomainsPage, Refusal>) -> Response {
    match shown {
        Ok(page) => answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page),
        Err(refusal) => visitor.refuse(server, refusal),
    }
}

fn refusal(error: DomainError) -> Refusal {
    match error {
        DomainError::Database(error) => error.into(),
        DomainError::NotFound(_) => Problem::NotFound.into(),
        _ => Problem::NotAllowed.into(),
    }
}

fn sentence(error: &DomainError) -> String {
    super::settings::sentence(&error.to_string())
}
