//! `/portal/{tenant}/settings/token-lifetimes`: how long tokens are good, in policies that apps are given (Graph: tokenLifetimePolicy).

mod form;
mod list;
mod one;

use super::failure::Failure;
use super::settings::sentence;
use crate::Server;
use crate::token_lifetimes::LifetimeError;
use crate::token_lifetimes::operations::check_may_write;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/settings/token-lifetimes", get(list::show).post(list::create))
        .route("/portal/{tenant}/settings/token-lifetimes/{lifetime_policy}", get(one::show))
        .route("/portal/{tenant}/settings/token-lifetimes/{lifetime_policy}/{part}", post(one::submit))
}

/// The call behind the pages.
const CALL: &str = "/v1.0/policies/tokenLifetimePolicies";

/// What can be written as a time.
const TIME: &str = "Write hours, minutes and seconds, such as 01:30:00: 10 minutes at least, and 1.00:00:00, which is one day, at most.";

impl From<LifetimeError> for Failure {
    fn from(error: LifetimeError) -> Self {
        match error {
            LifetimeError::Denied => Problem::NotAllowed.into(),
            LifetimeError::NotFound(_) => Problem::NotFound.into(),
            // Of a definition the form has the time alone.
            LifetimeError::Invalid("definition", _) => Self::Mistake("lifetime", TIME.to_owned()),
            LifetimeError::Invalid("tokenLifetimePolicies", problem) => Self::Mistake("", sentence(&problem)),
            LifetimeError::Invalid(property, problem) => Self::Mistake(property, sentence(&problem)),
            LifetimeError::HasOne | LifetimeError::Changed => Self::Stale,
            LifetimeError::Storage(error) => error.into(),
        }
    }
}

/// The policies are for those who may change them.
fn require_manager(visitor: &Visitor) -> Result<(), Refusal> {
    check_may_write(&visitor.caller).map_err(|_| Problem::NotAllowed.into())
}

/// Where the list of policies is.
fn list_of(visitor: &Visitor) -> String {
    format!("{}/settings/token-lifetimes", visitor.base())
}

/// The page before the list, and its name: who manages apps alone has no settings.
fn before(inside: &Inside) -> (String, &'static str) {
    let section = if inside.sections.contains(&Section::Settings) { Section::Settings } else { Section::Apps };
    (format!("{}{}", inside.base, section.path()), section.name())
}
