//! The lists in which several rows can be picked.

use crate::Server;
use crate::applications::operations::{get_to_write, may_register, may_write};
use crate::applications::{ApplicationError, Key, owner_store};
use crate::graph::Caller;
use crate::groups;
use crate::platform::ids::{ApplicationId, GroupId, ServicePrincipalId};
use crate::portals::guest::counted;
use crate::service_principals::{ServicePrincipalError, foreign};
use crate::users::operations::may_create;
use crate::web::pages::Problem;
use crate::web::picks::BulkAction;
use crate::web::portal::Refusal;
use crate::web::shell::Section;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Members and guests, and those of them that were removed.
    Users,
    /// Groups, and those that were removed.
    Groups,
    /// Registrations of apps, and those that were removed.
    Apps,
    /// Apps of other organisations that were removed, and service principals that were while their registration stayed.
    Principals,
    /// Invitations.
    Invitations,
    /// Who belongs to a group.
    Members(GroupId),
    /// Who may use an app.
    Assignments(ApplicationId),
    /// Who may use an app of another organisation.
    ForeignAssignments(ServicePrincipalId),
}

impl List {
    /// Whether this can be done with what is picked here.
    pub(super) fn takes(self, action: BulkAction) -> bool {
        let (offered, further): (&[BulkAction], &[BulkAction]) = match self {
            Self::Users => (&BulkAction::USERS, &BulkAction::REMOVED),
            Self::Groups | Self::Apps => (&BulkAction::OBJECTS, &BulkAction::REMOVED),
            Self::Principals => (&BulkAction::REMOVED, &BulkAction::OBJECTS),
            Self::Invitations => (&BulkAction::INVITATIONS, &[]),
            Self::Members(_) => (&BulkAction::MEMBERS, &[BulkAction::PutIn]),
            Self::Assignments(_) | Self::ForeignAssignments(_) => (&BulkAction::ASSIGNMENTS, &[BulkAction::Assign]),
        };
        offered.contains(&action) || further.contains(&action)
    }

    /// The part of the admin centre.
    pub(super) const fn section(self) -> Section {
        match self {
            Self::Users => Section::Users,
            Self::Groups | Self::Members(_) => Section::Groups,
            Self::Apps | Self::Principals | Self::Assignments(_) | Self::ForeignAssignments(_) => Section::Apps,
            Self::Invitations => Section::Invitations,
        }
    }

    /// Where the list stands, behind the path of the admin centre.
    pub(super) fn path(self) -> String {
        match self {
            Self::Users => "/users".to_owned(),
            Self::Groups => "/groups".to_owned(),
            Self::Apps => "/apps".to_owned(),
            Self::Principals => "/apps/removed/principals".to_owned(),
            Self::Invitations => "/invitations".to_owned(),
            Self::Members(group) => format!("/groups/{group}"),
            Self::Assignments(app) => format!("/apps/{app}"),
            Self::ForeignAssignments(app) => format!("/apps/foreign/{app}"),
        }
    }

    /// Where its form goes, behind the path of the admin centre.
    pub(super) fn form(self) -> String {
        match self {
            Self::Members(group) => format!("/groups/{group}/members/picked"),
            Self::Assignments(_) | Self::ForeignAssignments(_) => format!("{}/assignments/picked", self.path()),
            Self::Users | Self::Groups | Self::Apps | Self::Principals | Self::Invitations => {
                format!("{}/picked", self.path())
            }
        }
    }

    /// What the way back is called.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Users => "Users",
            Self::Groups => "Groups",
            Self::Apps => "Apps",
            Self::Principals => "Removed service principals",
            Self::Invitations => "Invitations",
            Self::Members(_) => "The group",
            Self::Assignments(_) | Self::ForeignAssignments(_) => "The app",
        }
    }

    /// So many of what is picked here.
    pub(super) fn counted(self, number: usize) -> String {
        let (one, many) = match self {
            Self::Users => ("person", "people"),
            Self::Groups => ("group", "groups"),
            Self::Apps => ("app", "apps"),
            Self::Principals => ("service principal", "service principals"),
            Self::Invitations => ("invitation", "invitations"),
            Self::Members(_) => ("member", "members"),
            Self::Assignments(_) | Self::ForeignAssignments(_) => ("assignment", "assignments"),
        };
        counted(number, one, many)
    }

    /// The kind of object that is removed here and can be brought back (Graph: `@odata.type`).
    pub(super) const fn kind(self) -> Option<&'static str> {
        match self {
            Self::Users => Some("#microsoft.graph.user"),
            Self::Groups => Some("#microsoft.graph.group"),
            Self::Apps => Some("#microsoft.graph.application"),
            Self::Principals => Some("#microsoft.graph.servicePrincipal"),
            Self::Invitations | Self::Members(_) | Self::Assignments(_) | Self::ForeignAssignments(_) => None,
        }
    }

    /// Refuses whoever finds no boxes in this list. What may be done with one row is decided when it is done.
    pub(super) async fn require(self, server: &Server, caller: &Caller) -> Result<(), Refusal> {
        let may = match self {
            Self::Users => may_create(caller),
            Self::Groups => groups::is_manager(caller),
            Self::Members(group) => groups::looks_after(&mut server.read().await?, caller, group).await?,
            Self::Apps => sees_apps(server, caller).await?,
            Self::Principals => may_write(caller),
            Self::Invitations => true,
            Self::Assignments(app) => return require_app(server, caller, app).await,
            Self::ForeignAssignments(app) => return require_foreign(server, caller, app).await,
        };
        if may { Ok(()) } else { Err(Problem::NotAllowed.into()) }
    }
}

/// Whether the list of apps has anything for the caller: all of them, new ones, or those they own.
async fn sees_apps(server: &Server, caller: &Caller) -> database::Result<bool> {
    if may_write(caller) || may_register(caller) {
        return Ok(true);
    }
    let Some(person) = caller.user() else { return Ok(false) };
    let mut tx = server.read().await?;
    Ok(!owner_store::list_owned(&mut tx, caller.tenant, person.id.into(), (None, None), 1).await?.is_empty())
}

async fn require_app(server: &Server, caller: &Caller, app: ApplicationId) -> Result<(), Refusal> {
    let mut tx = server.read().await?;
    match get_to_write(&mut tx, caller, Key::Id(app)).await {
        Ok(_) => Ok(()),
        Err(ApplicationError::Storage(error)) => Err(error.into()),
        Err(ApplicationError::Denied) => Err(Problem::NotAllowed.into()),
        Err(_) => Err(Problem::NotFound.into()),
    }
}

async fn require_foreign(server: &Server, caller: &Caller, app: ServicePrincipalId) -> Result<(), Refusal> {
    let mut tx = server.read().await?;
    match foreign::get_to_write(&mut tx, caller, app).await {
        Ok(_) => Ok(()),
        Err(ServicePrincipalError::Storage(error)) => Err(error.into()),
        Err(ServicePrincipalError::Denied) => Err(Problem::NotAllowed.into()),
        Err(_) => Err(Problem::NotFound.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const LISTS: [List; 8] = [
        List::Users,
        List::Groups,
        List::Apps,
        List::Principals,
        List::Invitations,
        List::Members(GroupId(Uuid::nil())),
        List::Assignments(ApplicationId(Uuid::nil())),
        List::ForeignAssignments(ServicePrincipalId(Uuid::nil())),
    ];

    #[test]
    fn what_can_be_done_in_a_list_can_be_undone_there() {
        for list in LISTS {
            for (action, _) in BulkAction::NAMES {
                let undone_by = action.undone_by().filter(|_| list.takes(action));
                assert!(undone_by.is_none_or(|other| list.takes(other)), "{list:?} {action:?}");
            }
        }
    }

    #[test]
    fn every_action_is_one_of_some_list_and_what_is_brought_back_has_a_kind() {
        for (action, _) in BulkAction::NAMES {
            assert!(LISTS.iter().any(|list| list.takes(action)), "{action:?}");
        }
        for list in LISTS {
            assert_eq!(list.takes(BulkAction::Purge), list.kind().is_some(), "{list:?}");
        }
    }
}
