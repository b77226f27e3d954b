//! An object of any kind, and how much of it may be shown.

use crate::applications::{self, Application};
use crate::changes::Kind;
use crate::directory_roles;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, Role};
use crate::groups::{self, Group};
use crate::service_principals::ServicePrincipal;
use crate::users::{Sight, User};
use uuid::Uuid;

/// An object with as much of it as the caller may see.
#[derive(Debug)]
pub enum DirectoryObject {
    /// A user.
    User(Box<User>, Sight),
    /// A group.
    Group(Box<Group>),
    /// A service principal.
    ServicePrincipal(Box<ServicePrincipal>),
    /// A registration.
    Application(Box<Application>),
    /// A directory role, with its id in the tenant.
    Role(Uuid, Role),
    /// One of which the caller may know the kind and the id.
    Hidden(Kind, Uuid),
}

impl DirectoryObject {
    /// Its id.
    pub const fn id(&self) -> Uuid {
        match self {
            Self::User(user, _) => user.id.0,
            Self::Group(group) => group.id.0,
            Self::ServicePrincipal(program) => program.id.0,
            Self::Application(app) => app.id.0,
            Self::Role(id, _) | Self::Hidden(_, id) => *id,
        }
    }
}

/// What the caller may see of objects they did not name.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// What of users; nothing but that they are there without it.
    pub users: Option<Sight>,
    /// Whether of groups.
    pub groups: bool,
    /// Whether of service principals and registrations.
    pub programs: bool,
    /// Whether of roles.
    pub roles: bool,
}

impl View {
    /// The view of the caller, by permission and level.
    pub fn of(caller: &Caller) -> Self {
        Self {
            users: Sight::of_all(caller).or_else(|_| Sight::of_other(caller, "")).ok(),
            groups: groups::may_read(caller),
            programs: applications::operations::may_read(caller),
            roles: directory_roles::operations::check_may_read(caller).is_ok(),
        }
    }

    /// As much of a user as may be shown.
    pub fn user(self, user: User) -> DirectoryObject {
        match self.users {
            Some(sight) => DirectoryObject::User(Box::new(user), sight),
            None => DirectoryObject::Hidden(Kind::User, user.id.0),
        }
    }

    /// A group, if it may be shown.
    pub fn group(self, group: Group) -> DirectoryObject {
        match self.groups {
            true => DirectoryObject::Group(Box::new(group)),
            false => DirectoryObject::Hidden(Kind::Group, group.id.0),
        }
    }

    /// A service principal, if it may be shown.
    pub fn program(self, program: ServicePrincipal) -> DirectoryObject {
        match self.programs {
            true => DirectoryObject::ServicePrincipal(Box::new(program)),
            false => DirectoryObject::Hidden(Kind::ServicePrincipal, program.id.0),
        }
    }

    /// Refuses to say when somebody signed in last to a caller who may not see it: null would read as never.
    pub fn check_activity(self, selection: &Selection) -> Result<(), Error> {
        const NAME: &str = "signInActivity";
        let is_shown = self.users.is_some_and(|sight| sight.shows(NAME));
        if selection.has(NAME) && !is_shown { Err(Error::denied()) } else { Ok(()) }
    }

    /// Whether the caller may ask by these properties of objects of this kind, or of every kind.
    pub fn shows(self, kind: Option<Kind>, names: &[&str]) -> bool {
        let users = || names.iter().all(|name| self.users.is_some_and(|sight| sight.shows(name)));
        names.iter().all(|name| *name == "id")
            || match kind {
                Some(Kind::User) => users(),
                Some(Kind::Group) => self.groups,
                Some(Kind::ServicePrincipal | Kind::Application | Kind::Grant) => self.programs,
                Some(Kind::DirectoryRole) => self.roles,
                None => users() && self.groups && self.programs,
            }
    }
}

/// The type a path narrows a collection to, `microsoft.graph.user`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Objects of this kind.
    Kind(Kind),
    /// Directory roles.
    Role,
}

impl Cast {
    /// Reads a segment of a path.
    pub fn parse(segment: &str) -> Option<Self> {
        match segment.strip_prefix("microsoft.graph.")? {
            "user" => Some(Self::Kind(Kind::User)),
            "group" => Some(Self::Kind(Kind::Group)),
            "servicePrincipal" => Some(Self::Kind(Kind::ServicePrincipal)),
            "application" => Some(Self::Kind(Kind::Application)),
            "directoryRole" => Some(Self::Role),
            _ => None,
        }
    }

    /// The set its objects stand in.
    pub const fn set(self) -> &'static str {
        match self {
            Self::Kind(Kind::User) => "users",
            Self::Kind(Kind::Group) => "groups",
            Self::Kind(Kind::ServicePrincipal) => "servicePrincipals",
            Self::Kind(Kind::Application) => "applications",
            Self::Kind(Kind::Grant) => "oauth2PermissionGrants",
            Self::Kind(Kind::DirectoryRole) | Self::Role => "directoryRoles",
        }
    }
}
