//! Beside the straight way: no, another address, another account, a fresh link, a foreign host.

use super::super::landing::End;
use super::super::operations::{fresh_link, is_held};
use super::super::visit::Visit;
use super::super::way::Way;
use super::{invitation, refusal};
use crate::sign_in::continuation::Next;
use crate::sign_in::place::Place;
use crate::sign_in::session;
use crate::web::answer;
use crate::web::csrf::Worth;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::{CancelledPage, FreshLinkPage, LeavingPage, OtherAddressPage, Problem};
use axum::http::StatusCode;
use axum::response::Response;
use database::Result;

/// `AADSTS65004`: the person said no.
const DECLINED: i64 = 65004;

/// The reader says no: nothing changes but the log. Somebody else's no is none.
pub async fn cancel(visit: Visit) -> Response {
    if let Some((_, other)) = visit.stranger() {
        return refusal::wrong_account(&visit, other).await;
    }
    if let Err(failure) = refusal::record(&visit, DECLINED, "The guest did not accept the invitation.").await {
        return visit.place.failed(&failure);
    }
    let outside = visit.place.outside.clone();
    let page = CancelledPage { outside, invitation_url: visit.path(""), block_url: None };
    answer::page(StatusCode::OK, &page)
}

/// The invitation is for the address it was sent to; only the inviter can change that.
pub async fn other_address(visit: Visit) -> Response {
    let page = OtherAddressPage {
        outside: visit.place.outside.clone(),
        inviter: visit.inviter(),
        invitation_url: visit.path(""),
    };
    answer::page(StatusCode::OK, &page)
}

/// Signs out whoever is signed in here, and goes back to page one.
pub async fn switch(visit: Visit, Form(form): Form<PlainForm>) -> Response {
    let switched = async {
        let (place, mut tx) = (&visit.place, visit.place.server.write().await?);
        match place.spends(&mut tx, &form.csrf).await? {
            Worth::First => {}
            Worth::Repeated => return Ok(answer::see_other(&visit.path(""))),
            Worth::Nothing => return Ok(place.problem(Problem::StaleForm)),
        }
        let mut cookies = Vec::new();
        if let Some((session, user)) = visit.stranger() {
            cookies.push(session::end(&mut tx, &place.server, session, user, None).await?);
        }
        tx.commit().await?;
        Ok(answer::with_cookies(answer::see_other(&visit.path("")), cookies))
    };
    switched.await.unwrap_or_else(|failure| visit.place.failed(&failure))
}

/// Stands before an address that is not the organisation's. Only who has accepted is led there.
pub async fn leave(visit: Visit) -> Response {
    if visit.case.way != Way::Accepted || !visit.is_proved() {
        return invitation::show(visit).await;
    }
    leaving(&visit).await.unwrap_or_else(|failure| visit.place.failed(&failure))
}

async fn leaving(visit: &Visit) -> Result<Response> {
    let place = &visit.place;
    let mut tx = place.server.read().await?;
    let end = End::of(&mut tx, &place.server, &place.tenant, &visit.case.invitation).await?;
    let Some((host, continue_url)) = end.foreign() else { return Ok(answer::see_other(&end.address(visit))) };
    let outside = place.outside.clone();
    let page = LeavingPage { outside, host, continue_url, stay_url: Some(end.my_apps()) };
    Ok(answer::page(StatusCode::OK, &page))
}

/// The page of a link that opens nothing, once more: in another language, or after its form.
pub async fn dead(place: Place) -> Response {
    // The step of a link that opens something.
    if place.continuation.invitation.is_some() {
        return answer::see_other(&place.path("redeem", ""));
    }
    match leads_to_held(&place).await {
        Ok(true) => refusal::held(&place),
        Ok(false) => refusal::dead_link(&place),
        Err(failure) => place.failed(&failure),
    }
}

/// Whether the dead link of this step is one of an invitation that a restore holds.
async fn leads_to_held(place: &Place) -> Result<bool> {
    let Next::Redeem { invitation } = *place.continuation.next() else { return Ok(false) };
    let mut tx = place.server.read().await?;
    is_held(&mut tx, &place.server, place.tenant.id, invitation).await
}

/// Mails a fresh link to the invited address if the invitation behind a dead one is still open. The answer is the same
/// either way, but for one that a restore holds.
pub async fn fresh(place: Place, Form(form): Form<PlainForm>) -> Response {
    let accepted = async {
        let mut tx = place.server.write().await?;
        let worth = place.spends(&mut tx, &form.csrf).await?;
        tx.commit().await?;
        Ok(worth)
    };
    match accepted.await {
        Ok(Worth::First) => {}
        Ok(Worth::Repeated) => return asked(&place).await,
        Ok(Worth::Nothing) => return place.problem(Problem::StaleForm),
        Err(failure) => return place.failed(&failure),
    }
    if let Next::Redeem { invitation } = *place.continuation.next()
        && let Err(failure) = fresh_link(&place.server, place.tenant.id, invitation).await
    {
        // Not told: the answer would say whether there is an invitation.
        tracing::error!(%failure, "a fresh link could not be sent");
    }
    asked(&place).await
}

/// What the reader does after asking for a fresh link: look into the mailbox, or ask the organisation.
async fn asked(place: &Place) -> Response {
    match leads_to_held(place).await {
        Ok(true) => refusal::held(place),
        Ok(false) => answer::page(StatusCode::OK, &FreshLinkPage { outside: place.outside.clone() }),
        Err(failure) => place.failed(&failure),
    }
}
