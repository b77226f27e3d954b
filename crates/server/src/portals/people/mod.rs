//! Pages about people beside the list and the page of one: adding a member, changing what is known about somebody, another
//! password, who was removed, guests without a sponsor, who somebody reports to and who answers for them, proving oneself
//! anew, and signing in from outside.

mod convert;
mod create;
mod edit;
mod password;
mod relations;
mod removed;
mod reset;
mod unsponsored;
mod way_in;

use crate::Server;
use crate::invitations::{self, InviteError};
use crate::platform::ids::UserId;
use crate::users::operations;
use crate::users::{User, UserError};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::Router;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .merge(create::routes())
        .merge(edit::routes())
        .merge(removed::routes())
        .merge(unsponsored::routes())
        .merge(relations::routes())
        .merge(reset::routes())
        .merge(password::routes())
        .merge(convert::routes())
}

/// These pages are for those who administer users.
fn require_administrator(visitor: &Visitor) -> Result<(), Refusal> {
    if operations::may_create(&visitor.caller) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// The user, for who may give them another way to sign in; the operation decides it again.
async fn with_credentials(server: &Server, visitor: &Visitor, id: &str) -> Result<User, Refusal> {
    if !operations::may_reset(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    let id: UserId = id.parse().map_err(|_| Problem::NotFound)?;
    operations::get_to_reset(&mut server.read().await?, &visitor.caller, id).await.map_err(refusal)
}

/// Why a page is not shown.
fn refusal(error: UserError) -> Refusal {
    match failure(error, "", &[]) {
        Failure::Refusal(refusal) => refusal,
        Failure::Mistake(..) => Problem::BadRequest.into(),
    }
}

/// Why somebody was not asked to prove another address, said at the field of the address.
fn not_invited(error: InviteError) -> Failure {
    let mistake = |problem: &str| Failure::Mistake("address", sentence(problem));
    match error {
        InviteError::NoPermission => Failure::Refusal(Problem::NotAllowed.into()),
        InviteError::Database(error) => Failure::Refusal(error.into()),
        InviteError::Mail(_) => Failure::Refusal(Problem::Failure.into()),
        InviteError::TooMany { until, .. } => mistake(&invitations::too_many_sentence(until)),
        error => mistake(&error.to_string()),
    }
}

/// Why a form was not carried out.
enum Failure {
    /// A field, and what is wrong with it.
    Mistake(&'static str, String),
    /// A page of its own.
    Refusal(Refusal),
}

/// A refusal in plain words. `field` is where it stands when no field of the form has the name of the property.
fn failure(error: UserError, field: &'static str, fields: &[(&str, &'static str)]) -> Failure {
    let place = |property: &str| {
        let known = fields.iter().find(|(name, _)| *name == property).map(|(_, field)| *field);
        known.unwrap_or(field)
    };
    match error {
        UserError::Invalid { property, problem } => Failure::Mistake(place(property), sentence(&problem)),
        UserError::Taken(property) => Failure::Mistake(place(property), "Somebody else has this already.".to_owned()),
        UserError::Exists(property) => Failure::Mistake(place(property), "This is so already.".to_owned()),
        UserError::Changed => {
            Failure::Mistake(field, "The user was changed in the meantime. Look again, then decide.".to_owned())
        }
        UserError::LastAdministrator => Failure::Mistake(
            field,
            "Nobody could look after the organisation any more. Make somebody else an administrator first.".to_owned(),
        ),
        UserError::Denied | UserError::NoPerson => Failure::Refusal(Problem::NotAllowed.into()),
        UserError::NotFound(_) => Failure::Refusal(Problem::NotFound.into()),
        UserError::Machine => Failure::Refusal(Problem::Unavailable.into()),
        UserError::Storage(error) => Failure::Refusal(error.into()),
    }
}

/// A problem as it stands in an error of the API, as a sentence.
fn sentence(problem: &str) -> String {
    let mut letters = problem.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if problem.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
