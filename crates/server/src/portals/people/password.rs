//! `/portal/{tenant}/users/{id}/password`: another password for somebody of the house, who has forgotten theirs or lost it.

use super::way_in::{Subject, Trouble, address, begin, respond};
use super::{failure, with_credentials};
use crate::Server;
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
use axum::http::HeaderMap;
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
    user: Subject,
    /// When they were given the one they have, if that is known.
    set_at: Option<String>,
    /// Whether the next sign-in asks for another one.
    must_change: bool,
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Path((_, id)): Path<(String, String)>) -> Response {
    let user = with_credentials(&server, &visitor, &id).await;
    visitor.respond(&server, user.map(|user| page(&server, &visitor, &user, Subject::of(&user), true)))
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> Response {
    let user = match begin(&server, &visitor, &headers, (&id, "/password", &form.csrf)).await {
        Ok(user) => user,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    let must_change = form.change.is_some();
    let outcome = set(&server, &visitor, &user, form).await;
    respond(&server, &visitor, &user, outcome, |user: &User, subject| {
        page(&server, &visitor, user, subject, must_change)
    })
    .await
}

async fn set(server: &Server, visitor: &Visitor, user: &User, form: PasswordForm) -> Result<Response, Trouble> {
    // No user has the version 0.
    let seen = Some(form.seen.parse().unwrap_or(0));
    let password =
        PasswordChange { password: Some(Zeroizing::new(form.password)), must_change: Some(form.change.is_some()) };
    let nothing_else = Amendment { changes: &[], extensions: &[] };
    let key = Key::Id(user.id);
    match operations::change_with_password(server, &visitor.caller, &key, nothing_else, Some(password), seen).await {
        Ok(_) => Ok(answer::see_other(&format!("{}?done=password", address(visitor, user)))),
        Err(UserError::Changed) => Err(Trouble::Stale),
        Err(error) => Err(failure(error, "password", &[]).into()),
    }
}

fn page(server: &Server, visitor: &Visitor, user: &User, subject: Subject, must_change: bool) -> PasswordPage {
    PasswordPage {
        inside: visitor.inside(server, Section::Users),
        user: subject,
        set_at: user.password_changed_at.map(dates::day_and_time),
        must_change,
    }
}
