//! The form that invites one guest.

use super::choices::{self, App, Role};
use super::wish::{self, CONTACT, JOB, Mistake, NAME};
use super::{moment, off, refusal, why};
use crate::Server;
use crate::invitations::error::InviteError;
use crate::invitations::new_invitation::{ASSIGNMENTS, MESSAGE_LIMIT};
use crate::invitations::operations::{self, Invited};
use crate::platform::ids::GroupId;
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::language::Language;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// A group that the guest shall belong to.
    group: Option<GroupId>,
}

#[derive(Template)]
#[template(path = "invitations/pages/new.html")]
struct NewPage {
    inside: Inside,
    csrf: String,
    fields: Fields,
    errors: Vec<Mistake>,
    apps: Vec<App>,
    roles: Vec<Role>,
    languages: Vec<(&'static str, &'static str)>,
    takes_details: bool,
    takes_sponsors: bool,
    takes_groups: bool,
    answers_to: Option<String>,
    limit: String,
}

#[derive(Template)]
#[template(path = "invitations/pages/link.html")]
struct LinkPage {
    inside: Inside,
    name: String,
    address: String,
    link: String,
    was_refused: bool,
    waits: Option<(&'static str, String)>,
    is_kept: bool,
    here: String,
}

pub(super) async fn page(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Response {
    let outcome = match operations::require_inviter(&server, &visitor.caller).await {
        Ok(()) => blank(&server, &visitor, wanted.group).await,
        Err(InviteError::SwitchedOff) => return off::page(&server, &visitor),
        Err(error) => Err(refusal(error)),
    };
    visitor.respond(&server, outcome)
}

/// The form before anybody has written into it.
async fn blank(server: &Server, visitor: &Visitor, group: Option<GroupId>) -> Result<NewPage, Refusal> {
    let groups = match group {
        Some(group) => choices::group(server, visitor, group).await?,
        None => String::new(),
    };
    fill(server, visitor, Fields::filled_in(&[("send", "yes"), ("groups", &groups)]), Vec::new()).await
}

pub(super) async fn send(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    match invite(&server, &visitor, &headers, Fields::parse(&body)).await {
        Ok(response) => response,
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn invite(server: &Server, visitor: &Visitor, headers: &HeaderMap, fields: Fields) -> Result<Response, Refusal> {
    visitor.spend_for(server, headers, fields.get("csrf"), &format!("{}/invitations", visitor.base())).await?;
    match operations::require_inviter(server, &visitor.caller).await {
        Err(InviteError::SwitchedOff) => return Ok(off::page(server, visitor)),
        outcome => outcome.map_err(refusal)?,
    }
    let apps = choices::apps(server, visitor).await?;
    let (wish, mut mistakes) = wish::read(server, visitor, &fields, &apps).await?;
    let kind = wish.user_type;
    // With a mistake found already nothing is made; what else is wrong is said in the same answer.
    let outcome = if mistakes.is_empty() {
        operations::invite(server, &visitor.caller, wish).await.map(Some)
    } else {
        operations::check(server, &visitor.caller, &wish).await.map(|()| None)
    };
    match outcome {
        Ok(Some(invited)) => {
            let (guest, name) = (&invited.guest, fields.get("display_name"));
            let is_kept = guest.user_type != kind || (!name.is_empty() && guest.display_name != name);
            return Ok(answer(server, visitor, &invited, is_kept));
        }
        Ok(None) => {}
        Err(error) => match wish::mistake(&error) {
            Some(mistake) => mistakes.insert(0, mistake),
            None => return Err(refusal(error)),
        },
    }
    let page = fill(server, visitor, fields, mistakes).await?;
    Ok(answer::page(StatusCode::BAD_REQUEST, &page))
}

/// With a mail on its way, the page of the invitation; otherwise the link. Whoever was here already keeps their name and what they
/// are (`is_kept`), which is said where something else was filled in.
fn answer(server: &Server, visitor: &Visitor, invited: &Invited, is_kept: bool) -> Response {
    let here = format!("{}/invitations/{}", visitor.base(), invited.invitation.id);
    let done = if is_kept { "kept" } else { "sent" };
    link(server, visitor, invited, is_kept).unwrap_or_else(|| answer::see_other(&format!("{here}?done={done}")))
}

/// The page with the link, this once, where no mail is on its way: the guest is not made to wait for a mail that cannot go
/// today, or never goes.
pub fn handed_over(server: &Server, visitor: &Visitor, invited: &Invited) -> Option<Response> {
    link(server, visitor, invited, false)
}

fn link(server: &Server, visitor: &Visitor, invited: &Invited, is_kept: bool) -> Option<Response> {
    if invited.is_mailed && invited.waits.is_none() {
        return None;
    }
    let page = LinkPage {
        inside: visitor.inside(server, Section::Invitations),
        name: crate::web::names::plain_name(&invited.guest.display_name),
        address: invited.invitation.address.clone(),
        link: invited.redeem_url.clone(),
        was_refused: invited.is_mail_asked && !invited.is_mailed,
        waits: invited.waits.map(|waits| (why(waits), moment(waits.until))),
        is_kept,
        here: format!("{}/invitations/{}", visitor.base(), invited.invitation.id),
    };
    Some(answer::page(StatusCode::OK, &page))
}

async fn fill(server: &Server, visitor: &Visitor, fields: Fields, errors: Vec<Mistake>) -> Result<NewPage, Refusal> {
    Ok(NewPage {
        inside: visitor.inside(server, Section::Invitations),
        csrf: visitor.form_value(server),
        fields,
        errors,
        apps: choices::apps(server, visitor).await?,
        roles: choices::roles(server, visitor).await?,
        languages: Language::ALL.into_iter().map(|language| (language.tag(), language.own_name())).collect(),
        takes_details: wish::takes_details(visitor),
        takes_sponsors: wish::takes_sponsors(visitor),
        takes_groups: choices::takes_groups(server, visitor).await?,
        answers_to: visitor.caller.user().and_then(|user| user.mail.clone()),
        limit: format!("Up to {MESSAGE_LIMIT} characters."),
    })
}

impl NewPage {
    fn error(&self, field: &str) -> &str {
        self.errors.iter().find(|(name, _)| name == field).map_or("", |(_, sentence)| sentence)
    }

    fn title(&self) -> &'static str {
        if self.errors.is_empty() { "Invite a guest" } else { "Error: Invite a guest" }
    }

    fn summary(&self) -> String {
        match self.errors.len() {
            0 | 1 => "The invitation was not sent. One thing needs a change.".to_owned(),
            count => format!("The invitation was not sent. {count} things need a change."),
        }
    }

    /// Whether what is folded away was filled in or is at fault, and so stands open.
    fn is_unfolded(&self) -> bool {
        let is_used = |id: &str| self.fields.filled(id).is_some() || !self.error(id).is_empty();
        wish::details().any(|detail| is_used(detail.id)) || is_used("sponsors")
    }

    fn is_chosen(&self, role: &Role) -> bool {
        self.fields.all("assignment").contains(&role.value.as_str())
    }
}
