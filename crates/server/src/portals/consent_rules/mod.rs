//! `/portal/{tenant}/consent-rules`: what people may let apps do for them, in rules that the organisation makes itself (Graph:
//! permissionGrantPolicy).

mod change;
mod conditions;
mod form;
mod list;
mod one;
mod words;

use super::failure::Failure;
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

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Settings(error) => of_settings(error),
            PolicyError::Exists => Self::Mistake("id", "Another rule has this id.".to_owned()),
            PolicyError::Assigned => {
                Self::Mistake("", "The rule holds for people. Let it hold no more first.".to_owned())
            }
            PolicyError::NotFound(_) | PolicyError::BuiltIn => Problem::NotFound.into(),
            PolicyError::Storage(error) => error.into(),
        }
    }
}

/// Why the settings do not let a rule hold, or do not let it go.
fn of_settings(error: SettingsError) -> Failure {
    match error {
        // Somebody removed the rule meanwhile.
        SettingsError::Invalid("permissionGrantPoliciesAssigned", _) => Problem::NotFound.into(),
        error => error.into(),
    }
}

/// The rules are for those who may change them.
fn require_manager(visitor: &Visitor) -> Result<(), Refusal> {
    check_may_write(&visitor.caller).map_err(|_| Problem::NotAllowed.into())
}

/// Where the list of rules is.
fn list_of(visitor: &Visitor) -> String {
    format!("{}/consent-rules", visitor.base())
}
