//! `/portal/{tenant}/users/{id}/convert`: somebody of the house signs in from outside from then on (Graph: invite internal
//! users).

use super::way_in::{Subject, Trouble, address, begin, respond};
use super::{Failure, failure, not_invited, sentence, with_credentials};
use crate::Server;
use crate::invitations::operations::{Invited, invite};
use crate::invitations::{InviteError, NewInvitation, handed_over};
use crate::users::{Address, Change, User};
use crate::web::answer;
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
    user: Subject,
    address: String,
    /// What a form said that came too late.
    written: Vec<(&'static str, String)>,
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Path((_, id)): Path<(String, String)>) -> Response {
    let user = with_credentials(&server, &visitor, &id).await;
    visitor.respond(&server, user.map(|user| page(&server, &visitor, Subject::of(&user), String::new())))
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<ConvertForm>,
) -> Response {
    let user = match begin(&server, &visitor, &headers, (&id, "", &form.csrf)).await {
        Ok(user) => user,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    let outcome = convert(&server, &visitor, &user, &form).await.map(|invited| {
        let done = || answer::see_other(&format!("{}?done=convert", address(&visitor, &user)));
        handed_over(&server, &visitor, &invited).unwrap_or_else(done)
    });
    respond(&server, &visitor, &user, outcome, |_: &User, subject| page(&server, &visitor, subject, form.address)).await
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

/// The page with what was typed: in its field, or beside it where the form came too late.
fn page(server: &Server, visitor: &Visitor, user: Subject, typed: String) -> ConvertPage {
    let (address, written) =
        if user.is_stale { (String::new(), vec![("Address outside", typed)]) } else { (typed, Vec::new()) };
    ConvertPage { inside: visitor.inside(server, Section::Users), user, address, written }
}
