//! Why a form did nothing, and how a form is answered.

use super::settings::sentence;
use crate::Server;
use crate::tenants::SettingsError;
use crate::web::answer;
use crate::web::complaint::{Answers, Complaint, Feedback};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// Why nothing was changed.
pub(super) enum Failure {
    /// A field, or nothing for the form as a whole, and what is wrong as a sentence.
    Mistake(&'static str, String),
    /// The form shows what is not stored any more.
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
            SettingsError::Invalid(property, problem) => Self::Mistake(property, sentence(&problem)),
            SettingsError::Changed => Self::Stale,
            SettingsError::NotAllowed => Problem::NotAllowed.into(),
            SettingsError::Database(error) => error.into(),
        }
    }
}

/// Why the page of a form is shown again.
pub(super) enum ShownAgain {
    /// Something is wrong with what was written, which stays in the form.
    Mistake(Complaint),
    /// The form shows what is not stored any more. The page shows what is, and beside it what was written.
    Stale,
}

/// What is said of a form that shows what is not stored any more.
pub(super) const STALE: &str = "Somebody changed it after you opened the page. Below stands what is stored now.";

/// The same on the page of the form, with what it said otherwise than what is stored.
pub(super) fn stale(written: Answers) -> Feedback {
    Feedback::with_written(Complaint::at("", STALE), written)
}

/// Answers a form: leads to the address that `outcome` has, or shows the page that `again` makes, or the page that says why not.
pub(super) async fn respond<P: Template>(
    server: &Server,
    visitor: &Visitor,
    outcome: Result<String, Failure>,
    again: impl AsyncFnOnce(ShownAgain) -> Result<P, Refusal>,
) -> Response {
    let (status, why) = match outcome {
        Ok(address) => return answer::see_other(&address),
        Err(Failure::Refusal(refusal)) => return visitor.refuse(server, refusal),
        Err(Failure::Mistake(field, problem)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, ShownAgain::Mistake(Complaint::at(field, problem)))
        }
        Err(Failure::Stale) => (StatusCode::CONFLICT, ShownAgain::Stale),
    };
    visitor.respond_as(server, status, again(why).await)
}
