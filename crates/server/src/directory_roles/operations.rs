//! What can be done about roles, for the API, the portal and the command line alike.

use super::member::object_id;
use super::{Holder, RoleAssignment, RoleError, store};
use crate::Server;
use crate::audit::{self, Activity, ChangeFilter, Outcome, Target};
use crate::changes::{self, Change, Kind};
use crate::graph::{Caller, Permission, Role};
use crate::platform::ids::{PrincipalId, TenantId};
use crate::tenants;
use crate::web::numbers::{Counted, MOST};
use database::Transaction;
use serde_json::Value;
use std::collections::HashMap;

/// The detail of the audit that names the role.
const TEMPLATE: &str = "Role.TemplateId";

/// What lets a caller read roles and who holds them.
const READ: [Permission; 5] = [
    Permission::RoleManagementReadAll,
    Permission::RoleManagementReadDirectory,
    Permission::RoleManagementReadWriteDirectory,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// What lets a caller give and take roles. A role is as good as every permission it includes, so no permission of users or of
/// the directory is enough.
const WRITE: [Permission; 1] = [Permission::RoleManagementReadWriteDirectory];

/// Whether the caller may give and take roles: among people, Global and Privileged Role Administrators.
pub fn may_change(caller: &Caller) -> bool {
    caller.may(&WRITE, &[Role::PrivilegedRoleAdministrator])
}

/// Refuses who may not read roles; a guest below the level of members sees none (Graph: authorizationPolicy.guestUserRoleId).
pub fn check_may_read(caller: &Caller) -> Result<(), RoleError> {
    if caller.has_any(&READ) && caller.sees_others() { Ok(()) } else { Err(RoleError::Denied) }
}

/// The role a path names: by its object id in the tenant of the caller, or by `roleTemplateId=` and the id of its template.
pub fn find(caller: &Caller, key: &str) -> Result<Role, RoleError> {
    let is_named = |role: &Role| match key.strip_prefix("roleTemplateId=") {
        Some(template) => template.parse() == Ok(role.id()),
        None => key.parse() == Ok(object_id(caller.tenant, *role)),
    };
    Role::ALL.iter().copied().find(is_named).ok_or_else(|| RoleError::NotFound(key.to_owned()))
}

/// Whoever holds a role, at most `limit` (Graph: list members of a directory role).
pub async fn holders(
    server: &Server,
    caller: &Caller,
    role: Role,
    window: store::Window,
    limit: u32,
) -> Result<Vec<Holder>, RoleError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    Ok(store::list_holders(&mut tx, caller.tenant, role, window, limit).await?)
}

/// How many hold a role, of one kind or of any.
pub async fn count_holders(server: &Server, caller: &Caller, role: Role, kind: Option<Kind>) -> Result<i64, RoleError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    Ok(store::count_holders(&mut tx, caller.tenant, role, kind).await?)
}

/// How many hold each role, up to [`MOST`]; a role that nobody holds is left out.
pub async fn count_each(server: &Server, caller: &Caller) -> Result<HashMap<Role, Counted>, RoleError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    let counts = store::count_each(&mut tx, caller.tenant, Role::ALL, MOST + 1).await?;
    let counted = |(role, count)| Some((Role::from_id(role)?, Counted::up_to(MOST, count)));
    Ok(counts.into_iter().filter_map(counted).collect())
}

/// Those of these principals who are there, in no order.
pub async fn find_holders(server: &Server, caller: &Caller, ids: &[PrincipalId]) -> Result<Vec<Holder>, RoleError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    Ok(store::list_holders_by_id(&mut tx, caller.tenant, ids).await?)
}

/// Which roles are held, by anybody (Graph: list roleAssignments).
pub async fn assignments(server: &Server, caller: &Caller) -> Result<Vec<RoleAssignment>, RoleError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    Ok(store::list_assignments(&mut tx, caller.tenant).await?)
}

/// The assignment with this id, if the role is held.
pub async fn find_assignment(server: &Server, caller: &Caller, id: &str) -> Result<RoleAssignment, RoleError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    held_as(&mut tx, caller, id).await
}

async fn held_as(tx: &mut Transaction, caller: &Caller, id: &str) -> Result<RoleAssignment, RoleError> {
    let missing = || RoleError::NotFound(id.to_owned());
    let assignment = RoleAssignment::parse(id).ok_or_else(missing)?;
    store::find_holder(tx, caller.tenant, assignment.principal).await?.ok_or_else(missing)?;
    let held = store::list(tx, caller.tenant, assignment.principal).await?;
    if held.contains(&assignment.role) { Ok(assignment) } else { Err(missing()) }
}

/// What a form carries that gives a role to a holder or takes it: what the audit says of both. It is another mark as soon as the role
/// is given or taken once more.
pub async fn mark(
    tx: &mut Transaction,
    tenant: TenantId,
    role: Role,
    principal: PrincipalId,
) -> database::Result<String> {
    let filter = ChangeFilter { target: Some(principal.0), ..ChangeFilter::default() };
    let activities = [Activity::AddRoleMember, Activity::RemoveRoleMember];
    let found = audit::deeds(tx, tenant, &activities, &filter).await?;
    let template = role.id().to_string();
    Ok(audit::mark(found.iter().filter(|change| change.pairs().contains(&(TEMPLATE, template.as_str())))))
}

/// Gives a user or a program a role.
///
/// # Errors
/// `Guest` for a role that somebody from outside does not hold, `Held` if nothing would change.
pub async fn give(
    server: &Server,
    caller: &Caller,
    role: Role,
    principal: impl Into<PrincipalId>,
) -> Result<(), RoleError> {
    check_may_change(caller)?;
    let mut tx = server.write().await?;
    give_within(&mut tx, server, caller, role, principal).await?;
    Ok(tx.commit().await?)
}

/// [`give`] to somebody who was `seen` on a page ([`mark`]).
///
/// # Errors
/// As those of [`give`], and `Changed` if the role was given to them or taken from them since.
pub async fn give_as_seen(
    server: &Server,
    caller: &Caller,
    role: Role,
    principal: PrincipalId,
    seen: &str,
) -> Result<(), RoleError> {
    check_may_change(caller)?;
    let mut tx = server.write().await?;
    add(&mut tx, server, caller, (role, principal), Some(seen)).await?;
    Ok(tx.commit().await?)
}

/// [`give`] in the transaction of the caller, so that a user can be made together with their roles.
pub async fn give_within(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    role: Role,
    principal: impl Into<PrincipalId>,
) -> Result<(), RoleError> {
    check_may_change(caller)?;
    add(tx, server, caller, (role, principal.into()), None).await
}

async fn add(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (role, principal): (Role, PrincipalId),
    seen: Option<&str>,
) -> Result<(), RoleError> {
    let holder = holder(tx, caller.tenant, principal).await?;
    let settings = tenants::store::get_settings(tx, caller.tenant).await?;
    if !holder.may_hold(role, &settings) {
        return Err(RoleError::Guest(role));
    }
    let now = server.clock.now();
    if !store::insert(tx, caller.tenant, principal, role, now).await? {
        return Err(RoleError::Held);
    }
    check_seen(tx, caller.tenant, (role, principal), seen).await?;
    changes::note(tx, caller.tenant, now, change(caller.tenant, role, &holder, true)).await?;
    let target = holder.target().change("Role.DisplayName", Value::Null, role.name());
    record(tx, server, caller, Activity::AddRoleMember, role, &target).await
}

/// Takes a role from whoever holds it. It binds from their next request on.
///
/// # Errors
/// `NotFound` if they do not hold it, `LastAdministrator` if nobody could administer the tenant afterwards.
pub async fn take(
    server: &Server,
    caller: &Caller,
    role: Role,
    principal: impl Into<PrincipalId>,
) -> Result<(), RoleError> {
    check_may_change(caller)?;
    let mut tx = server.write().await?;
    take_within(&mut tx, server, caller, (role, principal.into()), None).await?;
    Ok(tx.commit().await?)
}

/// [`take`] from somebody who was `seen` on a page ([`mark`]).
///
/// # Errors
/// As those of [`take`], and `Changed` if the role was given to them or taken from them since.
pub async fn take_as_seen(
    server: &Server,
    caller: &Caller,
    role: Role,
    principal: PrincipalId,
    seen: &str,
) -> Result<(), RoleError> {
    check_may_change(caller)?;
    let mut tx = server.write().await?;
    take_within(&mut tx, server, caller, (role, principal), Some(seen)).await?;
    Ok(tx.commit().await?)
}

/// [`take`] by the id of the assignment (Graph: delete unifiedRoleAssignment).
pub async fn take_assignment(server: &Server, caller: &Caller, id: &str) -> Result<(), RoleError> {
    check_may_change(caller)?;
    let mut tx = server.write().await?;
    let RoleAssignment { principal, role } = held_as(&mut tx, caller, id).await?;
    take_within(&mut tx, server, caller, (role, principal), None).await?;
    Ok(tx.commit().await?)
}

async fn take_within(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (role, principal): (Role, PrincipalId),
    seen: Option<&str>,
) -> Result<(), RoleError> {
    let holder = holder(tx, caller.tenant, principal).await?;
    if role == Role::GlobalAdministrator && tenants::administrators::is_last(tx, caller.tenant, principal).await? {
        return Err(RoleError::LastAdministrator);
    }
    if !store::delete(tx, caller.tenant, principal, role).await? {
        return Err(RoleError::NotFound(principal.to_string()));
    }
    check_seen(tx, caller.tenant, (role, principal), seen).await?;
    changes::note(tx, caller.tenant, server.clock.now(), change(caller.tenant, role, &holder, false)).await?;
    let target = holder.target().change("Role.DisplayName", role.name(), Value::Null);
    record(tx, server, caller, Activity::RemoveRoleMember, role, &target).await
}

/// Refuses what a page asks for that shows another state. The row of the assignment is written by then, so that whoever gives or takes
/// the role at the same instant waits or is seen; the audit tells of this deed afterwards.
async fn check_seen(
    tx: &mut Transaction,
    tenant: TenantId,
    (role, principal): (Role, PrincipalId),
    seen: Option<&str>,
) -> Result<(), RoleError> {
    let Some(seen) = seen else { return Ok(()) };
    if mark(tx, tenant, role, principal).await? == seen { Ok(()) } else { Err(RoleError::Changed) }
}

/// What those are told who follow the roles.
fn change(tenant: TenantId, role: Role, holder: &Holder, is_added: bool) -> Change {
    Change::holder(object_id(tenant, role), (holder.kind(), holder.id().0), is_added)
}

fn check_may_change(caller: &Caller) -> Result<(), RoleError> {
    if may_change(caller) { Ok(()) } else { Err(RoleError::Denied) }
}

async fn holder(tx: &mut Transaction, tenant: TenantId, id: PrincipalId) -> Result<Holder, RoleError> {
    store::find_holder(tx, tenant, id).await?.ok_or_else(|| RoleError::NotFound(id.to_string()))
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
    let details = [(TEMPLATE, template.as_str())];
    Ok(audit::record(tx, server, caller, activity, &Outcome::Success, target, &details).await?)
}
