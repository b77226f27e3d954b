//! Pages that do not let in: dead links, rules of the organisation, somebody else's session.

use super::super::visit::Visit;
use super::super::way::{Bar, domain, masked};
use crate::Server;
use crate::audit::sign_in::{self as log, SignIn};
use crate::sign_in::attempts::{self, Limit};
use crate::sign_in::browser::Browser;
use crate::sign_in::place::Place;
use crate::tenants::Tenant;
use crate::users::User;
use crate::web::pages::{DeadLinkPage, ErrorPage, Way as NextStep, WrongAccountPage};
use crate::web::shell::Outside;
use crate::web::{answer, csrf};
use axum::http::StatusCode;
use axum::response::Response;
use database::Result;
use std::time::Duration;

/// Rows about one refusal of one invitation in an hour: whoever has the link can be refused without end.
const REFUSALS: Limit = Limit { scope: "redemption refused", most: 20, window: Duration::from_hours(1) };

/// `AADSTS50020`: the account is not the invited one.
const WRONG_ACCOUNT: i64 = 50020;
/// `AADSTS500213`: the organisation does not let people from there in.
const DOMAIN: i64 = 500_213;
/// `AADSTS50057`: the user is blocked.
const BLOCKED: i64 = 50057;

/// The page of a link that opens nothing, at a step that was begun.
pub fn dead_link(place: &Place) -> Response {
    let action = place.path("redeem", "/fresh");
    dead_link_at(&place.server, &place.tenant, &place.browser, place.outside.clone(), action)
}

/// The page of a link that opens nothing. It is the same for all of them.
pub fn dead_link_at(server: &Server, tenant: &Tenant, browser: &Browser, outside: Outside, action: String) -> Response {
    let page = DeadLinkPage {
        reference: answer::reference(&outside, server.clock.now()),
        outside: Outside { address: None, ..outside },
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
        Bar::Blocked => (None, words.t1("account-blocked", "organization", outside.name()), BLOCKED),
    };
    if let Err(failure) = record(visit, code, &sentence).await {
        return visit.place.failed(&failure);
    }
    let ways = vec![ask_contact(visit)];
    let page = ErrorPage::refusal(outside, sentence, ways, visit.place.reference());
    answer::page(StatusCode::FORBIDDEN, &ErrorPage { rule, ..page })
}

/// The page for somebody who is signed in as another person. It names both, and shows no more of the invited address
/// than its owner needs to know it again.
pub async fn wrong_account(visit: &Visit, other: &User) -> Response {
    if let Err(failure) = record(visit, WRONG_ACCOUNT, "The invitation is for another address.").await {
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

/// Writes the refusal into the sign-in log, where the reference on the page leads to unless there were too many.
pub async fn record(visit: &Visit, error_code: i64, reason: &str) -> Result<()> {
    let (server, tenant) = (&visit.place.server, visit.place.tenant.id);
    let mut tx = server.write().await?;
    let subject = attempts::subject(&[visit.case.invitation.id.0.as_bytes(), &error_code.to_be_bytes()]);
    let counted = REFUSALS.count(&mut tx, server, tenant, &subject).await?;
    let Some(reason) = counted.listed(reason) else { return tx.commit().await };
    let row = SignIn {
        client: visit.place.continuation.client(),
        is_interactive: true,
        error_code,
        failure_reason: Some(reason),
        ..SignIn::default()
    };
    let row = match &visit.case.guest {
        Some(guest) => guest.logged(row),
        None => row,
    };
    log::record(&mut tx, server, tenant, row).await?;
    tx.commit().await
}
