//! What can be done about roles, for the API, the portal and the command line alike.

use super::member::object_id;
use super::{Member, RoleError, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::role::guest_level;
use crate::graph::{Caller, Permission, Role, User};
use crate::platform::ids::{PrincipalId, TenantId, UserId};
use database::Transaction;
use serde_json::Value;

/// What lets a caller read roles and who holds them.
const READ: [Permission; 4] = [
    Permission::RoleManagementReadDirectory,
    Permission::RoleManagementReadWriteDirectory,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// What lets a caller give and take roles. A role is as good as every permission it includes, so no permission of users or of
/// the directory is enough.
const WRITE: [Permission; 1] = [Permission::RoleManagementReadWriteDirectory];

/// Whether the caller may give and take roles: among people, only a Global Administrator.
pub fn may_change(caller: &Caller) -> bool {
    caller.may_administer(&WRITE)
}

/// Refuses who may not read roles; a guest below the level of members sees none (Graph: authorizationPolicy.guestUserRoleId).
pub fn check_may_read(caller: &Caller) -> Result<(), RoleError> {
    let limits = |user: &User| user.is_guest && user.level != guest_level::MEMBER && user.roles.is_empty();
    if caller.has_any(&READ) && !caller.user().is_some_and(limits) { Ok(()) } else { Err(RoleError::Denied) }
}

/// The role a path names: by its object id in the tenant of the caller, or by `roleTemplateId=` and the id of its template.
pub fn find(caller: &Caller, key: &str) -> Result<Role, RoleError> {
    let is_named = |role: &Role| match key.strip_prefix("roleTemplateId=") {
        Some(template) => template.parse() == Ok(role.id()),
        None => key.parse() == Ok(object_id(caller.tenant, *role)),
    };
    Role::ALL.iter().copied().find(is_named).ok_or_else(|| RoleError::NotFound(key.to_owned()))
}

/// The users who hold a role (Graph: list members of a directory role).
pub async fn members(server: &Server, caller: &Caller, role: Role) -> Result<Vec<Member>, RoleError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    Ok(store::list_members(&mut tx, caller.tenant, role).await?)
}

/// Gives a user a role.
///
/// # Errors
/// `Guest` for a role that somebody from outside does not hold, `Held` if nothing would change.
pub async fn give(server: &Server, caller: &Caller, role: Role, user: UserId) -> Result<(), RoleError> {
    check_may_change(caller)?;
    let mut tx = server.write().await?;
    give_within(&mut tx, server, caller, role, user).await?;
    Ok(tx.commit().await?)
}

/// [`give`] in the transaction of the caller, so that a user can be made together with their roles.
pub async fn give_within(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    role: Role,
    user: UserId,
) -> Result<(), RoleError> {
    check_may_change(caller)?;
    let member = member(tx, caller.tenant, user).await?;
    if !member.may_hold(role) {
        return Err(RoleError::Guest(role));
    }
    if !store::insert(tx, caller.tenant, PrincipalId::from(user), role, server.clock.now()).await? {
        return Err(RoleError::Held);
    }
    let target = target(&member).change("Role.DisplayName", Value::Null, role.name());
    record(tx, server, caller, Activity::AddRoleMember, role, &target).await
}

/// Takes a role from a user. It binds from their next request on.
///
/// # Errors
/// `NotFound` if they do not hold it, `LastAdministrator` if nobody could administer the tenant afterwards.
pub async fn take(server: &Server, caller: &Caller, role: Role, user: UserId) -> Result<(), RoleError> {
    check_may_change(caller)?;
    let principal = PrincipalId::from(user);
    let mut tx = server.write().await?;
    let member = member(&mut tx, caller.tenant, user).await?;
    if role == Role::GlobalAdministrator && is_last_administrator(&mut tx, caller.tenant, principal).await? {
        return Err(RoleError::LastAdministrator);
    }
    if !store::delete(&mut tx, caller.tenant, principal, role).await? {
        return Err(RoleError::NotFound(user.to_string()));
    }
    let target = target(&member).change("Role.DisplayName", role.name(), Value::Null);
    record(&mut tx, server, caller, Activity::RemoveRoleMember, role, &target).await?;
    Ok(tx.commit().await?)
}

/// Whether nobody else who can sign in holds the role of a Global Administrator. It stays so until the transaction ends: two
/// administrators who remove each other at the same time must not both be let through.
pub async fn is_last_administrator(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: PrincipalId,
) -> database::Result<bool> {
    let role = Role::GlobalAdministrator;
    store::lock(tx, tenant, role).await?;
    Ok(store::list_able(tx, tenant, role).await? == [principal])
}

fn check_may_change(caller: &Caller) -> Result<(), RoleError> {
    if may_change(caller) { Ok(()) } else { Err(RoleError::Denied) }
}

async fn member(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Member, RoleError> {
    store::find_member(tx, tenant, user).await?.ok_or_else(|| RoleError::NotFound(user.to_string()))
}

fn target(member: &Member) -> Target {
    Target::new("User", member.id.0, member.display_name.clone()).named(member.user_principal_name.clone())
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    role: Role,
    target: &Target,
) -> Result<(), RoleError> {
    let template = role.id().to_string();
    let details = [("Role.TemplateId", template.as_str())];
    Ok(audit::record(tx, server, caller, activity, &Outcome::Success, target, &details).await?)
}
