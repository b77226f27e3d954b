//! Page two: the code from the mail. The right one accepts.

use super::super::landing::onward;
use super::super::operations::{Proof, accept, owns_address};
use super::super::visit::Visit;
use super::super::way::Way;
use super::invitation::{again, not_open};
use super::refusal;
use crate::audit::sign_in as log;
use crate::invitations;
use crate::sign_in::passcode::view::{self, CodeForm};
use crate::sign_in::passcode::{self, AskError, Asked, Checked, Code, Letter, Mailbox, Step};
use crate::sign_in::session::{self, Method};
use crate::web::answer;
use crate::web::csrf::Worth;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::{PasscodePage, Problem, Resend};

use axum::response::Response;
use database::{Result, Transaction};

/// Asks for the code. Loading the page again sends nothing.
pub async fn show(visit: Visit) -> Response {
    if let Some(response) = not_open(&visit).await {
        return response;
    }
    view::show(&visit.place, blank(&visit), &visit.path("")).await
}

/// Checks what was typed.
pub async fn submit(visit: Visit, Form(form): Form<CodeForm>) -> Response {
    if let Some(response) = not_open(&visit).await {
        return response;
    }
    let Some(code) = Code::parse(&form.code) else { return view::malformed(&visit.place, blank(&visit)).await };
    proved(&visit, &form.csrf, &code).await.unwrap_or_else(|failure| visit.place.failed(&failure))
}

/// Sends the code again.
pub async fn resend(visit: Visit, Form(form): Form<PlainForm>) -> Response {
    if let Some(response) = not_open(&visit).await {
        return response;
    }
    send(&visit, &form.csrf, false).await
}

/// Mails the code and goes on to the page that asks for it. `first` is the button of page one: from then on the
/// invitation counts as opened.
pub async fn send(visit: &Visit, csrf: &str, first: bool) -> Response {
    match request(visit, csrf, first).await {
        // A second click, or a step back to page one, goes the way of the first: its code is on the way.
        Ok(Ok(Asked::Sent(_)) | Err(Worth::First | Worth::Repeated)) => answer::see_other(&visit.path("/code")),
        Ok(Ok(Asked::TooMany { .. })) if first => visit.place.problem(Problem::TooMany),
        Ok(Ok(Asked::TooMany { until })) => view::resend_later(&visit.place, blank(visit), until).await,
        Ok(Err(Worth::Nothing)) => visit.place.problem(Problem::StaleForm),
        Err(failure) => view::failed(&visit.place, &failure),
    }
}

async fn request(visit: &Visit, csrf: &str, first: bool) -> Result<Result<Asked, Worth>, AskError> {
    let place = &visit.place;
    let step = step(visit);
    let app = view::app(place).await?;
    let letter = Letter {
        language: place.outside.words.0,
        organization: place.tenant.name.clone(),
        app,
        accent: place.outside.accent(),
    };
    let order = passcode::prepare(&place.server, &step, &letter).await?;
    let mut tx = place.server.write().await?;
    let worth = place.spends(&mut tx, csrf).await?;
    if !worth.is_first() {
        return Ok(Err(worth));
    }
    if first {
        let invitation = &visit.case.invitation;
        invitations::store::mark_opened(&mut tx, invitation.tenant_id, invitation.id, place.server.clock.now()).await?;
    }
    let asked = passcode::ask(&mut tx, &place.server, &step, order).await?;
    tx.commit().await?;
    place.server.jobs.ring();
    Ok(Ok(asked))
}

/// Everything that follows from the right code happens in the transaction that takes it: the code closes, the guest and
/// the invitation are accepted, the session begins.
async fn proved(visit: &Visit, csrf: &str, code: &Code) -> Result<Response> {
    let place = &visit.place;
    let mut tx = place.server.write().await?;
    match place.spends(&mut tx, csrf).await? {
        Worth::First => {}
        // The page of the code leads on if the first click was right.
        Worth::Repeated => return Ok(answer::see_other(&visit.path("/code"))),
        Worth::Nothing => return Ok(place.problem(Problem::StaleForm)),
    }
    let step = step(visit);
    let checked = passcode::check(&mut tx, &place.server, &step, code).await?;
    if matches!(checked, Checked::Right(_)) {
        return let_in(tx, visit).await;
    }
    if let Some(row) = view::wrong_code(place, &checked, &step.mailbox) {
        log::record(&mut tx, &place.server, place.tenant.id, row).await?;
    }
    tx.commit().await?;
    Ok(view::refused(place, blank(visit), &checked).await)
}

async fn let_in(mut tx: Transaction, visit: &Visit) -> Result<Response> {
    let place = &visit.place;
    let Some(case) = again(&mut tx, visit).await? else { return Ok(refusal::dead_link(place)) };
    let (Way::Open, Some(guest)) = (case.way, &case.guest) else { return Ok(too_late(tx, visit)) };
    if !owns_address(&mut tx, &case.invitation, guest).await? {
        return Ok(answer::see_other(&place.path("sign-in", "")));
    }
    let accepted = accept(&mut tx, &place.server, &case.invitation, guest, Proof::Mailbox).await?;
    let Some(guest) = accepted else { return Ok(too_late(tx, visit)) };
    let step = Some(&place.continuation);
    let started = session::start(&mut tx, &place.server, &place.headers, &guest, Method::Passcode, step).await?;
    let next = onward(&mut tx, visit).await?;
    tx.commit().await?;
    Ok(answer::with_cookies(answer::see_other(&next), started.set_cookies))
}

/// Somebody accepted, withdrew or barred the invitation between the page and the code: nothing of this try is kept.
fn too_late(tx: Transaction, visit: &Visit) -> Response {
    drop(tx);
    answer::see_other(&visit.path(""))
}

fn step(visit: &Visit) -> Step<'_> {
    let invitation = &visit.case.invitation;
    Step {
        continuation: &visit.place.continuation,
        browser: &visit.place.browser,
        mailbox: Mailbox { address: invitation.address.clone(), user: Some(invitation.user_id) },
        invitation: visit.came_by_link().then_some(invitation.id),
    }
}

/// The page without the time its code ends at.
fn blank(visit: &Visit) -> PasscodePage {
    let place = &visit.place;
    PasscodePage {
        outside: place.outside.clone(),
        is_returning: false,
        address: visit.case.invitation.address.clone(),
        error: None,
        works_until: String::new(),
        csrf: place.csrf(),
        action: visit.path("/code"),
        hidden: Vec::new(),
        resend: Resend::Now(visit.path("/resend")),
        sender: Some(view::sender(&place.server)),
        another_address_url: Some(visit.path("/other-address")),
    }
}
