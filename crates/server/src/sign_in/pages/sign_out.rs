//! Signing out: asked for by a page, done by a form.

use crate::sign_in::door::Door;
use crate::sign_in::refusal::Refusal;
use crate::sign_in::session;
use crate::web::form::Form;
use crate::web::pages::{Problem, SignOutPage, SignedOutPage};
use crate::web::{answer, csrf};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

/// What the form sends.
#[derive(Deserialize)]
pub struct SignOutForm {
    #[serde(default)]
    csrf: String,
}

/// Asks, or says that nobody is signed in (any more).
pub async fn show(door: Door) -> Response {
    door.answer(ask(&door).await)
}

async fn ask(door: &Door) -> Result<Response, Refusal> {
    let mut tx = door.server.read().await?;
    let current = session::current(&mut tx, &door.server, door.tenant.id, &door.headers).await?;
    let outside = door.outside.clone();
    let home = format!("/myapps/{}", door.tenant.initial_domain);
    let Some((session, user)) = current else {
        return Ok(answer::page(StatusCode::OK, &SignedOutPage { outside, sign_in_url: Some(home) }));
    };
    let page = SignOutPage {
        outside,
        address: user.mail.unwrap_or(user.user_principal_name),
        csrf: csrf::issue(&door.server, door.tenant.id, &session.form_key),
        action: door.reader.keep_language(&format!("/{}/sign-out", door.tenant.id)),
        hidden: Vec::new(),
        stay_url: Some(home),
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// Ends the session; its form value is bound to it, so nobody else can.
pub async fn take(door: Door, Form(form): Form<SignOutForm>) -> Response {
    door.answer(end(&door, &form.csrf).await)
}

async fn end(door: &Door, value: &str) -> Result<Response, Refusal> {
    let (server, tenant) = (&door.server, door.tenant.id);
    let mut tx = server.write().await?;
    let done = answer::see_other(&door.reader.keep_language(&format!("/{tenant}/sign-out")));
    let Some((session, user)) = session::current(&mut tx, server, tenant, &door.headers).await? else {
        return Ok(done);
    };
    let is_ours = csrf::is_same_origin(server, &door.headers)
        && csrf::spend(&mut tx, server, tenant, &session.form_key, value).await?.is_first();
    if !is_ours {
        return Err(Refusal::Problem(Problem::StaleForm));
    }
    let cookie = session::end(&mut tx, server, &session, &user, None).await?;
    tx.commit().await?;
    Ok(answer::with_cookies(done, [cookie]))
}
