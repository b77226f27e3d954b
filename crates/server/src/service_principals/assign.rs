//! Giving roles of applications to people and programs, and taking them back.

use super::assignment::{AppRoleAssignment, PrincipalType, check_role};
use super::error::AssignError;
use super::service_principal::ServicePrincipal;
use super::{assignment_store, store};
use crate::Server;
use crate::applications::operations::{is_owner, own_principals};
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission, Role, permission};
use crate::platform::ids::{
    AppRoleId, AssignmentId, ClientId, GroupId, PrincipalId, ServicePrincipalId, TenantId, UserId,
};
use crate::{groups, users};
use database::Transaction;
use std::collections::HashSet;

/// What lets a caller assign roles. It includes the permissions of programs, so it is as good as all of them.
const WRITE: [Permission; 1] = [Permission::AppRoleAssignmentReadWriteAll];

/// An assignment to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAssignment {
    /// The user, group or program.
    pub principal: PrincipalId,
    /// The application.
    pub resource: ServicePrincipalId,
    /// The role; [`crate::applications::AppRole::DEFAULT`] for none in particular.
    pub role: AppRoleId,
}

/// The roles that assign. Two of them do not reach the permissions of programs, see [`check_may_assign`].
const ROLES: [Role; 3] =
    [Role::PrivilegedRoleAdministrator, Role::ApplicationAdministrator, Role::CloudApplicationAdministrator];

/// Whether the caller may assign and unassign roles of every application.
pub fn may_assign(caller: &Caller) -> bool {
    caller.may(&WRITE, &ROLES)
}

/// The app roles of the directory API are the permissions of programs. Whoever manages apps and could give them would be as
/// good as any administrator (Entra: Application Administrator).
async fn check_may_assign(
    tx: &mut Transaction,
    caller: &Caller,
    resource: &ServicePrincipal,
) -> Result<(), AssignError> {
    let may = match resource.is_directory_api() {
        true => caller.may(&WRITE, &[Role::PrivilegedRoleAdministrator]),
        false => may_assign_to(tx, caller, resource.id).await?,
    };
    if may { Ok(()) } else { Err(AssignError::Denied) }
}

/// Whether the caller may assign roles of this application: its owners may.
pub async fn may_assign_to(
    tx: &mut Transaction,
    caller: &Caller,
    resource: ServicePrincipalId,
) -> database::Result<bool> {
    Ok(may_assign(caller) || (caller.has_any(&WRITE) && is_owner(tx, caller, resource.into()).await?))
}

/// The applications whose roles somebody may assign.
#[derive(Debug)]
pub enum Assignable {
    /// Every one but the directory API.
    All,
    /// What they own.
    Own(HashSet<ServicePrincipalId>),
}

impl Assignable {
    /// Whether it is none.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Own(own) if own.is_empty())
    }

    /// Whether this one is among them.
    pub fn includes(&self, resource: &ServicePrincipal) -> bool {
        match self {
            Self::All => true,
            Self::Own(own) => own.contains(&resource.id),
        }
    }
}

/// The applications whose roles the caller may assign, as [`may_assign_to`] says of one.
pub async fn assignable(tx: &mut Transaction, caller: &Caller) -> database::Result<Assignable> {
    if may_assign(caller) {
        return Ok(Assignable::All);
    }
    let own = if caller.has_any(&WRITE) { own_principals(tx, caller).await? } else { HashSet::new() };
    Ok(Assignable::Own(own))
}

/// Assigns (Graph: POST appRoleAssignedTo), in the caller's transaction.
pub async fn assign(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    new: NewAssignment,
) -> Result<AppRoleAssignment, AssignError> {
    let tenant = caller.tenant;
    let missing = || if may_assign(caller) { AssignError::Resource } else { AssignError::Denied };
    let resource = store::find(tx, tenant, new.resource).await?.ok_or_else(missing)?;
    check_may_assign(tx, caller, &resource).await?;
    let (principal_type, principal_display_name) = principal(tx, tenant, new.principal).await?;
    check_role(&resource, new.role, principal_type)?;
    let now = server.clock.now();
    let assignment = AppRoleAssignment {
        tenant_id: tenant,
        id: AssignmentId(server.entropy.uuid(now)),
        principal_id: new.principal,
        principal_type,
        principal_display_name,
        resource_id: resource.id,
        resource_display_name: resource.display_name,
        app_role_id: new.role,
        created_at: now,
    };
    if !assignment_store::insert(tx, &assignment).await? {
        return Err(AssignError::Exists);
    }
    audit(tx, server, caller, &assignment, true).await?;
    Ok(assignment)
}

/// Takes an assignment back (Graph: DELETE appRoleAssignedTo/{id}).
pub async fn unassign(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    assignment: &AppRoleAssignment,
) -> Result<(), AssignError> {
    match store::find(tx, caller.tenant, assignment.resource_id).await? {
        Some(resource) => check_may_assign(tx, caller, &resource).await?,
        None if may_assign(caller) => {}
        None => return Err(AssignError::Denied),
    }
    if !assignment_store::delete(tx, caller.tenant, assignment.id).await? {
        return Err(AssignError::NotFound(assignment.wire_id()));
    }
    Ok(audit(tx, server, caller, assignment, false).await?)
}

/// Gives a program permissions of the directory API; those it has already stay.
pub async fn grant_permissions(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    program: &ServicePrincipal,
    permissions: &[Permission],
) -> Result<(), AssignError> {
    let client = ClientId(permission::RESOURCE);
    let api = store::find_by_client(tx, caller.tenant, client).await?.ok_or(AssignError::Resource)?;
    for role in permissions.iter().filter_map(|permission| permission.role_id()) {
        let new = NewAssignment { principal: program.id.into(), resource: api.id, role: AppRoleId(role) };
        match assign(tx, server, caller, new).await {
            Ok(_) | Err(AssignError::Exists) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What an id stands for, and its name.
async fn principal(
    tx: &mut Transaction,
    tenant: TenantId,
    id: PrincipalId,
) -> Result<(PrincipalType, String), AssignError> {
    if let Some(user) = users::store::find(tx, tenant, UserId(id.0)).await? {
        return Ok((PrincipalType::User, user.display_name));
    }
    if let Some(group) = groups::store::find(tx, tenant, GroupId(id.0)).await? {
        return Ok((PrincipalType::Group, group.display_name));
    }
    match store::find(tx, tenant, ServicePrincipalId(id.0)).await? {
        Some(program) => Ok((PrincipalType::ServicePrincipal, program.display_name)),
        None => Err(AssignError::Principal),
    }
}

async fn audit(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    assignment: &AppRoleAssignment,
    added: bool,
) -> database::Result<()> {
    let activity = match (assignment.principal_type, added) {
        (PrincipalType::User, true) => Activity::AssignUser,
        (PrincipalType::User, false) => Activity::UnassignUser,
        (PrincipalType::Group, true) => Activity::AssignGroup,
        (PrincipalType::Group, false) => Activity::UnassignGroup,
        (PrincipalType::ServicePrincipal, true) => Activity::AssignServicePrincipal,
        (PrincipalType::ServicePrincipal, false) => Activity::UnassignServicePrincipal,
    };
    let role = assignment.app_role_id.to_string();
    let (old, new) = if added { (String::new(), role) } else { (role, String::new()) };
    let principal = assignment.principal_id.to_string();
    let target = Target::new("ServicePrincipal", assignment.resource_id.0, assignment.resource_display_name.clone())
        .change("AppRole.Id", old, new);
    let details = [
        ("Principal.ObjectID", principal.as_str()),
        ("Principal.DisplayName", assignment.principal_display_name.as_str()),
        ("Principal.Type", assignment.principal_type.as_str()),
    ];
    audit::record(tx, server, caller, activity, &Outcome::Success, &target, &details).await
}
