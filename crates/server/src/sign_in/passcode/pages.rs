//! The code page of guests who come back: `/{tenant}/sign-in/{continuation}/code`.

use super::view::{self, CodeForm};
use super::{AskError, Asked, Checked, Code, Letter, Mailbox, Proof, Step, ask, check, prepare};
use crate::audit::sign_in as log;
use crate::sign_in::place::Place;
use crate::sign_in::session::{self, Method};
use crate::tenants;
use crate::users::{self, Address, User};
use crate::web::Routes;
use crate::web::answer;
use crate::web::csrf::Worth;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::{PasscodePage, Problem, Resend};
use axum::response::Response;
use axum::routing::{get, post};
use database::{Result, Transaction};

/// Below `/{tenant}/sign-in/{continuation}`.
const PART: &str = "sign-in";

/// The pages.
pub fn routes() -> Routes {
    Routes::new()
        .route("/{tenant}/sign-in/{continuation}/code", get(show).post(submit))
        .route("/{tenant}/sign-in/{continuation}/resend", post(resend))
}

/// Mails a code to the address of the step, if it is known here, and goes on to the page that asks for it. The address
/// page does this once it has an address that signs in by code.
pub async fn send(place: &Place) -> Response {
    if let Some(response) = switched_off(place).await {
        return match log_switched_off(place).await {
            Ok(()) => response,
            Err(failure) => place.failed(&failure),
        };
    }
    match request(place, None).await {
        Ok(Ok(Asked::Sent(_))) => answer::see_other(&place.path(PART, "/code")),
        Ok(Ok(Asked::TooMany { .. })) => place.problem(Problem::TooMany),
        Ok(Err(worth)) => not_taken(place, worth),
        Err(failure) => view::failed(place, &failure),
    }
}

async fn show(place: Place) -> Response {
    if let Some(response) = switched_off(&place).await {
        return response;
    }
    view::show(&place, blank(&place), &place.path(PART, "")).await
}

async fn submit(place: Place, Form(form): Form<CodeForm>) -> Response {
    if let Some(response) = switched_off(&place).await {
        return response;
    }
    let Some(code) = Code::parse(&form.code) else { return view::malformed(&place, blank(&place)).await };
    proved(&place, &form.csrf, &code).await.unwrap_or_else(|failure| place.failed(&failure))
}

async fn resend(place: Place, Form(form): Form<PlainForm>) -> Response {
    if let Some(response) = switched_off(&place).await {
        return response;
    }
    match request(&place, Some(&form.csrf)).await {
        Ok(Ok(Asked::Sent(_))) => answer::see_other(&place.path(PART, "/code")),
        Ok(Ok(Asked::TooMany { until })) => view::resend_later(&place, blank(&place), until).await,
        Ok(Err(worth)) => not_taken(&place, worth),
        Err(failure) => view::failed(&place, &failure),
    }
}

/// The page that says so, where the organisation lets no guests in by codes.
async fn switched_off(place: &Place) -> Option<Response> {
    match is_switched_off(place).await {
        Ok(false) => None,
        Ok(true) => Some(view::switched_off_page(place)),
        Err(failure) => Some(place.failed(&failure)),
    }
}

async fn is_switched_off(place: &Place) -> Result<bool> {
    let mut tx = place.server.read().await?;
    Ok(!tenants::settings(&mut tx, &place.server, place.tenant.id).await?.has_passcodes_for_guests())
}

/// Tells the sign-in log of somebody who came this far.
async fn log_switched_off(place: &Place) -> Result<()> {
    let mut tx = place.server.write().await?;
    let mailbox = mailbox(&mut tx, place).await?;
    log::record(&mut tx, &place.server, place.tenant.id, view::switched_off(place, &mailbox)).await?;
    tx.commit().await
}

/// A second click goes the way of the first one.
fn not_taken(place: &Place, worth: Worth) -> Response {
    if worth == Worth::Nothing {
        return place.problem(Problem::StaleForm);
    }
    answer::see_other(&place.path(PART, "/code"))
}

/// Asks for a code in one transaction with its form, where one was sent; what the form is worth if it is not taken.
async fn request(place: &Place, csrf: Option<&str>) -> Result<Result<Asked, Worth>, AskError> {
    let server = &place.server;
    let mut tx = server.read().await?;
    let mailbox = mailbox(&mut tx, place).await?;
    drop(tx);
    let step = step(place, mailbox);
    let app = view::app(place).await?;
    let letter = Letter {
        language: place.outside.words.0,
        organization: place.tenant.name.clone(),
        app,
        accent: place.outside.accent(),
    };
    let order = prepare(server, &step, &letter).await?;
    let mut tx = server.write().await?;
    if let Some(csrf) = csrf {
        let worth = place.spends(&mut tx, csrf).await?;
        if !worth.is_first() {
            return Ok(Err(worth));
        }
    }
    let asked = ask(&mut tx, server, &step, order).await?;
    tx.commit().await?;
    server.jobs.ring();
    Ok(Ok(asked))
}

async fn proved(place: &Place, csrf: &str, code: &Code) -> Result<Response> {
    let server = &place.server;
    let mut tx = server.write().await?;
    match place.spends(&mut tx, csrf).await? {
        Worth::First => {}
        Worth::Repeated => return place.after_the_first(&mut tx, "/code").await,
        Worth::Nothing => return Ok(place.problem(Problem::StaleForm)),
    }
    let step = step(place, mailbox(&mut tx, place).await?);
    let checked = check(&mut tx, server, &step, code).await?;
    let Checked::Right(proof) = checked else {
        if let Some(row) = view::wrong_code(place, &checked, &step.mailbox) {
            log::record(&mut tx, server, place.tenant.id, row).await?;
        }
        tx.commit().await?;
        return Ok(view::refused(place, blank(place), &checked).await);
    };
    let answer = let_in(&mut tx, place, &proof).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Starts the session. Somebody who has not accepted yet goes on to the invitation instead of to where they wanted.
async fn let_in(tx: &mut Transaction, place: &Place, proof: &Proof) -> Result<Response> {
    let server = &place.server;
    let Some(user) = users::store::find(tx, place.tenant.id, proof.user).await? else {
        return Ok(place.problem(Problem::NotAllowed));
    };
    if !user.account_enabled {
        log::record(tx, server, place.tenant.id, view::blocked(place, &user)).await?;
        return Ok(view::blocked_page(place, &proof.address_folded));
    }
    let step = Some(&place.continuation);
    let started = session::start(tx, server, &place.headers, &user, Method::Passcode, step).await?;
    let next = next(place, &user);
    Ok(answer::with_cookies(answer::see_other(&next), started.set_cookies))
}

fn next(place: &Place, user: &User) -> String {
    if user.is_pending() { place.path("redeem", "") } else { place.continuation.resume_path() }
}

/// The mailbox that was typed; one without an owner if it is not known, or no address at all.
async fn mailbox(tx: &mut Transaction, place: &Place) -> Result<Mailbox> {
    let typed = place.continuation.address.clone().unwrap_or_default();
    match Address::parse(&typed, true) {
        Ok(address) => Mailbox::find(tx, place.tenant.id, &address).await,
        Err(_) => Ok(Mailbox { address: typed, user: None }),
    }
}

fn step(place: &Place, mailbox: Mailbox) -> Step<'_> {
    Step { continuation: &place.continuation, browser: &place.browser, mailbox, invitation: None }
}

/// The page without the time its code ends at.
fn blank(place: &Place) -> PasscodePage {
    PasscodePage {
        outside: place.outside.clone(),
        is_returning: true,
        address: place.continuation.address.clone().unwrap_or_default(),
        error: None,
        works_until: String::new(),
        csrf: place.csrf(),
        action: place.path(PART, "/code"),
        hidden: Vec::new(),
        resend: Resend::Now(place.path(PART, "/resend")),
        sender: Some(view::sender(&place.server)),
        another_address_url: Some(place.path(PART, "")),
    }
}
