//! The password of a member.

use crate::sign_in::members::{self, Outcome};
use crate::sign_in::passcode::view::{clock, opened};
use crate::sign_in::place::Place;
use crate::sign_in::refusal::Refusal;
use crate::web::answer;
use crate::web::csrf::Worth;
use crate::web::form::Form;
use crate::web::pages::{PasswordError, PasswordPage, Problem};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use zeroize::Zeroizing;

/// What the form sends.
#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    password: String,
}

/// Asks for the password of the address given before.
pub async fn show(place: Place) -> Response {
    let Some(address) = place.continuation.address.clone() else {
        return answer::see_other(&place.path("sign-in", ""));
    };
    super::answer(&place, page(&place, address, None).await)
}

/// Takes the password. Who is right goes on to where they were going.
pub async fn take(place: Place, Form(form): Form<PasswordForm>) -> Response {
    super::answer(&place, prove(&place, form).await)
}

async fn prove(place: &Place, form: PasswordForm) -> Result<Response, Refusal> {
    let password = Zeroizing::new(form.password);
    let step = &place.continuation;
    let address = step.address.clone().ok_or(Refusal::Problem(Problem::BadRequest))?;
    let mut tx = place.server.write().await?;
    match place.spends(&mut tx, &form.csrf).await? {
        Worth::First => {}
        Worth::Repeated => return Ok(place.after_the_first(&mut tx, "/password").await?),
        Worth::Nothing => return Err(Refusal::Problem(Problem::StaleForm)),
    }
    let admitted = members::admit(&mut tx, &place.server, &place.browser, step, &address).await?;
    tx.commit().await?;
    let outcome = match admitted {
        Ok(admitted) => admitted.prove(&place.server, &place.headers, &place.browser, step, &password).await?,
        Err(until) => Outcome::TooMany { until },
    };
    let now = place.server.clock.now();
    let error = match outcome {
        Outcome::SignedIn(started) => {
            return Ok(answer::with_cookies(answer::see_other(&step.resume_path()), started.set_cookies));
        }
        Outcome::MustChange(path) => return Ok(answer::see_other(&place.reader.keep_language(&path))),
        Outcome::Wrong => PasswordError::Wrong,
        Outcome::TooMany { until } => {
            let error = PasswordError::TooMany { until: clock(until) };
            return Ok(answer::come_back(page(place, address, Some(error)).await?, until, now));
        }
    };
    page(place, address, Some(error)).await
}

async fn page(place: &Place, address: String, error: Option<PasswordError>) -> Result<Response, Refusal> {
    let status = match &error {
        None => StatusCode::OK,
        Some(PasswordError::Wrong) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(PasswordError::TooMany { .. }) => StatusCode::TOO_MANY_REQUESTS,
    };
    let page = PasswordPage {
        outside: place.outside.clone(),
        app: opened(place).await?,
        address,
        reference: error.is_some().then(|| place.reference()),
        error,
        csrf: place.csrf(),
        action: place.path("sign-in", "/password"),
        hidden: Vec::new(),
        another_address_url: place.path("sign-in", ""),
    };
    Ok(answer::page(status, &page))
}
