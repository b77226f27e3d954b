//! Who asks. A plain value: the layers that read tokens and cookies make it, operations decide by it.

use super::Error;
use super::permission::Permission;
use super::role::{Role, guest_level};
use crate::platform::ids::{ClientId, ServicePrincipalId, SessionId, TenantId, UserId};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use uuid::Uuid;

/// Who asks, in which tenant. There is no caller without a tenant.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant everything is looked up in.
    pub tenant: TenantId,
    /// The person or program.
    pub actor: Actor,
}

/// How much a caller sees of others by what they are (Graph: authorizationPolicy.guestUserRoleId).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Everybody and every group.
    Member,
    /// People and groups they can name.
    Limited,
    /// Themselves, and the ids of the groups they belong to.
    Restricted,
}

/// A person or program.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A member or guest, in the portal or through an app.
    User(User),
    /// A program with its own permissions.
    Application(Application),
    /// The server itself: jobs, the command line, the demo.
    System,
}

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct User {
    /// Their object id.
    pub id: UserId,
    /// Shown beside what they did.
    pub display_name: String,
    /// `userPrincipalName`.
    pub principal_name: String,
    /// Where answers to their invitations go.
    pub mail: Option<String>,
    /// Whether `userType` is `Guest`.
    pub is_guest: bool,
    /// The tenant of this server that issues their identity; none for somebody who proves a mailbox elsewhere.
    pub home_tenant: Option<TenantId>,
    /// The level of a guest; members have the member level (Graph: authorizationPolicy.guestUserRoleId).
    pub level: Uuid,
    /// What the person may without a role.
    pub defaults: Defaults,
    /// Directory roles held.
    pub roles: Vec<Role>,
    /// What the app was given; `None` in the portal, where the person acts directly.
    pub delegated: Option<Delegated>,
    /// The session this comes from, where there is one.
    pub session: Option<SessionId>,
}

/// What a person may without a role (Graph: authorizationPolicy.defaultUserRolePermissions).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaults {
    /// Registers apps.
    pub creates_apps: bool,
    /// Makes security groups.
    pub creates_groups: bool,
    /// Reads others, as far as the level of a guest goes.
    pub reads_others: bool,
}

/// The part of a person's rights an app may use.
#[derive(Debug, Clone)]
pub struct Delegated {
    /// The app.
    pub client: ClientId,
    /// The scopes of the token.
    pub permissions: Vec<Permission>,
}

/// A program that acts for itself (client credentials).
#[derive(Debug, Clone)]
pub struct Application {
    /// Its service principal in the tenant.
    pub service_principal: ServicePrincipalId,
    /// Its client id.
    pub client: ClientId,
    /// Shown beside what it did.
    pub display_name: String,
    /// The application permissions it holds.
    pub permissions: Vec<Permission>,
    /// Directory roles held.
    pub roles: Vec<Role>,
}

impl Caller {
    /// The server itself.
    pub const fn system(tenant: TenantId) -> Self {
        Self { tenant, actor: Actor::System }
    }

    /// Whether the token carries one of these permissions. A person in the portal and the server itself need none:
    /// their roles alone decide. A program that holds a role reads the directory as people do who hold one.
    pub fn has_any(&self, permissions: &[Permission]) -> bool {
        let held = match &self.actor {
            Actor::User(User { delegated: Some(delegated), .. }) => &delegated.permissions,
            Actor::Application(application) => {
                let is_administrator = application.roles.contains(&Role::GlobalAdministrator);
                let reads = !application.roles.is_empty() && permissions.contains(&Permission::DirectoryReadAll);
                if is_administrator || reads {
                    return true;
                }
                &application.permissions
            }
            Actor::User(_) | Actor::System => return true,
        };
        permissions.iter().any(|permission| held.contains(permission))
    }

    /// Whether the person or program holds one of these directory roles. The server itself holds them all.
    pub fn holds_any(&self, roles: &[Role]) -> bool {
        let held = match &self.actor {
            Actor::User(user) => &user.roles,
            Actor::Application(application) => &application.roles,
            Actor::System => return true,
        };
        roles.iter().any(|role| held.contains(role))
    }

    /// Whether this is a program (or the server), whose permissions stand on their own instead of limiting a person's rights.
    pub const fn is_application(&self) -> bool {
        !matches!(self.actor, Actor::User(_))
    }

    /// The signed-in person.
    pub const fn user(&self) -> Option<&User> {
        match &self.actor {
            Actor::User(user) => Some(user),
            Actor::Application(_) | Actor::System => None,
        }
    }

    /// Whether the token carries one of these permissions and, for a person, their role allows it too. A Global
    /// Administrator needs none of the roles named. For a program one of both is enough, its role or its permission.
    pub fn may(&self, permissions: &[Permission], roles: &[Role]) -> bool {
        let by_role = self.holds_any(&[Role::GlobalAdministrator]) || self.holds_any(roles);
        if self.is_application() { by_role || self.has_any(permissions) } else { by_role && self.has_any(permissions) }
    }

    /// Whether others are there for the caller beyond those they can name: for programs, for holders of a role, and for
    /// members and the guests who are equal to them, unless the organisation lets members read nobody else.
    pub fn sees_others(&self) -> bool {
        self.user().is_none_or(|user| {
            !user.roles.is_empty() || (user.level == guest_level::MEMBER && user.defaults.reads_others)
        })
    }

    /// How much of others the caller sees. Roles stack on top of the level of a guest; a level nobody knows is the lowest.
    pub fn level(&self) -> Level {
        match &self.actor {
            Actor::System | Actor::Application(_) => Level::Member,
            Actor::User(_) if self.sees_others() => Level::Member,
            Actor::User(user) if user.level == guest_level::LIMITED && user.defaults.reads_others => Level::Limited,
            Actor::User(_) => Level::Restricted,
        }
    }

    /// May administer users.
    pub fn may_administer_users(&self) -> bool {
        self.may(&[Permission::UserReadWriteAll, Permission::DirectoryReadWriteAll], &[Role::UserAdministrator])
    }

    /// May administer everything: the permission given, and for a person the role of a Global Administrator.
    pub fn may_administer(&self, permissions: &[Permission]) -> bool {
        self.may(permissions, &[])
    }

    /// The name shown beside what was done.
    pub fn display_name(&self) -> &str {
        match &self.actor {
            Actor::User(user) => &user.display_name,
            Actor::Application(application) => &application.display_name,
            Actor::System => "Vestibule",
        }
    }
}

/// Handlers receive the caller that the layer in front of them found out.
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::unauthenticated("Access token is empty."))
    }
}
