//! `/portal/{tenant}/settings/branding`: how the pages of the organisation look, for every reader and for those of one language.

mod form;
mod page;

use super::page::sentence;
use crate::Server;
use crate::portals::failure::{Failure, ShownAgain, respond};
use crate::tenants::branding::{self, BrandingError, Locale};
use crate::web::form::{Form, SeenForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::visitor::Visitor;
use axum::Router;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use form::BrandingForm;
use page::BrandingPage;
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/settings/branding", get(show).post(save))
        .route("/portal/{tenant}/settings/branding/{locale}", get(show_localized).post(save_localized))
        .route("/portal/{tenant}/settings/branding/{locale}/remove", post(remove))
}

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    done: String,
    ask: String,
}

impl From<BrandingError> for Failure {
    fn from(error: BrandingError) -> Self {
        match error {
            BrandingError::Invalid(property, problem) => Self::Mistake(property, sentence(&problem)),
            BrandingError::Image(kind, problem) => Self::Mistake(kind.as_str(), sentence(&problem)),
            BrandingError::HasLocalizations => Self::Mistake(page::LANGUAGES, sentence(&error.to_string())),
            BrandingError::Exists | BrandingError::NotFound(_) | BrandingError::Changed => Self::Stale,
            BrandingError::Database(error) => error.into(),
            BrandingError::NotAllowed => Problem::NotAllowed.into(),
        }
    }
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    answered(&server, &visitor, &Locale::everybody(), &wanted).await
}

async fn show_localized(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, locale)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    match named(&visitor, &locale) {
        Ok(locale) => answered(&server, &visitor, &locale, &wanted).await,
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn answered(server: &Server, visitor: &Visitor, locale: &Locale, wanted: &Wanted) -> Response {
    let page = page::read(server, visitor, locale).await;
    visitor.respond(server, page.map(|page| page.asked_for(&wanted.done, &wanted.ask)))
}

async fn save(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    keep(&server, &visitor, &headers, Locale::everybody().as_str(), form.ok()).await
}

async fn save_localized(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, locale)): Path<(String, String)>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    keep(&server, &visitor, &headers, &locale, form.ok()).await
}

/// Keeps what was sent, and leads back to the page. Branding for a language begins when its page is saved for the first time.
async fn keep(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    locale: &str,
    form: Option<Multipart>,
) -> Response {
    let locale = match named(visitor, locale) {
        Ok(locale) => locale,
        Err(refusal) => return visitor.refuse(server, refusal),
    };
    let Some(form) = form else { return visitor.refuse(server, Problem::BadRequest.into()) };
    let address = page::address(visitor, &locale);
    let mut sent = BrandingForm::default();
    let outcome = match sent.read(server, visitor, headers, form, &address).await {
        Ok(()) => sent.keep(server, &visitor.caller, &locale).await,
        Err(refusal) => Err(refusal.into()),
    };
    let outcome = outcome.map(|()| format!("{address}?done=saved"));
    respond(server, visitor, outcome, async |why: ShownAgain| again(server, visitor, &locale, why, Some(sent)).await)
        .await
}

/// Removes the branding for a language, or where there is no other, the one for every reader.
async fn remove(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, locale)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<SeenForm>,
) -> Response {
    let everybody = Locale::everybody();
    let address = page::address(&visitor, &everybody);
    let outcome = take_away(&server, &visitor, &headers, &locale, &form).await;
    let outcome = outcome.map(|()| format!("{address}?done=removed"));
    respond(&server, &visitor, outcome, async |why: ShownAgain| {
        // What was changed meanwhile stands on the page that it is for.
        let own = Locale::parse(&locale).filter(|_| matches!(why, ShownAgain::Stale));
        again(&server, &visitor, &own.unwrap_or(everybody), why, None).await
    })
    .await
}

async fn take_away(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    locale: &str,
    form: &SeenForm,
) -> Result<(), Failure> {
    let locale = named(visitor, locale)?;
    visitor.spend_for(server, headers, &form.csrf, &page::address(visitor, &Locale::everybody())).await?;
    // No branding has the version 0.
    let seen = Some(form.seen.parse().unwrap_or(0));
    match branding::remove(server, &visitor.caller, &locale, seen).await {
        // Somebody else removed it already.
        Ok(()) | Err(BrandingError::NotFound(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The branding that an address names. For which languages there are pages is told to whoever may change it.
fn named(visitor: &Visitor, locale: &str) -> Result<Locale, Refusal> {
    if !branding::may_change(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    Locale::parse(locale).ok_or_else(|| Problem::NotFound.into())
}

/// The page with why nothing was changed, and with what was sent.
async fn again(
    server: &Server,
    visitor: &Visitor,
    locale: &Locale,
    why: ShownAgain,
    sent: Option<BrandingForm>,
) -> Result<BrandingPage, Refusal> {
    let page = page::read(server, visitor, locale).await?;
    Ok(match why {
        ShownAgain::Mistake(complaint) => page.with_mistake(complaint, sent),
        ShownAgain::Stale => page.instead_of(sent),
    })
}
