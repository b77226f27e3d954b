//! The form that invites one guest.

use super::{off, refusal};
use crate::Server;
use crate::applications;
use crate::invitations::error::InviteError;
use crate::invitations::new_invitation::{MESSAGE_LIMIT, NewInvitation};
use crate::invitations::operations::{self, Invited};
use crate::platform::ids::ClientId;
use crate::users::UserType;
use crate::web::answer;
use crate::web::form::Form;
use crate::web::language::Language;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// What was filled in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    csrf: String,
    email: String,
    display_name: String,
    user_type: String,
    app: String,
    redirect_url: String,
    message: String,
    language: String,
    cc: String,
    send: Option<String>,
}

#[derive(Template)]
#[template(path = "invitations/pages/new.html")]
struct NewPage {
    inside: Inside,
    csrf: String,
    fields: Fields,
    errors: Vec<(String, String)>,
    summary: String,
    apps: Vec<App>,
    languages: Vec<(&'static str, &'static str)>,
    may_make_members: bool,
    answers_to: Option<String>,
    limit: String,
}

/// An app that can be chosen.
struct App {
    client: String,
    name: String,
    address: String,
}

#[derive(Template)]
#[template(path = "invitations/pages/link.html")]
struct LinkPage {
    inside: Inside,
    name: String,
    address: String,
    link: String,
    was_refused: bool,
    here: String,
}

pub(super) async fn page(Shared(server): Shared<Arc<Server>>, visitor: Visitor) -> Response {
    let fields = Fields { send: Some("yes".to_owned()), ..Fields::default() };
    let outcome = match operations::require_inviter(&server, &visitor.caller).await {
        Ok(()) => fill(&server, &visitor, fields, Vec::new()).await,
        Err(InviteError::SwitchedOff) => return off::page(&server, &visitor),
        Err(error) => Err(refusal(error)),
    };
    visitor.respond(&server, outcome)
}

pub(super) async fn send(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    match invite(&server, &visitor, &headers, fields).await {
        Ok(response) => response,
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn invite(server: &Server, visitor: &Visitor, headers: &HeaderMap, fields: Fields) -> Result<Response, Refusal> {
    visitor.spend(server, headers, &fields.csrf).await?;
    let apps = apps(server, visitor).await?;
    let wish = wish(server, visitor, &fields, &apps);
    match operations::invite(server, &visitor.caller, wish).await {
        Ok(invited) => Ok(answer(server, visitor, &invited)),
        Err(InviteError::SwitchedOff) => Ok(off::page(server, visitor)),
        Err(error) => match sentence(&error) {
            Some(sentence) => {
                let page = fill(server, visitor, fields, vec![(field(&error).to_owned(), sentence)]).await?;
                Ok(answer::page(StatusCode::BAD_REQUEST, &page))
            }
            None => Err(refusal(error)),
        },
    }
}

/// With a mail on its way, the page of the invitation; otherwise the link, this once.
fn answer(server: &Server, visitor: &Visitor, invited: &Invited) -> Response {
    let here = format!("{}/invitations/{}", visitor.base(), invited.invitation.id);
    if invited.is_mailed {
        return answer::see_other(&format!("{here}?done=sent"));
    }
    let page = LinkPage {
        inside: visitor.inside(server, Section::Invitations),
        name: crate::web::names::plain_name(&invited.guest.display_name),
        address: invited.invitation.address.clone(),
        link: invited.redeem_url.clone(),
        was_refused: invited.is_mail_asked,
        here,
    };
    answer::page(StatusCode::OK, &page)
}

fn wish(server: &Server, visitor: &Visitor, fields: &Fields, apps: &[App]) -> NewInvitation {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let my_apps = || format!("{}/myapps/{}", server.settings.public_address(), visitor.tenant_domain);
    let of_app = || apps.iter().find(|app| app.client == fields.app).map(|app| app.address.clone());
    let address = given(&fields.redirect_url).or_else(of_app).unwrap_or_else(my_apps);
    NewInvitation {
        display_name: given(&fields.display_name),
        user_type: UserType::parse(&fields.user_type).unwrap_or(UserType::Guest),
        send_mail: fields.send.is_some(),
        // Browsers send two characters for each line break, which would count against the limit.
        message: given(&fields.message.replace("\r\n", "\n")),
        language: given(&fields.language),
        cc: given(&fields.cc).into_iter().collect(),
        ..NewInvitation::new(fields.email.trim(), address)
    }
}

/// The field an error belongs to.
fn field(error: &InviteError) -> &'static str {
    match error.property() {
        Some("inviteRedirectUrl") => "redirect_url",
        Some("invitedUserDisplayName") => "display_name",
        Some("customizedMessageBody") => "message",
        Some("messageLanguage") => "language",
        Some("ccRecipients") => "cc",
        _ => "email",
    }
}

/// What the form says about an error; `None` for one that the form cannot help with.
fn sentence(error: &InviteError) -> Option<String> {
    Some(match error {
        InviteError::Missing(_) => "Write the address of the person you invite.".to_owned(),
        InviteError::Address(problem) => format!("This address cannot be invited: {problem}."),
        InviteError::Landing(problem) => format!("An invitation cannot lead there: {problem}."),
        InviteError::Property("ccRecipients", problem) => format!("The copy cannot be sent there: {problem}."),
        InviteError::Property("customizedMessageBody", problem) => format!("The message is too long: {problem}."),
        InviteError::Property(_, problem) => format!("Change this: {problem}."),
        InviteError::OwnDomain => {
            "This is an address of your own organization. Its people sign in as members and need no invitation."
                .to_owned()
        }
        InviteError::MemberExists(_) | InviteError::MailOfMember => {
            "A member of your organization has this address and needs no invitation.".to_owned()
        }
        InviteError::DomainBlocked(domain) => {
            format!("Your organization does not invite people from {domain}. An administrator can change that.")
        }
        InviteError::NameTaken => "Another account has the name this guest would get.".to_owned(),
        _ => return None,
    })
}

async fn apps(server: &Server, visitor: &Visitor) -> Result<Vec<App>, Refusal> {
    let mut tx = server.read().await?;
    let apps = applications::store::list(&mut tx, visitor.caller.tenant).await?;
    let with_page = apps.into_iter().filter_map(|app| {
        let client: ClientId = app.app_id;
        Some(App { client: client.to_string(), name: app.display_name, address: app.home_page_url? })
    });
    Ok(with_page.collect())
}

async fn fill(
    server: &Server,
    visitor: &Visitor,
    fields: Fields,
    errors: Vec<(String, String)>,
) -> Result<NewPage, Refusal> {
    Ok(NewPage {
        inside: visitor.inside(server, Section::Invitations),
        csrf: visitor.form_value(server),
        fields,
        summary: "The invitation was not sent. One thing needs a change.".to_owned(),
        errors,
        apps: apps(server, visitor).await?,
        languages: Language::ALL.into_iter().map(|language| (language.tag(), language.own_name())).collect(),
        may_make_members: visitor.caller.may_administer_users(),
        answers_to: visitor.caller.user().and_then(|user| user.mail.clone()),
        limit: format!("Up to {MESSAGE_LIMIT} characters. Your words appear as a quotation."),
    })
}

impl NewPage {
    fn error(&self, field: &str) -> &str {
        self.errors.iter().find(|(name, _)| name == field).map_or("", |(_, sentence)| sentence)
    }

    fn title(&self) -> &'static str {
        if self.errors.is_empty() { "Invite a guest" } else { "Error: Invite a guest" }
    }
}
