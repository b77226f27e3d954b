//! `/portal/{tenant}/users/{id}/convert`: somebody of the house signs in from outside from then on (Graph: invite internal
//! users).

use super::{Failure, failure, not_invited, sentence, with_credentials};
use crate::Server;
use crate::invitations::operations::{Invited, invite};
use crate::invitations::{InviteError, NewInvitation, handed_over};
use crate::platform::ids::UserId;
use crate::users::{Address, Change, User};
use crate::web::answer;
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

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/users/{id}/convert", get(show).post(take))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConvertForm {
    csrf: String,
    /// The version of the user that the page showed.
    seen: String,
    address: String,
}

#[derive(Template)]
#[template(path = "portals/people/convert.html")]
struct ConvertPage {
    inside: Inside,
    id: UserId,
    name: String,
    /// Somebody who signs in from outside already, or was asked to.
    is_external: bool,
    address: String,
    mistakes: Vec<(String, String)>,
    /// Somebody else changed the user before this form was sent.
    is_stale: bool,
    /// What that form said.
    written: Vec<(&'static str, String)>,
    /// The version of the user.
    seen: String,
}

/// Why nothing was changed.
enum Trouble {
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

impl ConvertPage {
    /// What is wrong with a field, or nothing.
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Path((_, id)): Path<(String, String)>) -> Response {
    let user = with_credentials(&server, &visitor, &id).await;
    visitor.respond(&server, user.map(|user| page(&server, &visitor, &user, String::new(), Vec::new())))
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<ConvertForm>,
) -> Response {
    let user = match with_credentials(&server, &visitor, &id).await {
        Ok(user) => user,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    let here = format!("{}/users/{}", visitor.base(), user.id);
    if let Err(refusal) = visitor.spend(&server, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal.leading_to(here));
    }
    match convert(&server, &visitor, &user, &form).await {
        Ok(invited) => handed_over(&server, &visitor, &invited)
            .unwrap_or_else(|| answer::see_other(&format!("{here}?done=convert"))),
        Err(Trouble::Stale) => stale(&server, &visitor, &id, form.address).await,
        Err(Trouble::Failure(Failure::Mistake(field, problem))) => {
            let page = page(&server, &visitor, &user, form.address, vec![(field.to_owned(), problem)]);
            answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Trouble::Failure(Failure::Refusal(refusal))) => visitor.refuse(&server, refusal),
    }
}

/// The page as the user is stored now, with what was typed beside it.
async fn stale(server: &Server, visitor: &Visitor, id: &str, typed: String) -> Response {
    match with_credentials(server, visitor, id).await {
        Ok(user) => {
            let written = vec![("Address outside", typed)];
            let page = page(server, visitor, &user, String::new(), Vec::new());
            answer::page(StatusCode::CONFLICT, &ConvertPage { is_stale: true, written, ..page })
        }
        Err(refusal) => visitor.refuse(server, refusal),
    }
}

/// The invitation takes another address along as the new one of the user: both are stored, or neither. A form that shows what is not
/// stored any more is refused, whatever it asks.
async fn convert(server: &Server, visitor: &Visitor, user: &User, form: &ConvertForm) -> Result<Invited, Trouble> {
    // No user has the version 0.
    let seen = form.seen.parse().unwrap_or(0);
    if seen != user.version {
        return Err(Trouble::Stale);
    }
    let address = Address::parse(form.address.trim(), true)
        .map_err(|error| Failure::Mistake("address", sentence(&error.to_string())))?;
    let is_known = user.mail.as_ref().is_some_and(|mail| mail.eq_ignore_ascii_case(address.as_str()));
    let mail = Change::mail(Some(address.as_str())).map_err(|error| failure(error, "address", &[]))?;
    let landing = format!("{}/myapps/{}", server.settings.public_address(), visitor.tenant_domain);
    let wish = NewInvitation {
        send_mail: true,
        invited_user: Some(user.id),
        of_version: Some(seen),
        profile: if is_known { Vec::new() } else { vec![mail] },
        ..NewInvitation::new(address.as_str(), landing)
    };
    invite(server, &visitor.caller, wish).await.map_err(|error| match error {
        InviteError::Changed => Trouble::Stale,
        other => not_invited(other).into(),
    })
}

fn page(
    server: &Server,
    visitor: &Visitor,
    user: &User,
    address: String,
    mistakes: Vec<(String, String)>,
) -> ConvertPage {
    ConvertPage {
        inside: visitor.inside(server, Section::Users),
        id: user.id,
        name: user.display_name.clone(),
        is_external: user.external_user_state.is_some(),
        address,
        mistakes,
        is_stale: false,
        written: Vec::new(),
        seen: user.version.to_string(),
    }
}
