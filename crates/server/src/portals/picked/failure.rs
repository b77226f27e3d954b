//! Why something was not done to one of them, in plain words.

use crate::applications::ApplicationError;
use crate::graph::Error;
use crate::groups::GroupError;
use crate::portals::guest::Failure;
use crate::service_principals::{AssignError, ServicePrincipalError};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use axum::http::StatusCode;

/// The sentence beside the name.
pub(super) fn reason(failure: Failure) -> String {
    let refusal = match failure {
        Failure::Sentence(sentence) => return sentence,
        Failure::Refusal(refusal) => refusal,
    };
    refusal.log();
    match refusal.problem() {
        Problem::NotAllowed => "You may not do this.",
        Problem::NotFound => "Not here any more.",
        _ => "The server could not do it now. Try again in a minute.",
    }
    .to_owned()
}

/// A refusal of the API as a page says it. Its cause is told to the operator.
pub(super) fn refusal(error: &Error) -> Refusal {
    if error.status().is_server_error() {
        tracing::error!(?error, "something that was removed could not be read or purged");
    }
    match error.status() {
        StatusCode::FORBIDDEN => Problem::NotAllowed,
        StatusCode::NOT_FOUND => Problem::NotFound,
        StatusCode::SERVICE_UNAVAILABLE => Problem::Unavailable,
        status if status.is_server_error() => Problem::Failure,
        _ => Problem::BadRequest,
    }
    .into()
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

impl From<GroupError> for Failure {
    fn from(error: GroupError) -> Self {
        let sentence = match error {
            GroupError::Denied => return Problem::NotAllowed.into(),
            GroupError::NotFound(_) => return Problem::NotFound.into(),
            GroupError::Storage(error) => return error.into(),
            GroupError::NoObject(_) => "It does not belong to the group any more.".to_owned(),
            GroupError::Linked(_) => "It belongs to the group already.".to_owned(),
            GroupError::Cycle => "The group would belong to itself.".to_owned(),
            GroupError::Dynamic => "Who belongs to this group follows from its rule.".to_owned(),
            GroupError::Changed => "It was changed in the meantime. Look again, then decide.".to_owned(),
            GroupError::Invalid { problem, .. } => format!("{problem}."),
        };
        Self::Sentence(sentence)
    }
}

impl From<ApplicationError> for Failure {
    fn from(error: ApplicationError) -> Self {
        match error {
            ApplicationError::Denied => Problem::NotAllowed.into(),
            ApplicationError::NotFound(_) => Problem::NotFound.into(),
            ApplicationError::Storage(error) => error.into(),
            ApplicationError::Changed
            | ApplicationError::NoSuchSecret
            | ApplicationError::Invalid(_)
            | ApplicationError::NoObject(_)
            | ApplicationError::NoCredential(_)
            | ApplicationError::Taken(_)
            | ApplicationError::IsOwner
            | ApplicationError::LastOwner => {
                Self::Sentence("The app was changed in the meantime. Look again, then decide.".to_owned())
            }
        }
    }
}

impl From<ServicePrincipalError> for Failure {
    fn from(error: ServicePrincipalError) -> Self {
        let sentence = match error {
            ServicePrincipalError::Denied => return Problem::NotAllowed.into(),
            ServicePrincipalError::NotFound(_) => return Problem::NotFound.into(),
            ServicePrincipalError::Storage(error) => return error.into(),
            ServicePrincipalError::Application(error) => return error.into(),
            ServicePrincipalError::NoApplication(_) => {
                "Its registration is gone too. Bring that back first; that of another organisation only they can offer again."
            }
            ServicePrincipalError::Exists => "The app has another service principal by now. Remove that one first.",
            ServicePrincipalError::DirectoryApi => "The directory API belongs to the directory.",
            ServicePrincipalError::Changed => "It was changed in the meantime. Look again, then decide.",
        };
        Self::Sentence(sentence.to_owned())
    }
}

impl From<AssignError> for Failure {
    fn from(error: AssignError) -> Self {
        let sentence = match error {
            AssignError::Denied => return Problem::NotAllowed.into(),
            AssignError::Resource | AssignError::Principal => return Problem::NotFound.into(),
            AssignError::Storage(error) => return error.into(),
            AssignError::NotFound(_) => "This was taken back already.",
            AssignError::Exists => "They have this role already.",
            AssignError::Role => "The app has no such role for people and groups any more.",
        };
        Self::Sentence(sentence.to_owned())
    }
}
