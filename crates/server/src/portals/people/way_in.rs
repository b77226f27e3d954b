//! What the pages have in common that give somebody another way to sign in: each has one form, which shows the user as they are
//! stored and is refused once they are not so any more.

use super::{Failure, with_credentials};
use crate::Server;
use crate::platform::ids::UserId;
use crate::users::User;
use crate::web::answer;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// Who such a page is about, and what it says of a form that did nothing.
pub(super) struct Subject {
    pub(super) id: UserId,
    pub(super) name: String,
    /// Somebody who signs in from outside already, or was asked to, and has no password here.
    pub(super) is_external: bool,
    /// The version of the user.
    pub(super) seen: String,
    /// A field, and what is wrong with it.
    pub(super) mistakes: Vec<(&'static str, String)>,
    /// Somebody else changed the user before the form was sent.
    pub(super) is_stale: bool,
}

impl Subject {
    /// The user, of whose form nothing is to be said.
    pub(super) fn of(user: &User) -> Self {
        Self {
            id: user.id,
            name: user.display_name.clone(),
            is_external: user.external_user_state.is_some(),
            seen: user.version.to_string(),
            mistakes: Vec::new(),
            is_stale: false,
        }
    }

    /// What is wrong with a field, or nothing.
    pub(super) fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| *name == field).map_or("", |(_, problem)| problem)
    }
}

/// Why nobody was given another way to sign in.
pub(super) enum Trouble {
    /// The form shows what is not stored any more.
    Stale,
    /// Anything else.
    Failure(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// What a form begins with: the user, for who may give them another way to sign in, and the value of the form is spent. One that
/// was sent already leads to the page of this name about the user; without a name, to the user.
pub(super) async fn begin(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    (id, page, csrf): (&str, &str, &str),
) -> Result<User, Refusal> {
    let user = with_credentials(server, visitor, id).await?;
    let led_to = [address(visitor, &user).as_str(), page].concat();
    visitor.spend_for(server, headers, csrf, &led_to).await?;
    Ok(user)
}

/// The page of the user.
pub(super) fn address(visitor: &Visitor, user: &User) -> String {
    format!("{}/users/{}", visitor.base(), user.id)
}

/// Answers a form: as `outcome` says, or with the page that `page` makes of the user and of what is to be said about the form.
pub(super) async fn respond<P: Template>(
    server: &Server,
    visitor: &Visitor,
    user: &User,
    outcome: Result<Response, Trouble>,
    page: impl FnOnce(&User, Subject) -> P,
) -> Response {
    match outcome {
        Ok(done) => done,
        Err(Trouble::Failure(Failure::Refusal(refusal))) => visitor.refuse(server, refusal),
        Err(Trouble::Failure(Failure::Mistake(field, problem))) => {
            let subject = Subject { mistakes: vec![(field, problem)], ..Subject::of(user) };
            answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page(user, subject))
        }
        // The page shows the user as they are stored now.
        Err(Trouble::Stale) => match with_credentials(server, visitor, &user.id.to_string()).await {
            Ok(user) => {
                let subject = Subject { is_stale: true, ..Subject::of(&user) };
                answer::page(StatusCode::CONFLICT, &page(&user, subject))
            }
            Err(refusal) => visitor.refuse(server, refusal),
        },
    }
}
