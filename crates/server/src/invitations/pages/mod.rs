//! The pages of invitations: the list, the form, one invitation; and the page where a mailbox refuses further ones.

pub(super) mod block;
mod choices;
mod complaint;
mod form;
mod held;
mod list;
mod off;
mod show;
mod wish;

pub use choices::{App, apps};
pub use form::handed_over;

use super::error::InviteError;
use super::invitation::{Invitee, State};
use crate::Server;
use crate::outbox::{Wait, Waits};
use crate::platform::ids::InvitationId;
use crate::platform::{Timestamp, clock};
use crate::web::dates;
use crate::web::language::Language;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

/// The pages of the portal; they stand behind the layer that knows who is signed in.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/invitations", get(list::page))
        .route("/portal/{tenant}/invitations/new", get(form::page).post(form::send))
        .route("/portal/{tenant}/invitations/resend-held", post(held::resend))
        .route("/portal/{tenant}/invitations/{id}", get(show::page))
        .route("/portal/{tenant}/invitations/{id}/resend", post(show::resend))
        .route("/portal/{tenant}/invitations/{id}/revoke", post(show::revoke))
}

/// What a page says when an operation refuses; a form shows most refusals at its fields instead.
pub fn refusal(error: InviteError) -> Refusal {
    match error {
        InviteError::NoPermission | InviteError::NotAllowed | InviteError::SwitchedOff => Problem::NotAllowed.into(),
        InviteError::TooMany { .. } => Problem::TooMany.into(),
        InviteError::NotFound(_) => Problem::NotFound.into(),
        InviteError::Database(error) => error.into(),
        InviteError::Mail(error) => {
            tracing::error!(%error, "an invitation mail could not be written");
            Problem::Failure.into()
        }
        _ => Problem::BadRequest.into(),
    }
}

/// Why somebody cannot be invited, in the words of the form, for lists of many.
pub fn reason(error: &InviteError) -> String {
    complaint::sentence(error).unwrap_or_else(|| match error {
        InviteError::TooMany { until, .. } => {
            format!("Too many mails went out lately. Send this row again after {}.", moment(*until))
        }
        other => other.to_string(),
    })
}

/// What people read who send an invitation again too often.
pub fn too_many_sentence(until: Timestamp) -> String {
    format!(
        "Too many mails went out lately. You can send it again after {}. The newest link still works until then.",
        moment(until)
    )
}

/// What people read who would send an invitation again to a mailbox that wants none.
pub const MAILBOX_REFUSES: &str = "This mailbox wants no further invitations from this organisation. Links that were sent before stay as they are. Only the \
     owner of the mailbox can take that back, by the link at the end of an earlier mail.";

/// Why a mail waits.
const fn why(waits: Waits) -> &'static str {
    match waits.reason {
        Wait::Mailbox => "This mailbox has had five invitations from this organisation in a day.",
        Wait::Inviter => "The inviter has sent as many invitation mails as one person may in an hour.",
        Wait::Yields => {
            "Lists, and people who do not administer users, have sent as many invitation mails as they may in an hour."
        }
        Wait::Organization => "This organisation has sent as many invitation mails as it may in an hour.",
    }
}

/// What a list says beside somebody whose mail waits.
pub fn wait_sentence(waits: Waits) -> String {
    format!("The mail waits. {} It goes after {}.", why(waits), moment(waits.until))
}

/// What a list says whose mails are more than an hour lets through.
pub fn pace_sentence(limit: Wait, per_hour: i64, last_at: Timestamp) -> String {
    let whose = if limit == Wait::Inviter { "one person" } else { "lists in this organisation" };
    format!(
        "Of the mails of {whose} at most {per_hour} leave in an hour. The last one of this list leaves about {}, or later if \
         others wait already.",
        moment(last_at)
    )
}

/// A state as the lists show it: the shape, and the words.
struct Shown {
    kind: &'static str,
    word: &'static str,
}

const fn shown(state: State) -> Shown {
    let (kind, word) = match state {
        State::NotSent => ("wait", "Link not sent by mail"),
        State::Queued => ("wait", "Mail waits"),
        State::HandedToRelay => ("wait", "Mail sent"),
        State::RefusedByRelay => ("stop", "Mail refused"),
        State::Opened => ("wait", "Opened"),
        State::Accepted => ("in-s", "Accepted"),
        State::HeldByRestore => ("stop", "Held after a restore"),
        State::Expired => ("gone", "Lapsed"),
        State::Revoked => ("gone", "Revoked"),
    };
    Shown { kind, word }
}

/// An invitation as a row.
struct Row {
    id: InvitationId,
    href: String,
    initials: String,
    name: String,
    address: String,
    inviter: String,
    shown: Shown,
    day: String,
}

impl Row {
    fn of(base: &str, invitee: &Invitee, now: Timestamp) -> Self {
        let invitation = &invitee.invitation;
        Self {
            id: invitation.id,
            href: format!("{base}/invitations/{}", invitation.id),
            initials: crate::web::names::initials(&invitee.guest_name),
            name: crate::web::names::plain_name(&invitee.guest_name),
            address: invitation.address.clone(),
            inviter: crate::web::names::plain_name(&invitation.inviter_name),
            shown: shown(invitee.state(now)),
            day: short_day(invitation.created_at),
        }
    }
}

fn short_day(at: Timestamp) -> String {
    dates::short_date(Language::English, clock::calendar(at).to_zoned(jiff::tz::TimeZone::UTC).date())
}

fn moment(at: Timestamp) -> String {
    dates::moment(Language::English, &clock::calendar(at).to_zoned(jiff::tz::TimeZone::UTC))
}
