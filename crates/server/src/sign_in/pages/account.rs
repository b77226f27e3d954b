//! Go on as who is signed in, or as somebody else (`OpenID` Connect Core, 3.1.2.1: `prompt=select_account`).

use super::take_form;
use crate::sign_in::passcode;
use crate::sign_in::place::Place;
use crate::sign_in::refusal::Refusal;
use crate::sign_in::session::{self, Session};
use crate::users::User;
use crate::web::answer;
use crate::web::form::Form;
use crate::web::pages::{AccountChoice, ChooseAccountPage};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

/// What the form sends.
#[derive(Deserialize)]
pub struct ChoiceForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    account: String,
}

/// Shows who is signed in here; without anybody it asks for the address instead.
pub async fn show(place: Place) -> Response {
    super::answer(&place, choices(&place).await)
}

async fn choices(place: &Place) -> Result<Response, Refusal> {
    let mut tx = place.server.read().await?;
    let current = session::current(&mut tx, &place.server, place.tenant.id, &place.headers).await?;
    drop(tx);
    match current {
        Some((session, user)) => page(place, &session, &user).await,
        None => Ok(answer::see_other(&place.path("sign-in", ""))),
    }
}

/// Goes on with the session that was chosen, if it still is the one of this browser.
pub async fn take(place: Place, Form(form): Form<ChoiceForm>) -> Response {
    super::answer(&place, go_on(&place, form).await)
}

async fn go_on(place: &Place, form: ChoiceForm) -> Result<Response, Refusal> {
    let mut tx = place.server.write().await?;
    take_form(&mut tx, place, &form.csrf).await?;
    let current = session::current(&mut tx, &place.server, place.tenant.id, &place.headers).await?;
    tx.commit().await?;
    let is_chosen = current.is_some_and(|(session, _)| session.id.to_string() == form.account);
    let next = if is_chosen { place.continuation.resume_path() } else { place.path("sign-in", "") };
    Ok(answer::see_other(&next))
}

async fn page(place: &Place, session: &Session, user: &User) -> Result<Response, Refusal> {
    let choice = AccountChoice {
        value: session.id.to_string(),
        name: user.display_name.clone(),
        address: user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone()),
        is_guest: user.is_guest(),
    };
    let page = ChooseAccountPage {
        outside: place.outside.clone(),
        app: passcode::view::opened(place).await?,
        accounts: vec![choice],
        csrf: place.csrf(),
        action: place.path("sign-in", "/account"),
        hidden: Vec::new(),
        another_address_url: place.path("sign-in", ""),
    };
    Ok(answer::page(StatusCode::OK, &page))
}
