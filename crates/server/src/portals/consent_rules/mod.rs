//! `/portal/{tenant}/consent-rules`: what people may let apps do for them, in rules that the organisation makes itself (Graph:
//! permissionGrantPolicy).

mod change;
mod conditions;
mod list;
mod one;
mod words;

use super::settings::sentence;
use crate::Server;
use crate::tenants::SettingsError;
use crate::tenants::grant_policies::operations::{PolicyError, check_may_write};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/consent-rules", get(list::show).post(list::create))
        .route("/portal/{tenant}/consent-rules/{grant_policy}", get(one::show))
        .route("/portal/{tenant}/consent-rules/{grant_policy}/{part}", post(change::submit))
}

/// Why nothing was changed.
enum Failure {
    /// A field, or nothing for the rule as a whole, and what is wrong as a sentence.
    Mistake(&'static str, String),
    /// The page shows what is not stored any more.
    Stale,
    /// A page of its own.
    Refusal(Refusal),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Refusal(problem.into())
    }
}

impl From<database::Error> for Failure {
    fn from(error: database::Error) -> Self {
        Self::Refusal(error.into())
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        match error {
            // Somebody removed the rule meanwhile.
            SettingsError::Invalid("permissionGrantPoliciesAssigned", _) => Problem::NotFound.into(),
            SettingsError::Invalid(property, problem) => Self::Mistake(property, sentence(&problem)),
            SettingsError::Changed => Self::Stale,
            SettingsError::NotAllowed => Problem::NotAllowed.into(),
            SettingsError::Database(error) => error.into(),
        }
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Settings(error) => error.into(),
            PolicyError::Exists => Self::Mistake("id", "Another rule has this id.".to_owned()),
            PolicyError::Assigned => {
                Self::Mistake("", "The rule holds for people. Let it hold no more first.".to_owned())
            }
            PolicyError::NotFound(_) | PolicyError::BuiltIn => Problem::NotFound.into(),
            PolicyError::Storage(error) => error.into(),
        }
    }
}

/// The rules are for those who may change them.
fn require_manager(visitor: &Visitor) -> Result<(), Refusal> {
    check_may_write(&visitor.caller).map_err(|_| Problem::NotAllowed.into())
}
