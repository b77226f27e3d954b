//! The answer to what an app asks for, and the way back to it.

use super::{ANSWER, page};
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
        "decline" | "unavailable" => {
            tx.commit().await?;
            return refused(if form.answer == "decline" { "declined" } else { "unavailable" });
        }
        _ => return Err(Refusal::Problem(Problem::BadRequest)),
    }
    let Some(question) = page::question(&mut tx, place).await? else { return Ok(answer::see_other(&back)) };
    let whom = match question.wanted.whom(&mut tx, server, &question.caller).await? {
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
