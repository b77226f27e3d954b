//! Why a form did nothing: said on its page, or on a page of its own.

pub use crate::web::complaint::{Complaint, Feedback};

use crate::Server;
use crate::applications::{ApplicationError, Invalid};
use crate::graph::Caller;
use crate::service_principals::grants::GrantError;
use crate::service_principals::{AssignError, ServicePrincipalError};
use crate::token_lifetimes::LifetimeError;
use crate::users;
use crate::users::operations::NotOne;
use crate::web::answer;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// Why a form did nothing.
pub enum Trouble {
    /// Something the person can put right on the page they look at.
    Said(Complaint),
    /// Somebody stored something else after the page was opened.
    Stale,
    /// The page itself is refused.
    Refused(Refusal),
}

impl Complaint {
    /// What is said of a form that shows what is not stored any more.
    pub fn stale() -> Self {
        Self::at("", "Somebody changed this app after you opened the page. Below stands what is stored now.")
    }
}

impl Trouble {
    /// A sentence about one field.
    pub fn at(field: &'static str, sentence: impl Into<String>) -> Self {
        Self::Said(Complaint::at(field, sentence))
    }

    /// A sentence about the whole form.
    fn said(sentence: impl Into<String>) -> Self {
        Self::at("", sentence)
    }

    /// Nobody was found by what was typed. Whoever may not list people is told how they find somebody, and not to invite them: that
    /// would be no answer about somebody who is here.
    pub fn nobody(caller: &Caller, error: NotOne) -> Self {
        match error {
            NotOne::Form(_) | NotOne::Nobody if !users::knows_others(caller) => {
                Self::at("address", "You find nobody by this. Try the name they have here, or the id.")
            }
            error => error.into(),
        }
    }

    /// The status and the sentence of a page that shows the form again; otherwise the page that is shown instead.
    pub fn shown(self) -> Result<(StatusCode, Complaint), Refusal> {
        match self {
            Self::Said(complaint) => Ok((StatusCode::BAD_REQUEST, complaint)),
            Self::Stale => Ok((StatusCode::CONFLICT, Complaint::stale())),
            Self::Refused(refusal) => Err(refusal),
        }
    }

    /// The same about another field, where a page calls a field differently.
    pub fn moved(self, from: &str, to: &'static str) -> Self {
        match self {
            Self::Said(complaint) if complaint.field == from => Self::at(to, complaint.sentence),
            other => other,
        }
    }
}

/// Answers a form: leads to the address that `outcome` has, or shows the page that `again` makes with the status and what is wrong,
/// or the page that says why not.
pub async fn respond<P: Template>(
    server: &Server,
    visitor: &Visitor,
    outcome: Result<String, Trouble>,
    again: impl AsyncFnOnce(StatusCode, Complaint) -> Result<P, Refusal>,
) -> Response {
    match outcome.map_err(Trouble::shown) {
        Ok(address) => answer::see_other(&address),
        Err(Ok((status, complaint))) => visitor.respond_as(server, status, again(status, complaint).await),
        Err(Err(refusal)) => visitor.refuse(server, refusal),
    }
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
            ApplicationError::NoSuchSecret => Self::said("This secret was removed already."),
            ApplicationError::Invalid(Invalid { property, problem }) => {
                Self::at(field(property), format!("{}: {problem}.", label(property)))
            }
            ApplicationError::NoObject(_) => Self::said("They are no owner any more."),
            ApplicationError::IsOwner => Self::at("owner", "They are an owner already."),
            ApplicationError::LastOwner => Self::said("They are the last owner. Name another one first."),
            ApplicationError::NoCredential(_) => Self::said("This identity is not trusted any more."),
            ApplicationError::Taken("subject") => {
                Self::at("subject", "The app trusts this subject of this issuer already.")
            }
            ApplicationError::Taken(property) => {
                Self::at(field(property), format!("{}: another one of the app has this value.", label(property)))
            }
            ApplicationError::Changed => Self::Stale,
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
            ServicePrincipalError::Changed => Self::Stale,
            ServicePrincipalError::Exists | ServicePrincipalError::DirectoryApi => Self::said(format!("{error}.")),
        }
    }
}

impl From<AssignError> for Trouble {
    fn from(error: AssignError) -> Self {
        match error {
            AssignError::Denied => Problem::NotAllowed.into(),
            AssignError::Resource => Problem::NotFound.into(),
            AssignError::NotFound(_) => Self::said("This assignment was removed already."),
            AssignError::Exists => Self::at("role", "They have this role already."),
            AssignError::Role => {
                Self::at("role", "The app has no such role for people and groups. Choose one of its roles.")
            }
            AssignError::Principal => Self::at("address", "There is nobody with this address here."),
            AssignError::Storage(error) => error.into(),
        }
    }
}

impl From<GrantError> for Trouble {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Denied => Problem::NotAllowed.into(),
            GrantError::NotFound(_) => Self::said("This was taken back already."),
            GrantError::Invalid(_, problem) => Self::said(format!("{problem}.")),
            GrantError::Exists => Self::Stale,
            GrantError::Storage(error) => error.into(),
        }
    }
}

impl From<LifetimeError> for Trouble {
    fn from(error: LifetimeError) -> Self {
        match error {
            LifetimeError::Denied => Problem::NotAllowed.into(),
            LifetimeError::NotFound(_) => Problem::NotFound.into(),
            LifetimeError::Invalid(_, problem) => Self::said(format!("{problem}.")),
            LifetimeError::HasOne | LifetimeError::Changed => Self::Stale,
            LifetimeError::Storage(error) => error.into(),
        }
    }
}

impl From<NotOne> for Trouble {
    fn from(error: NotOne) -> Self {
        match error {
            NotOne::Form(_) => Self::at("address", "There is nobody and no group of this name here."),
            NotOne::Nobody => Self::at("address", "There is nobody with this address here. Invite them first."),
            NotOne::Several => Self::at("address", "Several people have this address. Use the name they have here."),
            NotOne::Storage(error) => error.into(),
        }
    }
}

/// The field of the page that fills a property; empty for one that several forms change.
fn field(property: &str) -> &'static str {
    match property {
        "displayName" | "name" => "name",
        "web.redirectUris" => "web",
        "spa.redirectUris" => "spa",
        "publicClient.redirectUris" => "public",
        "web.homePageUrl" => "home",
        "web.logoutUrl" => "logout",
        "signInAudience" => "audience",
        "passwordCredential.endDateTime" => "until",
        "passwordCredential.displayName" => "purpose",
        "keyCredentials" => "certificate",
        "issuer" => "issuer",
        "subject" => "subject",
        "audiences" => "audience",
        "description" => "description",
        "targetObjects" => "target",
        "tags" => "tags",
        "notes" => "notes",
        "logo" => "logo",
        _ => "",
    }
}

/// What a property is called on the page.
fn label(property: &str) -> &str {
    match property {
        "displayName" | "name" => "Name",
        "web.redirectUris" => "Redirect addresses of a server",
        "spa.redirectUris" => "Redirect addresses of a page in the browser",
        "publicClient.redirectUris" => "Redirect addresses of a program on a device",
        "web.homePageUrl" => "Home page",
        "web.logoutUrl" => "Sign-out address",
        "signInAudience" => "Who can sign in",
        "appRoles" => "Roles",
        "identifierUris" => "Names as an API",
        "api.oauth2PermissionScopes" => "Scopes",
        "requiredResourceAccess" => "What it needs",
        "passwordCredential.endDateTime" => "The end",
        "passwordCredential.displayName" => "What the secret is for",
        "keyCredentials" => "Certificate",
        "passwordCredentials" => "Secrets",
        "issuer" => "Issuer",
        "subject" => "Subject",
        "audiences" => "Audience",
        "description" => "What it is for",
        "federatedIdentityCredentials" => "Federated credentials",
        "targetObjects" => "What has it",
        "extensionProperties" => "Extension properties",
        "tags" => "Tags",
        "notes" => "Notes",
        "logo" => "Logo",
        other => other,
    }
}
