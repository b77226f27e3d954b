//! What the code pages of guests who come back and of invited guests have in common.

use super::{AskError, Checked, Mailbox, Passcode, Standing, WRONG_CHECKS, store};
use crate::Server;
use crate::audit::sign_in::SignIn;
use crate::platform::{Timestamp, clock as calendar};
use crate::sign_in::place::Place;
use crate::sign_in::session::Method;
use crate::users::User;
use crate::web::pages::{ErrorPage, Opened, PasscodeError, PasscodePage, Resend, Way};
use crate::web::{answer, dates};
use axum::http::StatusCode;
use axum::response::Response;
use database::Result;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// `AADSTS50126`: what was presented as proof is not right.
const WRONG: i64 = 50126;
/// `AADSTS50057`: the user is blocked.
const BLOCKED: i64 = 50057;

/// `AADSTS130501`: a policy of methods blocks this way in.
pub const PASSCODES_OFF: i64 = 130_501;

/// The form with the code.
#[derive(Deserialize)]
pub struct CodeForm {
    /// The form value.
    #[serde(default)]
    pub csrf: String,
    /// What was typed.
    #[serde(default)]
    pub code: String,
}

/// "14:32 UTC": the server does not know the zone of a reader.
pub fn clock(at: Timestamp) -> String {
    dates::clock_with_zone(&calendar::calendar(at).to_zoned(TimeZone::UTC))
}

/// The address codes come from.
pub fn sender(server: &Server) -> String {
    server.settings.mail.from.clone()
}

/// The name of the app the person is on the way to.
pub async fn app(place: &Place) -> Result<Option<String>> {
    let mut tx = place.server.read().await?;
    place.continuation.app_name(&mut tx).await
}

/// The same app as pages show it.
pub async fn opened(place: &Place) -> Result<Option<Opened>> {
    let mut tx = place.server.read().await?;
    let found = place.continuation.app(&mut tx).await?;
    Ok(found.map(|app| Opened { logo: app.logo_path(), name: app.display_name }))
}

/// The page of a code that was asked for; without one, back to where it is asked for.
pub async fn show(place: &Place, page: PasscodePage, otherwise: &str) -> Response {
    match current(place).await {
        Ok(Some(passcode)) => {
            let works_until = works_until(place, Some(&passcode));
            answer::page(StatusCode::OK, &PasscodePage { works_until, ..page })
        }
        Ok(None) => answer::see_other(otherwise),
        Err(failure) => place.failed(&failure),
    }
}

/// The page again, with what was wrong about the code.
pub async fn refused(place: &Place, page: PasscodePage, checked: &Checked) -> Response {
    let (status, error) = match checked {
        Checked::Right(_) => (StatusCode::OK, None),
        Checked::Wrong { tries_left } => {
            (StatusCode::BAD_REQUEST, Some(PasscodeError::Wrong { tries_left: *tries_left }))
        }
        Checked::Void => (StatusCode::BAD_REQUEST, Some(PasscodeError::Void)),
        Checked::Lapsed => (StatusCode::BAD_REQUEST, Some(PasscodeError::Expired)),
        Checked::TooMany { until } => {
            (StatusCode::TOO_MANY_REQUESTS, Some(PasscodeError::TooMany { until: clock(*until) }))
        }
    };
    let response = again(place, status, PasscodePage { error, ..page }).await;
    match checked {
        Checked::TooMany { until } => answer::come_back(response, *until, place.server.clock.now()),
        _ => response,
    }
}

/// The page again, because what was typed is no code; that does not count as a check.
pub async fn malformed(place: &Place, page: PasscodePage) -> Response {
    let error = Some(PasscodeError::Malformed);
    again(place, StatusCode::BAD_REQUEST, PasscodePage { error, ..page }).await
}

/// The page again, because the code was sent often enough.
pub async fn resend_later(place: &Place, page: PasscodePage, until: Timestamp) -> Response {
    let resend = Resend::After(clock(until));
    let response = again(place, StatusCode::TOO_MANY_REQUESTS, PasscodePage { resend, ..page }).await;
    answer::come_back(response, until, place.server.clock.now())
}

async fn again(place: &Place, status: StatusCode, page: PasscodePage) -> Response {
    match current(place).await {
        Ok(passcode) => {
            let works_until = works_until(place, passcode.as_ref());
            answer::page(status, &PasscodePage { works_until, ..page })
        }
        Err(failure) => place.failed(&failure),
    }
}

/// Until when the code works, as a clock time; empty for one that works no more.
fn works_until(place: &Place, passcode: Option<&Passcode>) -> String {
    let now = place.server.clock.now();
    passcode
        .filter(|passcode| passcode.standing(now) == Standing::Open)
        .map_or_else(String::new, |passcode| clock(passcode.expires_at))
}

async fn current(place: &Place) -> Result<Option<Passcode>> {
    let mut tx = place.server.read().await?;
    store::find_current(&mut tx, place.tenant.id, place.continuation.id).await
}

/// The page of a code that could not be asked for.
pub fn failed(place: &Place, failure: &AskError) -> Response {
    match failure {
        AskError::Database(failure) => place.failed(failure),
        AskError::Letter(failure) => {
            tracing::error!(%failure, "a mail with a code could not be written");
            place.problem(crate::web::pages::Problem::Failure)
        }
    }
}

/// The row of the sign-in log for a code that was not taken, with the address it was for; none for checks beyond a limit,
/// of which there is no end. It costs the same for an address that nobody here has.
pub fn wrong_code(place: &Place, checked: &Checked, mailbox: &Mailbox) -> Option<SignIn> {
    let reason = match checked {
        Checked::Right(_) | Checked::TooMany { .. } => return None,
        Checked::Wrong { .. } => "The code was wrong.".to_owned(),
        Checked::Void => format!("The code is void after {WRONG_CHECKS} wrong checks."),
        Checked::Lapsed => "The code has lapsed or was used.".to_owned(),
    };
    let row = turned_away(place, WRONG, reason);
    Some(SignIn { user: mailbox.user, user_principal_name: Some(mailbox.address.clone()), ..row })
}

/// The row of the sign-in log for a blocked user who proved their mailbox.
pub fn blocked(place: &Place, user: &User) -> SignIn {
    user.logged(turned_away(place, BLOCKED, "The user is blocked.".to_owned()))
}

fn turned_away(place: &Place, error_code: i64, reason: String) -> SignIn {
    SignIn {
        client: place.continuation.client(),
        is_interactive: true,
        error_code,
        failure_reason: Some(reason),
        method: Some(Method::Passcode.name()),
        ..SignIn::default()
    }
}

/// The row of the sign-in log for somebody who is not let in by a code, whoever they are: it costs the same for an address
/// that nobody here has.
pub fn switched_off(place: &Place, mailbox: &Mailbox) -> SignIn {
    let row = turned_away(place, PASSCODES_OFF, "Guests are not let in by codes.".to_owned());
    SignIn { user: mailbox.user, user_principal_name: Some(mailbox.address.clone()), ..row }
}

/// The page for everybody whose way in would be a code, where the organisation does not let guests in by one. It says nothing
/// about the address.
pub fn switched_off_page(place: &Place) -> Response {
    let outside = place.outside.clone();
    let words = outside.words;
    let sentence = words.t1("passcodes-off", "organization", outside.name());
    let ways = vec![Way::plain("person", words.t1("ask-contact", "organization", outside.name()))];
    let page = ErrorPage::refusal(outside, sentence, ways, place.reference());
    answer::page(StatusCode::FORBIDDEN, &ErrorPage { rule: Some(words.t("rule-methods")), ..page })
}

/// The page for a blocked user who proved their mailbox, and so may know.
pub fn blocked_page(place: &Place, address: &str) -> Response {
    let outside = place.outside.clone();
    let words = outside.words;
    let sentence = words.t1("account-blocked", "organization", outside.name());
    let ways = vec![Way::plain("person", words.t1("ask-contact", "organization", outside.name()))];
    let page = ErrorPage::refusal(outside, sentence, ways, place.reference());
    answer::page(StatusCode::FORBIDDEN, &ErrorPage { signed_in_as: Some(address.to_owned()), ..page })
}
