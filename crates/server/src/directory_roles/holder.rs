//! Whoever can hold a role.

use super::Member;
use crate::audit::Target;
use crate::changes::Kind;
use crate::graph::Role;
use crate::platform::ids::{ClientId, GroupId, PrincipalId, ServicePrincipalId};
use crate::tenants::CollaborationSettings;

/// A program as far as roles concern it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Program {
    /// `id` of the service principal.
    pub id: ServicePrincipalId,
    /// `appId`
    pub app_id: ClientId,
    /// `displayName`
    pub display_name: String,
    /// `accountEnabled`
    pub account_enabled: bool,
    /// `appRoleAssignmentRequired`
    pub app_role_assignment_required: bool,
}

/// A group that roles can be given to, as far as roles concern it. What it holds, the users and programs have who belong to it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RoleGroup {
    /// `id`
    pub id: GroupId,
    /// `displayName`
    pub display_name: String,
    /// `description`
    pub description: Option<String>,
}

/// A principal of a role.
#[derive(Debug, Clone)]
pub enum Holder {
    /// A member or guest.
    User(Box<Member>),
    /// A service principal.
    Program(Program),
    /// A group that was made for roles.
    Group(RoleGroup),
}

impl Holder {
    /// Their object id.
    pub fn id(&self) -> PrincipalId {
        match self {
            Self::User(user) => user.id.into(),
            Self::Program(program) => program.id.into(),
            Self::Group(group) => group.id.into(),
        }
    }

    /// What kind of object they are.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::User(_) => Kind::User,
            Self::Program(_) => Kind::ServicePrincipal,
            Self::Group(_) => Kind::Group,
        }
    }

    /// Their name.
    pub fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.display_name,
            Self::Program(program) => &program.display_name,
            Self::Group(group) => &group.display_name,
        }
    }

    /// What tells them from others of the same name.
    pub fn detail(&self) -> String {
        match self {
            Self::User(user) => user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone()),
            Self::Program(program) => program.app_id.to_string(),
            Self::Group(group) => group.description.clone().unwrap_or_else(|| group.id.to_string()),
        }
    }

    /// Whether they may hold the role: a guest holds none that administers the house unless a setting allows it, and has none of
    /// those that a group of theirs holds.
    pub fn may_hold(&self, role: Role, settings: &CollaborationSettings) -> bool {
        match self {
            Self::User(user) => !user.is_guest() || settings.lets_guests_hold(role),
            Self::Program(_) | Self::Group(_) => true,
        }
    }

    /// As the audit names them.
    pub(super) fn target(&self) -> Target {
        match self {
            Self::User(user) => {
                Target::new("User", user.id.0, user.display_name.clone()).named(user.user_principal_name.clone())
            }
            Self::Program(program) => Target::new("ServicePrincipal", program.id.0, program.display_name.clone()),
            Self::Group(group) => Target::new("Group", group.id.0, group.display_name.clone()),
        }
    }
}
