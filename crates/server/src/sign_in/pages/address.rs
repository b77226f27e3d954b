//! Who is it? The answer decides what is asked next, and never whether somebody is known here.

use crate::sign_in::continuation;
use crate::sign_in::members;
use crate::sign_in::passcode;
use crate::sign_in::place::Place;
use crate::sign_in::refusal::Refusal;
use crate::users::Address;
use crate::web::answer;
use crate::web::csrf::Worth;
use crate::web::form::Form;
use crate::web::pages::{Problem, SignInPage};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

/// What the form sends.
#[derive(Deserialize)]
pub struct AddressForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    address: String,
}

/// Asks for the address; one that was hinted is filled in.
pub async fn show(place: Place) -> Response {
    let address = place.continuation.address.clone().unwrap_or_default();
    super::answer(&place, page(&place, address, false).await)
}

/// Takes the address and leads on: to the password at home, to a code for everybody else.
pub async fn take(mut place: Place, Form(form): Form<AddressForm>) -> Response {
    let outcome = lead_on(&mut place, form).await;
    super::answer(&place, outcome)
}

async fn lead_on(place: &mut Place, form: AddressForm) -> Result<Response, Refusal> {
    let typed = form.address.trim();
    let address = Address::parse(typed, true);
    let at_home = match &address {
        Ok(address) => members::is_at_home(&place.server, place.tenant.id, address).await?,
        Err(_) => false,
    };
    let mut tx = place.server.write().await?;
    match place.spends(&mut tx, &form.csrf).await? {
        Worth::First => {}
        // A double click goes the way of the first one.
        Worth::Repeated if address.is_ok() => {
            return Ok(answer::see_other(&place.path("sign-in", if at_home { "/password" } else { "/code" })));
        }
        Worth::Repeated => return Err(Refusal::Problem(Problem::SentAlready)),
        Worth::Nothing => return Err(Refusal::Problem(Problem::StaleForm)),
    }
    let Ok(address) = address else {
        tx.commit().await?;
        return page(place, typed.chars().take(254).collect(), true).await;
    };
    continuation::set_address(&mut tx, &mut place.continuation, address.as_str().to_owned()).await?;
    tx.commit().await?;
    Ok(if at_home { answer::see_other(&place.path("sign-in", "/password")) } else { passcode::send(place).await })
}

async fn page(place: &Place, address: String, is_malformed: bool) -> Result<Response, Refusal> {
    let status = if is_malformed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SignInPage {
        outside: place.outside.clone(),
        app: passcode::view::opened(place).await?,
        address,
        is_malformed,
        csrf: place.csrf(),
        action: place.path("sign-in", ""),
        hidden: Vec::new(),
    };
    Ok(answer::page(status, &page))
}
