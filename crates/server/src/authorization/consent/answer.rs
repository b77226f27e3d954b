//! The answer to what an app asks for, and the way back to it.

use super::{ANSWER, page};
use crate::consent_requests::{self, AskError, Wish};
use crate::service_principals::grants::For;
use crate::sign_in::place::Place;
use crate::sign_in::refusal::Refusal;
use crate::sign_in::session;
use crate::web::csrf::{self, Worth};
use crate::web::form::Form;
use crate::web::pages::{Problem, Whom};
use crate::web::{answer, csrf::is_same_origin};
use axum::http::StatusCode;
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    /// The form value.
    pub csrf: String,
    /// The mark of what the page showed.
    pub seen: String,
    /// The button.
    pub answer: String,
    /// Whether it counts for everybody.
    pub everybody: String,
    /// Why an administrator is asked.
    pub reason: String,
}

/// `POST /{tenant}/consent/{continuation}`
pub async fn take(place: Place, Form(form): Form<AnswerForm>) -> Response {
    go_on(&place, &form).await.unwrap_or_else(|refusal| refusal.page(&place.server, place.outside.clone()))
}

async fn go_on(place: &Place, form: &AnswerForm) -> Result<Response, Refusal> {
    let (server, tenant) = (&place.server, place.tenant.id);
    let back = place.continuation.resume_path();
    let mut tx = server.write().await?;
    let Some((session, _)) = session::current(&mut tx, server, tenant, &place.headers).await? else {
        return Ok(answer::see_other(&back));
    };
    if !is_same_origin(server, &place.headers) {
        return Err(Refusal::Problem(Problem::StaleForm));
    }
    match csrf::spend(&mut tx, server, tenant, &session.form_key, &form.csrf).await? {
        Worth::First => {}
        Worth::Repeated => return Ok(answer::see_other(&back)),
        Worth::Nothing => return Err(Refusal::Problem(Problem::StaleForm)),
    }
    let refused = |word: &str| Ok(answer::see_other(&format!("{back}&{ANSWER}={word}")));
    match form.answer.as_str() {
        "accept" => {}
        "ask" => return ask(place, tx, form).await,
        "decline" | "unavailable" => {
            tx.commit().await?;
            return refused(if form.answer == "decline" { "declined" } else { "unavailable" });
        }
        _ => return Err(Refusal::Problem(Problem::BadRequest)),
    }
    let Some(question) = page::question(&mut tx, place).await? else { return Ok(answer::see_other(&back)) };
    let whom = match question.wanted.whom(&mut tx, &question.caller).await? {
        Some(Whom::Choice) if form.everybody == "1" => For::Everybody,
        Some(_) if form.everybody.is_empty() => For::Myself,
        _ => return Err(Refusal::Problem(Problem::NotAllowed)),
    };
    if form.seen != question.wanted.mark() {
        return page::render(&mut tx, place, question, StatusCode::CONFLICT).await;
    }
    question.wanted.grant(&mut tx, server, &question.caller, whom).await?;
    tx.commit().await?;
    Ok(answer::see_other(&back))
}

/// Asks an administrator, for whoever may not answer themselves, and shows the page again, which then says so.
async fn ask(place: &Place, mut tx: Transaction, form: &AnswerForm) -> Result<Response, Refusal> {
    let server = &place.server;
    let Some(question) = page::question(&mut tx, place).await? else {
        return Ok(answer::see_other(&place.continuation.resume_path()));
    };
    if question.wanted.whom(&mut tx, &question.caller).await?.is_some() {
        return page::render(&mut tx, place, question, StatusCode::CONFLICT).await;
    }
    let words = place.outside.words;
    // What belongs to a sign-in is answered with what is asked for elsewhere, or asked for alone where nothing else is.
    let part = question.wanted.parts().find(|part| !part.missing.is_empty()).unwrap_or(&question.wanted);
    let wish = Wish {
        client: &question.wanted.client.principal,
        resource: &part.resource,
        words: &part.missing,
        reason: &form.reason,
        language: words.0,
    };
    let asked = consent_requests::ask(&mut tx, server, &question.caller, &wish).await;
    let (status, mistake) = match asked {
        Ok(_) | Err(AskError::Closed) => {
            tx.commit().await?;
            return Ok(answer::see_other(&place.path("consent", "")));
        }
        Err(AskError::Storage(error)) => return Err(error.into()),
        Err(AskError::Reason) => (StatusCode::UNPROCESSABLE_ENTITY, words.t("consent-ask-bad-reason")),
        Err(AskError::TooMany) => (StatusCode::TOO_MANY_REQUESTS, words.t("consent-ask-too-many")),
    };
    // The form value is spent, so that the page gets another one.
    let approval = page::approval(&mut tx, &question, form.reason.clone(), mistake).await?;
    tx.commit().await?;
    let mut tx = server.read().await?;
    page::refuse(&mut tx, place, question, (status, approval)).await
}
