//! Pages that do not let in: dead links, rules of the organisation, somebody else's session.

use super::super::visit::Visit;
use super::super::way::{Bar, domain, masked};
use crate::Server;
use crate::audit::sign_in::{self as log, SignIn};
use crate::audit::{self, Activity, Outcome, Target};
use crate::sign_in::attempts::{self, Limit};
use crate::sign_in::browser::Browser;
use crate::sign_in::passcode::view::PASSCODES_OFF;
use crate::sign_in::place::Place;
use crate::sign_in::session;
use crate::tenants::Tenant;
use crate::users::User;
use crate::web::pages::{DeadLinkPage, ErrorPage, Reference, Way as NextStep, WrongAccountPage};
use crate::web::shell::Outside;
use crate::web::{answer, csrf};
use axum::http::StatusCode;
use axum::response::Response;
use database::{Result, Transaction};
use std::time::Duration;
use uuid::Uuid;

/// Rows about one refusal of one person at one invitation in an hour: whoever has the link can be refused without end.
const REFUSALS: Limit = Limit { scope: "redemption refused", most: 20, window: Duration::from_hours(1) };

/// `AADSTS50020`: the account is not the invited one.
const WRONG_ACCOUNT: i64 = 50020;
/// `AADSTS500213`: the organisation does not let people from there in.
const DOMAIN: i64 = 500_213;
/// `AADSTS50057`: the user is blocked.
const BLOCKED: i64 = 50057;
/// `AADSTS50014`: the redemption is pending, and somebody of the organisation has to do something first.
const HELD: i64 = 50014;

/// The page of a link that opens nothing, at a step that was begun.
pub fn dead_link(place: &Place) -> Response {
    let action = place.path("redeem", "/fresh");
    dead_link_at(&place.server, &place.tenant, &place.browser, place.outside.clone(), action)
}

/// The page of a link that opens nothing. It is the same for all of them.
pub fn dead_link_at(server: &Server, tenant: &Tenant, browser: &Browser, outside: Outside, action: String) -> Response {
    let page = DeadLinkPage {
        reference: answer::reference(&outside, server.clock.now()),
        outside,
        csrf: csrf::issue(server, tenant.id, &browser.hash()),
        action,
    };
    answer::page(StatusCode::NOT_FOUND, &page)
}

/// The page of a rule that stands against the invitation.
pub async fn barred(visit: &Visit, bar: Bar) -> Response {
    let outside = visit.place.outside.clone();
    let words = outside.words;
    let domain = domain(&visit.case.invitation.address);
    let (rule, sentence, code) = match bar {
        Bar::Domain => {
            let sentence = words.t2("domain-not-admitted", "organization", outside.name(), "domain", &domain);
            (Some(words.t("rule-domains")), sentence, DOMAIN)
        }
        Bar::Passcodes => {
            (Some(words.t("rule-methods")), words.t1("passcodes-off", "organization", outside.name()), PASSCODES_OFF)
        }
        Bar::Blocked => (None, words.t1("account-blocked", "organization", outside.name()), BLOCKED),
        Bar::Held => (None, words.t1("invitation-held", "organization", outside.name()), HELD),
    };
    if let Err(failure) = record(visit, code, &sentence).await {
        return visit.place.failed(&failure);
    }
    if bar == Bar::Held {
        let link = visit.inviter().map(|(name, address)| (format!("mailto:{address}"), name));
        return answer::page(StatusCode::FORBIDDEN, &held_page(outside, link, visit.place.reference()));
    }
    let ways = vec![ask_contact(visit)];
    let page = ErrorPage::refusal(outside, sentence, ways, visit.place.reference());
    answer::page(StatusCode::FORBIDDEN, &ErrorPage { rule, ..page })
}

/// The page of a dead link whose invitation a restore holds, at a step that was begun.
pub fn held(place: &Place) -> Response {
    held_at(place.outside.clone(), place.reference())
}

/// The page of a dead link whose invitation a restore holds. It names nobody: the link proves nothing any more.
pub fn held_at(outside: Outside, reference: Reference) -> Response {
    answer::page(StatusCode::FORBIDDEN, &held_page(outside, None, reference))
}

/// Why the invitation waits, and whom to ask: by address and name, if they may be told.
fn held_page(outside: Outside, link: Option<(String, String)>, reference: Reference) -> ErrorPage {
    let words = outside.words;
    let sentence = words.t1("invitation-held", "organization", outside.name());
    let text = words.t1("invitation-held-way", "organization", outside.name());
    let heading = words.t("invitation-held-heading");
    let ways = vec![NextStep { icon: "mail", text, link }];
    ErrorPage { heading, ..ErrorPage::refusal(outside, sentence, ways, reference) }
}

/// The page for somebody who is signed in as another person. It names both, and shows no more of the invited address
/// than its owner needs to know it again.
pub async fn wrong_account(visit: &Visit, other: &User) -> Response {
    if let Err(failure) = record_stranger(visit, other).await {
        return visit.place.failed(&failure);
    }
    let page = WrongAccountPage {
        outside: visit.place.outside.clone(),
        invited_address: masked(&visit.case.invitation.address),
        signed_in_as: other.mail.clone().unwrap_or_else(|| other.user_principal_name.clone()),
        csrf: visit.place.csrf(),
        action: visit.path("/switch"),
        inviter: visit.inviter(),
        reference: visit.place.reference(),
    };
    answer::page(StatusCode::FORBIDDEN, &page)
}

/// Whom to ask: the inviter by name, or the organisation.
fn ask_contact(visit: &Visit) -> NextStep {
    let words = visit.place.outside.words;
    let text = words.t1("ask-contact", "organization", visit.place.outside.name());
    let link = visit.inviter().map(|(name, address)| (format!("mailto:{address}"), name));
    NextStep { icon: "person", text, link }
}

/// Writes the refusal of whoever uses the invitation into the sign-in log, where the reference on the page leads to
/// unless there were too many. Nobody else is known to stand here, so the row is about the invited guest.
pub async fn record(visit: &Visit, error_code: i64, reason: &str) -> Result<()> {
    let mut tx = visit.place.server.write().await?;
    log_refusal(&mut tx, visit, visit.case.guest.as_ref(), error_code, reason).await?;
    tx.commit().await
}

/// Writes down that somebody who is signed in held the invitation of another: their sign-in that was refused, and what
/// they tried with whose invitation.
async fn record_stranger(visit: &Visit, other: &User) -> Result<()> {
    let server = &visit.place.server;
    let mut tx = server.write().await?;
    let reason = format!("The invitation is for {}.", visit.case.invitation.address);
    if let Some(reason) = log_refusal(&mut tx, visit, Some(other), WRONG_ACCOUNT, &reason).await? {
        let caller = session::caller(&mut tx, server, other, None, None).await?;
        let (outcome, activity) = (Outcome::Failure(reason), Activity::RedeemExternalUserInvite);
        let id = visit.case.invitation.id.to_string();
        let details =
            [("InvitationId", id.as_str()), ("InvitedUserEmailAddress", visit.case.invitation.address.as_str())];
        audit::record(&mut tx, server, &caller, activity, &outcome, &target(visit), &details).await?;
    }
    tx.commit().await
}

/// The guest an invitation is for; the invitation itself when they were deleted.
fn target(visit: &Visit) -> Target {
    match &visit.case.guest {
        Some(guest) => {
            Target::new("User", guest.id.0, guest.display_name.clone()).named(guest.user_principal_name.clone())
        }
        None => Target::new("Invitation", visit.case.invitation.id.0, visit.case.invitation.address.clone()),
    }
}

/// One row about `who`; the reason as it was written, or nothing when there were too many of them.
async fn log_refusal(
    tx: &mut Transaction,
    visit: &Visit,
    who: Option<&User>,
    error_code: i64,
    reason: &str,
) -> Result<Option<String>> {
    let (server, tenant) = (&visit.place.server, visit.place.tenant.id);
    let person = who.map_or_else(Uuid::nil, |user| user.id.0);
    let invitation = visit.case.invitation.id.0;
    let subject = attempts::subject(&[invitation.as_bytes(), &error_code.to_be_bytes(), person.as_bytes()]);
    let counted = REFUSALS.count(tx, server, tenant, &subject).await?;
    let Some(reason) = counted.listed(reason) else { return Ok(None) };
    let row = SignIn {
        client: visit.place.continuation.client(),
        is_interactive: true,
        error_code,
        failure_reason: Some(reason.clone()),
        ..SignIn::default()
    };
    let row = match who {
        Some(user) => user.logged(row),
        None => row,
    };
    log::record(tx, server, tenant, row).await?;
    Ok(Some(reason))
}
