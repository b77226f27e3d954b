//! `/portal/{tenant}/users/{id}/reset`: a guest proves themselves anew, by another address or the same one.

use super::{Failure, failure, not_invited};
use crate::Server;
use crate::invitations::operations::{Invited, invite};
use crate::invitations::{NewInvitation, handed_over};
use crate::platform::ids::UserId;
use crate::users::operations::{self, Key};
use crate::users::{Address, Change, User, store};
use crate::web::answer;
use crate::web::form::Form;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
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
    Router::new().route("/portal/{tenant}/users/{id}/reset", get(show).post(take))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResetForm {
    csrf: String,
    address: String,
}

#[derive(Template)]
#[template(path = "portals/people/reset.html")]
struct ResetPage {
    inside: Inside,
    id: UserId,
    name: String,
    form: ResetForm,
    mistakes: Vec<(String, String)>,
}

impl ResetPage {
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Path((_, id)): Path<(String, String)>) -> Response {
    let outcome = match guest(&server, &visitor, &id).await {
        Ok(guest) => {
            let form = ResetForm { address: guest.mail.clone().unwrap_or_default(), ..ResetForm::default() };
            Ok(page(&server, &visitor, guest, form, Vec::new()))
        }
        Err(refusal) => Err(refusal),
    };
    visitor.respond(&server, outcome)
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<ResetForm>,
) -> Response {
    let guest = match guest(&server, &visitor, &id).await {
        Ok(guest) => guest,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    let here = format!("{}/users/{id}/reset", visitor.base());
    if let Err(refusal) = visitor.spend_for(&server, &headers, &form.csrf, &here).await {
        return visitor.refuse(&server, refusal);
    }
    match reset(&server, &visitor, &guest, &form).await {
        Ok(invited) => handed_over(&server, &visitor, &invited)
            .unwrap_or_else(|| answer::see_other(&format!("{}/users/{id}?done=reset", visitor.base()))),
        Err(Failure::Mistake(field, problem)) => {
            let page = page(&server, &visitor, guest, form, vec![(field.to_owned(), problem)]);
            answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Failure::Refusal(refusal)) => visitor.refuse(&server, refusal),
    }
}

/// The guest, for who may reset anybody; how they stand to this one is decided by the operation.
async fn guest(server: &Server, visitor: &Visitor, id: &str) -> Result<User, Refusal> {
    if !operations::may_reset(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    let id: UserId = id.parse().map_err(|_| Problem::NotFound)?;
    let user = store::find(&mut server.read().await?, visitor.caller.tenant, id).await?;
    Ok(user.filter(|user| user.external_user_state.is_some()).ok_or(Problem::NotFound)?)
}

/// A new address is first added to those of the guest; then the mail goes to it.
async fn reset(server: &Server, visitor: &Visitor, guest: &User, form: &ResetForm) -> Result<Invited, Failure> {
    let mistake = |problem: &str| Failure::Mistake("address", super::sentence(problem));
    let address = Address::parse(form.address.trim(), true).map_err(|error| mistake(&error.to_string()))?;
    let is_it = |known: &String| known.eq_ignore_ascii_case(address.as_str());
    if !guest.mail.as_ref().is_some_and(is_it) && !guest.other_mails.iter().any(is_it) {
        let mut addresses = guest.other_mails.0.clone();
        addresses.push(address.as_str().to_owned());
        let change = Change::other_mails(&addresses).map_err(|error| failure(error, "address", &[]))?;
        let changed = operations::change(server, &visitor.caller, &Key::Id(guest.id), &[change], None).await;
        changed.map_err(|error| failure(error, "address", &[]))?;
    }
    let landing = format!("{}/myapps/{}", server.settings.public_address(), visitor.tenant_domain);
    let wish = NewInvitation {
        send_mail: true,
        invited_user: Some(guest.id),
        reset_redemption: true,
        ..NewInvitation::new(address.as_str(), landing)
    };
    invite(server, &visitor.caller, wish).await.map_err(not_invited)
}

fn page(
    server: &Server,
    visitor: &Visitor,
    guest: User,
    form: ResetForm,
    mistakes: Vec<(String, String)>,
) -> ResetPage {
    ResetPage { inside: visitor.inside(server, Section::Users), id: guest.id, name: guest.display_name, form, mistakes }
}
