//! Why a form did nothing: said on its page, or on a page of its own.

use crate::applications::{ApplicationError, Invalid};
use crate::service_principals::{AssignError, ServicePrincipalError};
use crate::users::operations::NotOne;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;

/// Why a form did nothing.
pub enum Trouble {
    /// Something the person can put right on the page they look at.
    Said(String),
    /// The page itself is refused.
    Refused(Refusal),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.into())
    }
}

impl From<database::Error> for Trouble {
    fn from(error: database::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<ApplicationError> for Trouble {
    fn from(error: ApplicationError) -> Self {
        match error {
            ApplicationError::Denied => Problem::NotAllowed.into(),
            ApplicationError::NotFound(_) => Problem::NotFound.into(),
            ApplicationError::NoSuchSecret => Self::Said("This secret was removed already.".to_owned()),
            ApplicationError::Invalid(Invalid { property, problem }) => {
                Self::Said(format!("{}: {problem}.", field(property)))
            }
            ApplicationError::Changed => Self::Said("Somebody else changed this app at the same time.".to_owned()),
            ApplicationError::Storage(error) => error.into(),
        }
    }
}

impl From<ServicePrincipalError> for Trouble {
    fn from(error: ServicePrincipalError) -> Self {
        match error {
            ServicePrincipalError::Denied => Problem::NotAllowed.into(),
            ServicePrincipalError::NotFound(_) | ServicePrincipalError::NoApplication(_) => Problem::NotFound.into(),
            ServicePrincipalError::Application(error) => error.into(),
            ServicePrincipalError::Storage(error) => error.into(),
            ServicePrincipalError::Changed => Self::Said("Somebody else changed this app at the same time.".to_owned()),
            ServicePrincipalError::Exists | ServicePrincipalError::DirectoryApi => Self::Said(format!("{error}.")),
        }
    }
}

impl From<AssignError> for Trouble {
    fn from(error: AssignError) -> Self {
        match error {
            AssignError::Denied => Problem::NotAllowed.into(),
            AssignError::Resource => Problem::NotFound.into(),
            AssignError::NotFound(_) => Self::Said("This assignment was removed already.".to_owned()),
            AssignError::Exists => Self::Said("This person has this role already.".to_owned()),
            AssignError::Role => Self::Said("The app has no such role for people. Choose one of its roles.".to_owned()),
            AssignError::Principal => Self::Said("There is nobody with this address here.".to_owned()),
            AssignError::Storage(error) => error.into(),
        }
    }
}

impl From<NotOne> for Trouble {
    fn from(error: NotOne) -> Self {
        match error {
            NotOne::Form(problem) => Self::Said(format!("Address: {problem}.")),
            NotOne::Nobody => Self::Said("There is nobody with this address here. Invite them first.".to_owned()),
            NotOne::Several => Self::Said("Several people have this address. Use the name they have here.".to_owned()),
            NotOne::Storage(error) => error.into(),
        }
    }
}

/// What a property is called on the page.
fn field(property: &str) -> &str {
    match property {
        "displayName" => "Name",
        "web.redirectUris" => "Redirect addresses of a server",
        "spa.redirectUris" => "Redirect addresses of a page in the browser",
        "publicClient.redirectUris" => "Redirect addresses of a program on a device",
        "web.homePageUrl" => "Home page",
        "web.logoutUrl" => "Sign-out address",
        "appRoles" => "Roles",
        "passwordCredential.displayName" => "What the secret is for",
        other => other,
    }
}
