//! Why somebody is not invited, or an invitation is not changed.

use super::landing::LandingError;
use super::new_invitation::GROUPS;
use crate::graph::Error;
use crate::platform::ids::{GroupId, UserId};
use crate::platform::{Timestamp, clock};
use crate::service_principals::AssignError;
use crate::users::{AddressError, UserError};
use axum::http::StatusCode;

/// A refusal or failure; each becomes one answer of the API and one sentence of the form.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The token carries no permission for this.
    #[error("Insufficient privileges to complete the operation.")]
    NoPermission,
    /// The tenant does not let this caller invite.
    #[error("Guest invitations not allowed for your company. Contact your company administrator for more details.")]
    NotAllowed,
    /// The tenant lets nobody invite. Programs read the same as under [`Self::NotAllowed`]; people are told the reason.
    #[error("Guest invitations not allowed for your company. Contact your company administrator for more details.")]
    SwitchedOff,
    /// A property that must be given is not.
    #[error("a value is required")]
    Missing(&'static str),
    /// A property with a value that is refused.
    #[error("{1}")]
    Property(&'static str, String),
    /// The address.
    #[error("{0}")]
    Address(#[from] AddressError),
    /// Where the invitation would lead.
    #[error("{0}")]
    Landing(#[from] LandingError),
    /// The address is of the house.
    #[error("The domain of the email address belonging to the invited user is a verified domain of this directory.")]
    OwnDomain,
    /// Somebody of the house signs in with this address.
    #[error(
        "The invited user already exists in the directory as object ID: {0}. They can use that account to sign in to \
         shared apps and resources."
    )]
    MemberExists(UserId),
    /// Somebody of the house has this address.
    #[error("Non-external user already exists with the given mail address and can't be invited.")]
    MailOfMember,
    /// The list of domains stands against it.
    #[error("The domain {0} is blocked: your organization's policy does not allow invitations to it.")]
    DomainBlocked(String),
    /// Another object has the name the guest would get.
    #[error("Another object with the same value for property userPrincipalName already exists.")]
    NameTaken,
    /// The inviter may not put people into this group.
    #[error("Insufficient privileges to add members to the group {0}.")]
    GroupDenied(GroupId),
    /// There is no such invitation, or the caller may not see it.
    #[error("there is no invitation {0}")]
    NotFound(String),
    /// It was accepted, withdrawn or replaced.
    #[error("The invitation is no longer open: it was accepted, revoked or replaced by a newer one.")]
    NotOpen,
    /// Who is to prove themselves anew was changed since the inviter saw them.
    #[error("The user was changed in the meantime.")]
    Changed,
    /// The mailbox wants no further invitations of the tenant.
    #[error("The mailbox wants no further invitations from this organization, so none is sent again.")]
    MailboxRefuses,
    /// A limit on mails stands against it until then.
    #[error("no further invitation mail is possible at the moment")]
    TooMany {
        /// When it can be repeated.
        until: Timestamp,
        /// The same as whole seconds from now.
        seconds: u32,
    },
    /// The text of the mail could not be written; a defect of ours.
    #[error("the mail could not be written: {0}")]
    Mail(#[from] askama::Error),
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl InviteError {
    /// A limit that ends then.
    pub fn too_many(until: Timestamp, now: Timestamp) -> Self {
        Self::TooMany { until, seconds: clock::seconds_until(until, now) }
    }

    /// The property of Graph's invitation that is at fault.
    pub fn property(&self) -> Option<&'static str> {
        match self {
            Self::Missing(name) | Self::Property(name, _) => Some(name),
            Self::Address(_)
            | Self::OwnDomain
            | Self::MemberExists(_)
            | Self::MailOfMember
            | Self::DomainBlocked(_) => Some("invitedUserEmailAddress"),
            Self::Landing(_) => Some("inviteRedirectUrl"),
            Self::GroupDenied(_) => Some(GROUPS),
            _ => None,
        }
    }
}

/// Whoever was changed or deleted in between is read anew by the next try.
impl From<UserError> for InviteError {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Invalid { property, problem } => Self::Property(property, problem),
            UserError::Changed | UserError::NotFound(_) => Self::Database(database::Error::Conflict(error.to_string())),
            UserError::Storage(error) => Self::Database(error),
            UserError::Taken(property) | UserError::Exists(property) => Self::Property(property, error.to_string()),
            UserError::Machine => Self::Database(database::Error::TooLong),
            UserError::Denied | UserError::NoPerson | UserError::LastAdministrator => Self::NoPermission,
        }
    }
}

impl From<AssignError> for InviteError {
    fn from(error: AssignError) -> Self {
        match error {
            AssignError::Denied => Self::NoPermission,
            AssignError::Storage(error) => Self::Database(error),
            other => Self::Property("appRoleAssignments", other.to_string()),
        }
    }
}

impl From<InviteError> for Error {
    fn from(error: InviteError) -> Self {
        let refused = |error: &InviteError| {
            let answer = Self::new(StatusCode::BAD_REQUEST, "BadRequest", error.to_string());
            match error.property() {
                Some(name) => answer.with_target(name),
                None => answer,
            }
        };
        let error = match error {
            InviteError::Database(error) => return error.into(),
            other => other,
        };
        match &error {
            InviteError::NoPermission => Self::denied(),
            InviteError::GroupDenied(_) => {
                Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", error.to_string()).with_target(GROUPS)
            }
            InviteError::NotAllowed | InviteError::SwitchedOff => {
                Self::new(StatusCode::FORBIDDEN, "Forbidden", error.to_string())
            }
            InviteError::TooMany { seconds, .. } => Self::too_many_requests(*seconds),
            InviteError::Missing(name) | InviteError::Property(name, _) => Self::invalid_property(name, &error),
            InviteError::Address(_) => Self::invalid_property("invitedUserEmailAddress", &error),
            InviteError::Landing(_) => Self::invalid_property("inviteRedirectUrl", &error),
            InviteError::OwnDomain
            | InviteError::MemberExists(_)
            | InviteError::MailOfMember
            | InviteError::DomainBlocked(_) => refused(&error),
            InviteError::NameTaken => Self::bad_request(error.to_string()).with_target("userPrincipalName"),
            InviteError::NotFound(id) => Self::not_found(id),
            InviteError::Changed => Self::precondition_failed(),
            InviteError::NotOpen | InviteError::MailboxRefuses => {
                Self::new(StatusCode::CONFLICT, "ObjectConflict", error.to_string())
            }
            InviteError::Mail(_) | InviteError::Database(_) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "UnknownError", "The request could not be completed.")
                    .caused_by(error)
            }
        }
    }
}
