//! A new password by a one-time link. Opening the link changes nothing; sending the form uses it up.

use crate::sign_in::door::Door;
use crate::sign_in::password::PasswordError;
use crate::sign_in::recovery::{self, NewPassword, RecoveryError};
use crate::sign_in::refusal::Refusal;
use crate::users::User;
use crate::web::answer;
use crate::web::form::Form;
use crate::web::pages::{ErrorPage, Problem, Way};
use crate::web::path::Path;
use crate::web::shell::Outside;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use zeroize::Zeroizing;

/// Asks for a new password.
#[derive(Template)]
#[template(path = "sign_in/pages/recovery.html")]
struct RecoveryPage {
    outside: Outside,
    address: String,
    action: String,
    csrf: String,
    error: Option<PasswordError>,
}

impl RecoveryPage {
    fn title(&self) -> String {
        let heading = self.outside.words.t("recovery-heading");
        if self.error.is_some() { self.outside.error_title(heading) } else { self.outside.title(heading) }
    }

    fn error(&self) -> String {
        match self.error {
            Some(PasswordError::TooShort) => self.outside.words.t("recovery-too-short"),
            Some(PasswordError::TooLong) => self.outside.words.t("recovery-too-long"),
            Some(PasswordError::Machine) | None => String::new(),
        }
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub struct RecoveryForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    password: String,
}

/// Shows the form while the link works.
pub async fn show(door: Door, Path((_, link)): Path<(String, String)>) -> Response {
    door.answer(ask(&door, &link).await)
}

async fn ask(door: &Door, link: &str) -> Result<Response, Refusal> {
    let mut tx = door.server.read().await?;
    let user = recovery::find(&mut tx, &door.server, &door.tenant, link).await?;
    drop(tx);
    match user {
        Some(user) => Ok(page(door, link, &user, None)),
        None => dead(door, link).await,
    }
}

/// Sets the password and leads to the sign-in.
pub async fn take(door: Door, Path((_, link)): Path<(String, String)>, Form(form): Form<RecoveryForm>) -> Response {
    door.answer(set(&door, &link, form).await)
}

async fn set(door: &Door, link: &str, form: RecoveryForm) -> Result<Response, Refusal> {
    let typed = Zeroizing::new(form.password);
    let mut tx = door.server.write().await?;
    if let Some(problem) = door.spends(&mut tx, &form.csrf).await?.problem() {
        return Err(Refusal::Problem(problem));
    }
    let user = recovery::find(&mut tx, &door.server, &door.tenant, link).await?;
    tx.commit().await?;
    // Hashing is work: it is done for holders of a link only.
    let Some(user) = user else { return dead(door, link).await };
    let password = match NewPassword::hash(&door.server, &typed).await {
        Ok(password) => password,
        Err(PasswordError::Machine) => return Err(Refusal::Problem(Problem::Unavailable)),
        Err(error) => return Ok(page(door, link, &user, Some(error))),
    };
    let mut tx = door.server.write().await?;
    match recovery::redeem(&mut tx, &door.server, &door.tenant, link, password).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(answer::see_other(&format!("/portal/{}", door.tenant.initial_domain)))
        }
        Err(RecoveryError::Database(failure)) => Err(Refusal::Database(failure)),
        Err(RecoveryError::Dead | RecoveryError::Password(_)) => {
            drop(tx);
            dead(door, link).await
        }
    }
}

fn page(door: &Door, link: &str, user: &User, error: Option<PasswordError>) -> Response {
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut outside = door.outside.clone();
    // The link is a secret: it is not repeated in the links to other languages.
    outside.address = None;
    let page = RecoveryPage {
        outside,
        address: user.user_principal_name.clone(),
        action: door.reader.keep_language(&format!("/{}/recover/{link}", door.tenant.id)),
        csrf: door.csrf(),
        error,
    };
    answer::page(status, &page)
}

/// The same for a link that was used, has ended, or never was one; the audit knows the difference.
async fn dead(door: &Door, link: &str) -> Result<Response, Refusal> {
    recovery::note_dead(&door.server, &door.tenant, link).await?;
    let mut outside = door.outside.clone();
    outside.address = None;
    let words = outside.words;
    let page = ErrorPage {
        heading: words.t("recovery-dead"),
        signed_in_as: None,
        rule: None,
        sentence: words.t("recovery-dead-text"),
        ways: vec![Way::plain("person", words.t("recovery-dead-way"))],
        retry_url: None,
        reference: door.reference(),
        outside,
    };
    Ok(answer::page(StatusCode::GONE, &page))
}
