//! What the buttons of the page do. What can be undone is answered with the page and the button for it.

use super::{DomainsPage, page, refusal};
use crate::Server;
use crate::portals::failure::STALE;
use crate::tenants::domains::{self, DomainError};
use crate::tenants::given_up;
use crate::web::answer;
use crate::web::form::{Form, PlainForm, SeenForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::question::{ButtonForm, Done};
use crate::web::visitor::Visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct AddForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    name: String,
    /// What takes a domain back as it was, where giving it up is undone.
    #[serde(default)]
    receipt: String,
}

/// `POST /portal/{tenant}/domains`
pub(super) async fn add(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<AddForm>,
) -> Response {
    if let Err(refusal) = begin(&server, &visitor, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal);
    }
    let outcome = match form.receipt.as_str() {
        "" => domains::add(&server, &visitor.caller, &form.name).await.map(|_| "named"),
        receipt => given_up::take_back(&server, &visitor.caller, receipt).await.map(|()| "back"),
    };
    let error = match outcome {
        Ok(done) => return answer::see_other(&format!("{}/domains?done={done}", visitor.base())),
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
    visitor.respond_as(&server, StatusCode::UNPROCESSABLE_ENTITY, shown)
}

/// `POST /portal/{tenant}/domains/{domain}/verify`
pub(super) async fn verify(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, domain)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    if let Err(refusal) = begin(&server, &visitor, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal);
    }
    match domains::verify(&server, &visitor.caller, &domain).await {
        Ok(_) => answer::see_other(&format!("{}/domains?done=proved", visitor.base())),
        Err(error) => refused(&server, &visitor, error).await,
    }
}

/// `POST /portal/{tenant}/domains/{domain}/make-default`
pub(super) async fn make_default(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, domain)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<SeenForm>,
) -> Response {
    if let Err(refusal) = begin(&server, &visitor, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal);
    }
    match choose(&server, &visitor, &domain, &form.seen).await {
        Ok(undo) => done(&server, &visitor, "The domain is the default. Guests are shown it from now on.", undo).await,
        Err(error) => refused(&server, &visitor, error).await,
    }
}

/// Makes a domain the default, as long as the one is that the page showed; what makes that one so again, if it was another.
async fn choose(
    server: &Server,
    visitor: &Visitor,
    domain: &str,
    seen: &str,
) -> Result<Option<ButtonForm>, DomainError> {
    domains::make_default(server, &visitor.caller, domain, Some(seen)).await?;
    let chosen = domains::find(server, &visitor.caller, domain).await?;
    Ok((seen != chosen.name).then(|| ButtonForm {
        action: format!("{}/domains/{seen}/make-default", visitor.base()),
        fields: vec![("seen", chosen.name)],
        verb: format!("Undo: make {seen} the default"),
    }))
}

/// `POST /portal/{tenant}/domains/{domain}/remove`
pub(super) async fn remove(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, domain)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<SeenForm>,
) -> Response {
    if let Err(refusal) = begin(&server, &visitor, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal);
    }
    let gone = match domains::remove(&server, &visitor.caller, &domain, Some(&form.seen)).await {
        Ok(gone) => gone,
        Err(error) => return refused(&server, &visitor, error).await,
    };
    let receipt = match given_up::receipt(&server, &visitor.caller, &gone).await {
        Ok(receipt) => receipt,
        Err(error) => return visitor.refuse(&server, error.into()),
    };
    let undo = ButtonForm {
        action: format!("{}/domains", visitor.base()),
        fields: vec![("name", gone.name.clone()), ("receipt", receipt)],
        verb: format!("Undo: take {} back", gone.name),
    };
    done(&server, &visitor, "The domain was given up.", Some(undo)).await
}

/// Spends the form of whoever may.
async fn begin(server: &Server, visitor: &Visitor, headers: &HeaderMap, csrf: &str) -> Result<(), Refusal> {
    if !domains::may_change(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    visitor.spend_for(server, headers, csrf, &format!("{}/domains", visitor.base())).await
}

/// The page with what was done, and with what undoes it.
async fn done(server: &Server, visitor: &Visitor, text: &'static str, undo: Option<ButtonForm>) -> Response {
    let done = Some(Done { text, undo });
    let shown = page(server, visitor).await.map(|page| DomainsPage { done, ..page });
    visitor.respond(server, shown)
}

/// The page with why nothing was done.
async fn refused(server: &Server, visitor: &Visitor, error: DomainError) -> Response {
    match error {
        error @ (DomainError::NotAllowed | DomainError::NotFound(_) | DomainError::Database(_)) => {
            visitor.refuse(server, refusal(error))
        }
        error => {
            let (status, problem) = match error {
                DomainError::Changed => (StatusCode::CONFLICT, STALE.to_owned()),
                error => (StatusCode::UNPROCESSABLE_ENTITY, sentence(&error)),
            };
            let problem = Some(problem);
            let shown = page(server, visitor).await.map(|page| DomainsPage { problem, ..page });
            visitor.respond_as(server, status, shown)
        }
    }
}

fn sentence(error: &DomainError) -> String {
    crate::portals::settings::sentence(&error.to_string())
}
