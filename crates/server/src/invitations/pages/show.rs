//! One invitation: how far it has come, and what can be done with it.

use super::{MAILBOX_REFUSES, moment, refusal, shown, too_many_sentence, why};
use crate::Server;
use crate::invitations::error::InviteError;
use crate::invitations::invitation::{Invitee, State};
use crate::invitations::operations::{self, Filter};
use crate::platform::Timestamp;
use crate::platform::ids::InvitationId;
use crate::web::answer;
use crate::web::form::{Form, PlainForm};
use crate::web::names::{initials, plain_name};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::question::{ButtonForm, Question};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Default, Deserialize)]
pub(super) struct Options {
    /// The question to ask before something is done: `resend` or `revoke`.
    #[serde(default)]
    ask: String,
    /// What was just done.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "invitations/pages/show.html")]
struct ShowPage {
    inside: Inside,
    here: String,
    csrf: String,
    question: Option<Question>,
    done: Option<&'static str>,
    initials: String,
    name: String,
    guest: String,
    address: String,
    kind: &'static str,
    word: &'static str,
    error: Option<String>,
    refused: Option<String>,
    /// What was asked for and cannot be any more.
    is_late: Option<&'static str>,
    waits: Option<(&'static str, String)>,
    /// Whether it can be revoked, and sent again; not to a mailbox that wants none.
    can_change: bool,
    can_resend: bool,
    is_notice: bool,
    /// Since when a restore holds it.
    held: Option<String>,
    inviter: String,
    leads_to: String,
    message: Option<String>,
    copies: String,
    steps: Vec<(&'static str, String)>,
    call: String,
}

pub(super) async fn page(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    Query(options): Query<Options>,
) -> Response {
    let outcome = fill(&server, &visitor, &id, &options).await;
    visitor.respond(&server, outcome)
}

pub(super) async fn resend(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let id = match confirmed(&server, &visitor, &id, &headers, &form).await {
        Ok(id) => id,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    match operations::resend(&server, &visitor.caller, id).await {
        Err(InviteError::TooMany { until, seconds }) => too_many(&server, &visitor, id, until, seconds).await,
        Err(InviteError::NotOpen) => too_late(&server, &visitor, id).await,
        Err(InviteError::MailboxRefuses) => not_wanted(&server, &visitor, id).await,
        outcome => done(&server, &visitor, outcome.map(|()| id).map_err(refusal), "resent"),
    }
}

/// The same page, with what became of the invitation before.
async fn too_late(server: &Server, visitor: &Visitor, id: InvitationId) -> Response {
    let again = fill(server, visitor, &id.to_string(), &Options::default()).await.map(|page| {
        let sentence = match page.word {
            word if word == shown(State::Revoked).word => {
                "This invitation is revoked already, or a newer one has taken its place."
            }
            word if word == shown(State::Accepted).word => "This invitation is accepted already.",
            _ => "This invitation is not open any more.",
        };
        ShowPage { is_late: Some(sentence), ..page }
    });
    visitor.respond_as(server, StatusCode::CONFLICT, again)
}

/// The same page, with the time from which on it can be sent again.
async fn too_many(server: &Server, visitor: &Visitor, id: InvitationId, until: Timestamp, seconds: u32) -> Response {
    let again = fill(server, visitor, &id.to_string(), &Options::default()).await;
    let again = again.map(|page| {
        let page = ShowPage { refused: Some(too_many_sentence(until)), ..page };
        let mut response = answer::page(StatusCode::TOO_MANY_REQUESTS, &page);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        response
    });
    visitor.respond_with(server, again)
}

/// The same page, with why no mail goes to this mailbox.
async fn not_wanted(server: &Server, visitor: &Visitor, id: InvitationId) -> Response {
    let again = fill(server, visitor, &id.to_string(), &Options::default()).await;
    let again = again.map(|page| ShowPage { refused: Some(MAILBOX_REFUSES.to_owned()), ..page });
    visitor.respond_as(server, StatusCode::CONFLICT, again)
}

pub(super) async fn revoke(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let id = match confirmed(&server, &visitor, &id, &headers, &form).await {
        Ok(id) => id,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    match operations::revoke(&server, &visitor.caller, id).await {
        Err(InviteError::NotOpen) => too_late(&server, &visitor, id).await,
        outcome => done(&server, &visitor, outcome.map(|()| id).map_err(refusal), "revoked"),
    }
}

async fn confirmed(
    server: &Server,
    visitor: &Visitor,
    id: &str,
    headers: &HeaderMap,
    form: &PlainForm,
) -> Result<InvitationId, Refusal> {
    visitor.spend_for(server, headers, &form.csrf, &format!("{}/invitations/{id}", visitor.base())).await?;
    id.parse().map_err(|_| Problem::NotFound.into())
}

fn done(server: &Server, visitor: &Visitor, outcome: Result<InvitationId, Refusal>, what: &str) -> Response {
    match outcome {
        Ok(id) => answer::see_other(&format!("{}/invitations/{id}?done={what}", visitor.base())),
        Err(refusal) => visitor.refuse(server, refusal),
    }
}

async fn fill(server: &Server, visitor: &Visitor, id: &str, options: &Options) -> Result<ShowPage, Refusal> {
    let id: InvitationId = id.parse().map_err(|_| Problem::NotFound)?;
    let invitee = operations::get(server, &visitor.caller, id).await.map_err(refusal)?;
    let state = invitee.state(server.clock.now());
    let waits = operations::waits(server, &invitee).await?;
    let newest = operations::list(server, &visitor.caller, Filter::of_guest(invitee.invitation.user_id), None, 1).await;
    let is_replaced = newest.map_err(refusal)?.first().is_some_and(|newest| newest.invitation.id != id);
    let can_change = !matches!(state, State::Accepted | State::Revoked);
    let shape = shown(state);
    let here = format!("{}/invitations/{id}", visitor.base());
    let invitation = &invitee.invitation;
    Ok(ShowPage {
        inside: visitor.inside(server, Section::Invitations),
        csrf: visitor.form_value(server),
        question: question(&options.ask, &here, &invitation.address).filter(|_| can_change),
        done: what_was_done(&options.done, state),
        initials: initials(&invitee.guest_name),
        name: plain_name(&invitee.guest_name),
        guest: format!("{}/users/{}", visitor.base(), invitation.user_id),
        address: invitation.address.clone(),
        kind: shape.kind,
        word: shape.word,
        error: invitee.mail_error.clone().filter(|_| matches!(state, State::Queued | State::RefusedByRelay)),
        refused: None,
        is_late: None,
        waits: waits.map(|waits| (why(waits), moment(waits.until))),
        can_change,
        can_resend: can_change && invitee.blocked_at.is_none(),
        is_notice: state == State::RefusedByRelay,
        held: invitation.held_at.filter(|_| state == State::HeldByRestore).map(moment),
        inviter: plain_name(&invitation.inviter_name),
        leads_to: invitation.redirect_url.clone(),
        message: invitation.message.as_deref().map(crate::web::names::quoted_words),
        copies: invitation.carbon_copies.join(", "),
        steps: steps(&invitee, is_replaced),
        call: format!("/vestibule/v1/invitations/{id}"),
        here,
    })
}

fn question(ask: &str, here: &str, address: &str) -> Option<Question> {
    let (text, consequence, verb) = match ask {
        "resend" => (
            format!("Send the invitation to {address} again?"),
            "The new mail has a new link. The link of every mail before it stops working.",
            "Send it again",
        ),
        "revoke" => (
            format!("Revoke the invitation of {address}?"),
            "Its link stops working. The guest stays listed as invited, can open nothing, and is told nothing.",
            "Revoke the invitation",
        ),
        _ => return None,
    };
    Some(Question {
        text,
        consequences: vec![consequence.to_owned()],
        yes: ButtonForm { action: format!("{here}/{ask}"), fields: Vec::new(), verb: verb.to_owned() },
        is_severe: ask == "revoke",
    })
}

fn what_was_done(done: &str, state: State) -> Option<&'static str> {
    match (done, state) {
        ("sent" | "kept" | "resent", State::NotSent) => {
            Some("No mail was sent: this mailbox wants no further invitations from this organisation.")
        }
        ("sent", State::Queued) => Some("The invitation is made. The mail is in the queue."),
        ("sent", _) => Some("The invitation is made."),
        ("kept", _) => {
            Some("The invitation is made. The guest was here already: their name and kind stay as they were.")
        }
        ("resent", State::Queued) => Some("A new mail with a new link is in the queue."),
        ("resent", _) => Some("A new mail with a new link was made."),
        ("revoked", State::Revoked) => Some("The invitation is revoked."),
        _ => None,
    }
}

fn steps(invitee: &Invitee, is_replaced: bool) -> Vec<(&'static str, String)> {
    let invitation = &invitee.invitation;
    let dated = [
        ("Invited", Some(invitation.created_at)),
        ("Open until", invitation.expires_at),
        ("Opened", invitation.opened_at),
        ("Accepted", invitation.accepted_at),
        ("Held since a restore", invitation.held_at),
        (if is_replaced { "Replaced by a newer one" } else { "Revoked" }, invitation.revoked_at),
    ];
    dated.into_iter().filter_map(|(name, at)| Some((name, moment(at?)))).collect()
}
