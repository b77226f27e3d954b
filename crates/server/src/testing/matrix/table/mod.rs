//! Who may use which route.

mod applications;
mod enough;
mod groups;
mod invitations;
mod journey;
mod logs;
mod organization;
mod policies;
mod portal;
mod roles;
mod users;

pub use enough::INVITE;
pub use journey::{JOURNEY, PROVIDER};
pub use portal::PORTAL;

use crate::graph::Permission::{self, AppRoleAssignmentReadWriteAll, ApplicationReadAll};
use crate::graph::role::LOG_READERS;
use crate::graph::{Caller, Role};
use crate::testing::Answer;
use enough::{CHANGE_APPS, CHANGE_GROUPS, Enough, READ_APPS, READ_DELETED_GROUPS};

/// Which people may.
#[derive(Debug, Clone, Copy)]
pub enum People {
    /// Any signed-in person, guests too.
    Everybody,
    /// Members, whatever they hold.
    Members,
    /// Guests.
    Guests,
    /// Holders of one of these roles.
    Holders(&'static [Role]),
}

/// A kind of person that the tests try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A guest without a role.
    Guest,
    /// A member without a role.
    Member,
    /// A member with this role.
    Holder(Role),
}

impl People {
    /// Whether somebody of this kind is among them.
    pub fn include(self, kind: Kind) -> bool {
        match (self, kind) {
            (Self::Everybody, _) | (Self::Members, Kind::Member | Kind::Holder(_)) | (Self::Guests, Kind::Guest) => {
                true
            }
            (Self::Holders(roles), Kind::Holder(role)) => roles.contains(&role),
            (Self::Members | Self::Guests | Self::Holders(_), _) => false,
        }
    }
}

const EVERYBODY: People = People::Everybody;
const MEMBERS: People = People::Members;
const GUESTS: People = People::Guests;
const ANY_ROLE: People = People::Holders(Role::ALL);
/// Only whom the path names, and that is none of those who ask.
const NOBODY: People = People::Holders(&[]);
const GLOBAL: People = People::Holders(&[Role::GlobalAdministrator]);
const ROLES: People = People::Holders(&[Role::GlobalAdministrator, Role::PrivilegedRoleAdministrator]);
const METHODS: People = People::Holders(&[Role::GlobalAdministrator, Role::AuthenticationPolicyAdministrator]);
const LOGS: People = People::Holders(LOG_READERS);
const APPS: People =
    People::Holders(&[Role::GlobalAdministrator, Role::ApplicationAdministrator, Role::CloudApplicationAdministrator]);
/// Who decides what apps may do, and who may use them.
const GRANTS: People = People::Holders(&[
    Role::GlobalAdministrator,
    Role::PrivilegedRoleAdministrator,
    Role::ApplicationAdministrator,
    Role::CloudApplicationAdministrator,
]);
const USERS: People = People::Holders(&[Role::GlobalAdministrator, Role::UserAdministrator]);
const SESSIONS: People =
    People::Holders(&[Role::GlobalAdministrator, Role::UserAdministrator, Role::AuthenticationAdministrator]);
const GROUPS: People =
    People::Holders(&[Role::GlobalAdministrator, Role::GroupsAdministrator, Role::UserAdministrator]);
/// Privileged Role Administrators make groups that roles can be given to, and bring them back.
const GROUPS_OR_ROLES: People = People::Holders(&[
    Role::GlobalAdministrator,
    Role::GroupsAdministrator,
    Role::UserAdministrator,
    Role::PrivilegedRoleAdministrator,
]);

/// Whether deleted objects of another kind than the one of the world are there for the caller of this route.
pub fn has_other_deleted(route: &str, caller: &Caller) -> bool {
    let is_read = route.starts_with("GET ");
    let others = [
        (if is_read { READ_DELETED_GROUPS } else { CHANGE_GROUPS }, GROUPS_OR_ROLES),
        (if is_read { READ_APPS } else { CHANGE_APPS }, APPS),
    ];
    let looks_after = |(enough, people): (Enough, People)| {
        let People::Holders(managers) = people else { return false };
        caller.has_any(enough) && (caller.is_application() || caller.holds_any(managers))
    };
    route.contains("/deletedItems/{deleted}") && others.into_iter().any(looks_after)
}

/// One route.
#[derive(Debug)]
pub struct Row {
    /// Method and path.
    pub route: &'static str,
    /// Which people may.
    pub people: People,
    /// The permissions of which one alone is enough; none in the portal, where the role alone decides.
    pub enough: Enough,
    /// Permissions that are enough only all together; none where one alone is.
    pub together: Enough,
    /// Whether programs have business here at all.
    pub serves_programs: bool,
}

impl Row {
    /// Whether these permissions are enough.
    pub fn is_enough(&self, held: &[Permission]) -> bool {
        let all = !self.together.is_empty() && self.together.iter().all(|permission| held.contains(permission));
        all || self.enough.iter().any(|permission| held.contains(permission))
    }

    /// Whether what is read here is a file for spreadsheets, in one of its forms.
    pub fn is_spreadsheet(&self) -> bool {
        let path = self.route.strip_prefix("GET ").unwrap_or_default();
        path.contains("/as/") || path.ends_with("/{format}") || path.ends_with("/failures")
    }

    /// Fails if such a file came from where nobody looks for one.
    pub fn check_kind(&self, answer: &Answer) {
        let is_file = answer.header("content-type").starts_with("text/csv");
        assert!(!is_file || self.is_spreadsheet(), "{} is a file for spreadsheets, and is not looked at", self.route);
    }
}

const fn row(route: &'static str, people: People, enough: Enough) -> Row {
    Row { route, people, enough, together: &[], serves_programs: true }
}

/// Assigning at a service principal also takes the right to read it (Graph: grant an app role to a service principal).
const fn assigning(route: &'static str, people: People) -> Row {
    let together = &[AppRoleAssignmentReadWriteAll, ApplicationReadAll];
    Row { route, people, enough: &[], together, serves_programs: true }
}

const fn own(route: &'static str, enough: Enough) -> Row {
    Row { route, people: EVERYBODY, enough, together: &[], serves_programs: false }
}

/// What programs have no business with unless it is theirs.
const fn person_only(route: &'static str, people: People, enough: Enough) -> Row {
    Row { route, people, enough, together: &[], serves_programs: false }
}

const fn person(route: &'static str, people: People) -> Row {
    Row { route, people, enough: &[], together: &[], serves_programs: false }
}

/// The API: a caller comes from a token. In the order in which [`super::writes`] says what the audit tells.
pub fn api() -> impl Iterator<Item = &'static Row> {
    let parts = [
        users::API,
        groups::API,
        roles::API,
        invitations::API,
        policies::API,
        organization::API,
        applications::API,
        logs::API,
    ];
    parts.into_iter().flatten()
}
