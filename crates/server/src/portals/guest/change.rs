//! The question before an action, and the action.

use super::action::{Action, Counts};
use super::page::{Known, known};
use crate::Server;
use crate::directory_roles::{self, RoleError};
use crate::graph::Caller;
use crate::invitations::{self, InviteError};
use crate::platform::ids::InvitationId;
use crate::users::operations::{self, Key};
use crate::users::{self, UserError};
use crate::web::answer;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::question::{ButtonForm, Question};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "portals/guest/question.html")]
struct QuestionPage {
    inside: Inside,
    name: String,
    back: String,
    asked: Question,
    problem: Option<String>,
    method: &'static str,
    call: String,
}

/// Why an action was not carried out.
pub(in crate::portals) enum Failure {
    /// Said on the page of the question.
    Sentence(String),
    /// A page of its own.
    Refusal(Refusal),
}

/// Asks. Nothing has happened yet.
pub(super) async fn ask(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id, action)): Path<(String, String, String)>,
) -> Response {
    let outcome = match Action::parse(&action) {
        Some(action) => known(&server, &visitor.caller, &id).await.map(|known| (action, known)),
        None => Err(Problem::NotFound.into()),
    };
    visitor.respond(&server, outcome.map(|(action, known)| question(&server, &visitor, &known, action, None)))
}

/// Does it, and shows the user again.
pub(super) async fn carry_out(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id, action)): Path<(String, String, String)>,
    headers: HeaderMap,
    Form(answer): Form<PlainForm>,
) -> Response {
    let Some(action) = Action::parse(&action) else { return visitor.refuse(&server, Problem::NotFound.into()) };
    let here = format!("{}/users/{id}", visitor.base());
    if let Err(refusal) = visitor.spend_for(&server, &headers, &answer.csrf, &here).await {
        return visitor.refuse(&server, refusal);
    }
    let known = match known(&server, &visitor.caller, &id).await {
        Ok(known) => known,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    match perform(&server, &visitor.caller, action, &known).await {
        Ok(()) if action == Action::Remove => answer::see_other(&format!("{}/users?done=removed", visitor.base())),
        Ok(()) => answer::see_other(&format!("{}/users/{}?done={}", visitor.base(), known.user.id, action.name())),
        Err(Failure::Sentence(sentence)) => {
            let page = question(&server, &visitor, &known, action, Some(sentence));
            answer::page(StatusCode::CONFLICT, &page)
        }
        Err(Failure::Refusal(refusal)) => visitor.refuse(&server, refusal),
    }
}

/// Does it to one user.
pub(in crate::portals) async fn perform(
    server: &Server,
    caller: &Caller,
    action: Action,
    known: &Known,
) -> Result<(), Failure> {
    let key = Key::Id(known.user.id);
    match action {
        Action::Resend => invitations::operations::resend(server, caller, invitation(known)?).await?,
        Action::Withdraw => invitations::operations::revoke(server, caller, invitation(known)?).await?,
        Action::Block | Action::Unblock => {
            let change = users::Change::account_enabled(action == Action::Unblock);
            operations::change(server, caller, &key, &[change], None).await?;
        }
        Action::SignOut => operations::revoke_sessions(server, caller, &key).await?,
        Action::Give(role) => directory_roles::operations::give(server, caller, role, known.user.id).await?,
        Action::Take(role) => directory_roles::operations::take(server, caller, role, known.user.id).await?,
        Action::Remove => operations::delete(server, caller, &key, None).await?,
    }
    Ok(())
}

fn invitation(known: &Known) -> Result<InvitationId, Failure> {
    let found = known.invitation.as_ref().map(|invitee| invitee.invitation.id);
    found.ok_or_else(|| Failure::Sentence("There is no invitation to speak of.".to_owned()))
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Denied | UserError::NoPerson => Self::Refusal(Problem::NotAllowed.into()),
            UserError::NotFound(_) => Self::Refusal(Problem::NotFound.into()),
            UserError::LastAdministrator => Self::Sentence(
                "Nobody could look after the organisation any more. Make somebody else an administrator first."
                    .to_owned(),
            ),
            UserError::Taken(_) => Self::Sentence("Somebody else has the name by now.".to_owned()),
            UserError::Machine => Self::Refusal(Problem::Unavailable.into()),
            UserError::Invalid { .. } | UserError::Changed | UserError::Exists(_) => {
                Self::Sentence("The user was changed in the meantime. Look again, then decide.".to_owned())
            }
            UserError::Storage(error) => Self::Refusal(error.into()),
        }
    }
}

impl From<RoleError> for Failure {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Denied => Self::Refusal(Problem::NotAllowed.into()),
            RoleError::NotFound(_) | RoleError::Held | RoleError::Changed => {
                Self::Sentence("The roles were changed in the meantime. Look again, then decide.".to_owned())
            }
            RoleError::Guest(role) => Self::Sentence(format!(
                "A guest cannot hold the role {}: it is for people of the organisation.",
                role.name()
            )),
            RoleError::LastAdministrator => UserError::LastAdministrator.into(),
            RoleError::Storage(error) => Self::Refusal(error.into()),
        }
    }
}

impl From<InviteError> for Failure {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::NoPermission | InviteError::NotAllowed | InviteError::SwitchedOff => {
                Self::Refusal(Problem::NotAllowed.into())
            }
            InviteError::Database(error) => Self::Refusal(error.into()),
            InviteError::Mail(_) => Self::Refusal(Problem::Failure.into()),
            InviteError::TooMany { until, .. } => Self::Sentence(invitations::too_many_sentence(until)),
            InviteError::MailboxRefuses => Self::Sentence(invitations::MAILBOX_REFUSES.to_owned()),
            InviteError::DomainBlocked(domain) => {
                Self::Sentence(format!("The settings let nobody of {domain} be invited."))
            }
            InviteError::Landing(_) => Self::Sentence(
                "The invitation leads to an address that the settings no longer allow. Invite again to another one."
                    .to_owned(),
            ),
            _ => Self::Sentence("The invitation is not open any more: accepted, withdrawn, or replaced.".to_owned()),
        }
    }
}

fn question(
    server: &Server,
    visitor: &Visitor,
    known: &Known,
    action: Action,
    problem: Option<String>,
) -> QuestionPage {
    let name = known.user.display_name.clone();
    let counts = Counts { apps: known.reached.counted(), sessions: known.sessions };
    let invitation = known.invitation.as_ref().map_or_else(String::new, |found| found.invitation.id.to_string());
    let (method, call) = action.call(known.user.id, invitation);
    let back = format!("{}/users/{}", visitor.base(), known.user.id);
    QuestionPage {
        inside: visitor.inside(server, Section::Users),
        asked: Question {
            text: action.question(&name),
            consequences: vec![action.consequences(&name, counts)],
            yes: ButtonForm {
                action: format!("{back}/{}", action.name()),
                fields: Vec::new(),
                verb: action.verb(&name),
            },
            is_severe: action.is_severe(),
        },
        back,
        problem,
        method,
        call,
        name,
    }
}
