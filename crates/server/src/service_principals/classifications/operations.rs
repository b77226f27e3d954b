//! Classifying the permissions of an app, and taking that back (Graph: create and delete delegatedPermissionClassification).

use super::{Classified, ClassifyError, store};
use crate::Server;
use crate::applications::{ExposedScope, ScopeKind};
use crate::audit::{self, Activity, Outcome};
use crate::graph::{Caller, Permission, Role};
use crate::service_principals::operations::{Key, find, target};
use crate::service_principals::{ServicePrincipal, ServicePrincipalError, store as principals};
use database::Transaction;
use uuid::Uuid;

/// Permissions of one app that are classified at most.
pub const MOST: usize = 1_000;

/// The roles that classify permissions (Entra: configure permission classifications), and the one that says which policies hold for
/// people.
const ROLES: [Role; 3] =
    [Role::PrivilegedRoleAdministrator, Role::ApplicationAdministrator, Role::CloudApplicationAdministrator];

/// Whether the caller may classify permissions.
pub fn may_classify(caller: &Caller) -> bool {
    caller.may(&[Permission::PolicyReadWritePermissionGrant], &ROLES)
}

/// The app under this key, for whoever may classify what it exposes. Denial comes before absence.
pub async fn find_to_classify(
    tx: &mut Transaction,
    caller: &Caller,
    key: Key,
) -> Result<ServicePrincipal, ServicePrincipalError> {
    if may_classify(caller) { find(tx, caller.tenant, key).await } else { Err(ServicePrincipalError::Denied) }
}

/// The same, held until the end of the transaction: meanwhile nobody removes it, and nobody else classifies what it exposes.
pub async fn hold(tx: &mut Transaction, caller: &Caller, key: Key) -> Result<ServicePrincipal, ServicePrincipalError> {
    let known = find_to_classify(tx, caller, key).await?;
    if !principals::lock(tx, caller.tenant, known.id).await? {
        return Err(ServicePrincipalError::NotFound(key.to_string()));
    }
    find_to_classify(tx, caller, key).await
}

/// Classifies a permission of an app that is held, see [`hold`].
///
/// # Errors
/// `Invalid` for a permission that the app does not expose, or that takes an administrator: people do not consent to it.
pub async fn classify(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    resource: &ServicePrincipal,
    new: Classified,
) -> Result<(), ClassifyError> {
    let refused = |problem: String| ClassifyError::Invalid("permissionId", problem);
    let Some(scope) = exposed(resource, new.permission_id) else {
        return Err(refused(format!("'{}' exposes no permission with this id", resource.display_name)));
    };
    if scope.kind != ScopeKind::User {
        return Err(refused("it takes an administrator, and only what people consent to is classified".to_owned()));
    }
    let held = store::list(tx, resource.tenant_id, resource.id).await?;
    if held.iter().any(|held| held.permission_id == new.permission_id) {
        return Err(ClassifyError::Exists);
    }
    if held.len() >= MOST {
        return Err(refused(format!("at most {MOST} permissions of an application are classified")));
    }
    if !store::insert(tx, resource.tenant_id, resource.id, new).await? {
        return Err(ClassifyError::Exists);
    }
    let change = ("", new.classification.as_str());
    Ok(record(tx, server, caller, (resource, new.permission_id), Activity::AddClassification, change).await?)
}

/// Takes back how a permission of an app is classified.
///
/// # Errors
/// `NotFound` if it is not classified, or not so.
pub async fn declassify(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    resource: &ServicePrincipal,
    gone: Classified,
) -> Result<(), ClassifyError> {
    if !store::delete(tx, resource.tenant_id, resource.id, gone).await? {
        return Err(ClassifyError::NotFound(gone.wire_id()));
    }
    let change = (gone.classification.as_str(), "");
    Ok(record(tx, server, caller, (resource, gone.permission_id), Activity::DeleteClassification, change).await?)
}

/// The permission with this id that an app exposes.
pub fn exposed(resource: &ServicePrincipal, permission: Uuid) -> Option<ExposedScope> {
    resource.exposed_scopes().into_iter().find(|scope| scope.id == permission)
}

/// One row of the audit: the app, what the permission is called there, and how it is classified before and after.
async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (resource, permission): (&ServicePrincipal, Uuid),
    activity: Activity,
    (before, after): (&str, &str),
) -> database::Result<()> {
    let name = exposed(resource, permission).map_or_else(|| permission.to_string(), |scope| scope.value);
    let target = target(resource).change("DelegatedPermissionClassification.Classification", before, after);
    let details = [("DelegatedPermissionClassification.PermissionName", name.as_str())];
    audit::record(tx, server, caller, activity, &Outcome::Success, &target, &details).await
}
