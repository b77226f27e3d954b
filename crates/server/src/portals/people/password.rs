//! `/portal/{tenant}/users/{id}/password`: another password for somebody of the house, who has forgotten theirs or lost it.

use super::{Failure, failure, with_credentials};
use crate::Server;
use crate::platform::ids::UserId;
use crate::users::operations::{self, Amendment, Key, PasswordChange};
use crate::users::{User, UserError};
use crate::web::answer;
use crate::web::dates;
use crate::web::form::Form;
use crate::web::path::Path;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;
use zeroize::Zeroizing;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/users/{id}/password", get(show).post(take))
}

/// What was typed. The password is never shown again.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PasswordForm {
    csrf: String,
    /// The version of the user that the page showed.
    seen: String,
    password: String,
    change: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/people/password.html")]
struct PasswordPage {
    inside: Inside,
    id: UserId,
    name: String,
    /// Somebody who was invited, and has no password here.
    is_external: bool,
    /// When they were given the one they have, if that is known.
    set_at: Option<String>,
    /// Whether the next sign-in asks for another one.
    must_change: bool,
    mistakes: Vec<(String, String)>,
    /// Somebody else changed the user before this form was sent.
    is_stale: bool,
    /// The version of the user.
    seen: String,
}

impl PasswordPage {
    /// What is wrong with a field, or nothing.
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Path((_, id)): Path<(String, String)>) -> Response {
    let user = with_credentials(&server, &visitor, &id).await;
    visitor.respond(&server, user.map(|user| page(&server, &visitor, &user, true, Vec::new())))
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> Response {
    let user = match with_credentials(&server, &visitor, &id).await {
        Ok(user) => user,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    let here = format!("{}/users/{}", visitor.base(), user.id);
    if let Err(refusal) = visitor.spend(&server, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal.leading_to(format!("{here}/password")));
    }
    let must_change = form.change.is_some();
    match set(&server, &visitor, &user, form).await {
        Ok(()) => answer::see_other(&format!("{here}?done=password")),
        Err(UserError::Changed) => stale(&server, &visitor, &id, must_change).await,
        Err(error) => match failure(error, "password", &[]) {
            Failure::Mistake(field, problem) => {
                let mistakes = vec![(field.to_owned(), problem)];
                let page = page(&server, &visitor, &user, must_change, mistakes);
                answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page)
            }
            Failure::Refusal(refusal) => visitor.refuse(&server, refusal),
        },
    }
}

/// The page as the user is stored now.
async fn stale(server: &Server, visitor: &Visitor, id: &str, must_change: bool) -> Response {
    match with_credentials(server, visitor, id).await {
        Ok(user) => {
            let page = PasswordPage { is_stale: true, ..page(server, visitor, &user, must_change, Vec::new()) };
            answer::page(StatusCode::CONFLICT, &page)
        }
        Err(refusal) => visitor.refuse(server, refusal),
    }
}

async fn set(server: &Server, visitor: &Visitor, user: &User, form: PasswordForm) -> Result<(), UserError> {
    // No user has the version 0.
    let seen = Some(form.seen.parse().unwrap_or(0));
    let password =
        PasswordChange { password: Some(Zeroizing::new(form.password)), must_change: Some(form.change.is_some()) };
    let nothing_else = Amendment { changes: &[], extensions: &[] };
    let key = Key::Id(user.id);
    let set = operations::change_with_password(server, &visitor.caller, &key, nothing_else, Some(password), seen).await;
    set.map(|_| ())
}

fn page(
    server: &Server,
    visitor: &Visitor,
    user: &User,
    must_change: bool,
    mistakes: Vec<(String, String)>,
) -> PasswordPage {
    PasswordPage {
        inside: visitor.inside(server, Section::Users),
        id: user.id,
        name: user.display_name.clone(),
        is_external: user.external_user_state.is_some(),
        set_at: user.password_changed_at.map(dates::day_and_time),
        must_change,
        mistakes,
        is_stale: false,
        seen: user.version.to_string(),
    }
}
