//! Page one: who invites, to what, what is shared. Its button sends the code, or accepts for somebody already proved.

use super::super::landing::{End, onward};
use super::super::operations::{Case, Proof, accept as accept_invitation};
use super::super::visit::Visit;
use super::super::way::Way;
use super::{code, refusal};
use crate::invitations;
use crate::platform::clock;
use crate::service_principals;
use crate::web::csrf::Worth;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::{AcceptedPage, Destination, InvitationPage, Problem};
use crate::web::{answer, dates};
use axum::http::StatusCode;
use axum::response::Response;
use database::Result;
use jiff::tz::TimeZone;

/// Shows where the invitation stands; changes nothing.
pub async fn show(visit: Visit) -> Response {
    match not_open(&visit).await {
        Some(response) => response,
        None => page(&visit).await.unwrap_or_else(|failure| visit.place.failed(&failure)),
    }
}

/// The button: a guest whose session proves the mailbox accepts, everybody else is sent the code.
pub async fn accept(visit: Visit, Form(form): Form<PlainForm>) -> Response {
    if let Some(response) = not_open(&visit).await {
        return response;
    }
    if !visit.is_proved() {
        return code::send(&visit, &form.csrf, true).await;
    }
    accept_by_session(&visit, &form.csrf).await.unwrap_or_else(|failure| visit.place.failed(&failure))
}

/// The page to show instead of page one, unless the invitation is open to this browser.
pub async fn not_open(visit: &Visit) -> Option<Response> {
    match visit.case.way {
        Way::Dead => Some(refusal::dead_link(&visit.place)),
        Way::Barred(bar) => Some(refusal::barred(visit, bar).await),
        Way::Accepted => Some(accepted(visit).await.unwrap_or_else(|failure| visit.place.failed(&failure))),
        Way::Open => match visit.stranger() {
            Some((_, other)) => Some(refusal::wrong_account(visit, other).await),
            None => None,
        },
    }
}

/// The guest goes on; anybody else is shown to the sign-in, where the address stands already.
pub async fn accepted(visit: &Visit) -> Result<Response> {
    let mut tx = visit.place.server.read().await?;
    if visit.is_proved() {
        return Ok(answer::see_other(&onward(&mut tx, visit).await?));
    }
    let page = AcceptedPage {
        outside: visit.place.outside.clone(),
        destination: destination(&mut tx, visit).await?,
        continue_url: visit.place.path("sign-in", ""),
    };
    Ok(answer::page(StatusCode::OK, &page))
}

async fn page(visit: &Visit) -> Result<Response> {
    let mut tx = visit.place.server.read().await?;
    let destination = destination(&mut tx, visit).await?;
    let invitation = &visit.case.invitation;
    let outside = visit.place.outside.clone();
    let language = outside.words.0;
    let open_until =
        invitation.expires_at.map(|end| dates::date(language, clock::calendar(end).to_zoned(TimeZone::UTC).date()));
    let page = InvitationPage {
        outside,
        inviter: visit.inviter_name(),
        inviter_mail: invitation.inviter_address.clone(),
        verified_domain: Some(visit.place.tenant.default_domain().to_owned()),
        destination,
        message: invitation.message.clone(),
        invited_address: invitation.address.clone(),
        open_until,
        csrf: visit.place.csrf(),
        action: visit.path(""),
        another_address_url: Some(visit.path("/other-address")),
        refuse_url: visit.path("/cancel"),
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// What the guest is on the way to: the app they came from, or where the invitation leads.
async fn destination(tx: &mut database::Transaction, visit: &Visit) -> Result<Destination> {
    let place = &visit.place;
    if let Some(client) = place.continuation.client()
        && let Some(app) = service_principals::store::find_by_client(tx, place.tenant.id, client).await?
    {
        return Ok(Destination::App(app.display_name));
    }
    Ok(End::of(tx, &place.server, &place.tenant, &visit.case.invitation).await?.destination())
}

async fn accept_by_session(visit: &Visit, csrf: &str) -> Result<Response> {
    let place = &visit.place;
    let mut tx = place.server.write().await?;
    match place.spends(&mut tx, csrf).await? {
        Worth::First => {}
        // Page one leads on from an accepted invitation.
        Worth::Repeated => return Ok(answer::see_other(&visit.path(""))),
        Worth::Nothing => return Ok(place.problem(Problem::StaleForm)),
    }
    let Some(case) = again(&mut tx, visit).await? else { return Ok(refusal::dead_link(place)) };
    let accepted = match (case.way, &case.guest) {
        (Way::Open, Some(guest)) => {
            accept_invitation(&mut tx, &place.server, &case.invitation, guest, Proof::Session).await?
        }
        _ => None,
    };
    let next = onward(&mut tx, visit).await?;
    if accepted.is_some() {
        tx.commit().await?;
    }
    // Somebody who was not faster than their own second click goes the same way.
    Ok(answer::see_other(&next))
}

/// The invitation as this transaction sees it.
pub async fn again(tx: &mut database::Transaction, visit: &Visit) -> Result<Option<Case>> {
    let invitation = &visit.case.invitation;
    match invitations::store::find(tx, invitation.tenant_id, invitation.id).await? {
        Some(invitation) => Ok(Some(Case::read(tx, &visit.place.server, invitation).await?)),
        None => Ok(None),
    }
}
