//! Switching applications on and off, and removing them from a tenant.

use super::{Key, audit, find, target};
use crate::Server;
use crate::applications::operations::{may_write, may_write_owned};
use crate::applications::{ApplicationError, PrincipalKeptChange};
use crate::audit::{Activity, Target};
use crate::changes::{self, What};
use crate::graph::Caller;
use crate::service_principals::{ServicePrincipal, ServicePrincipalError, store, terms};
use database::Transaction;
use serde_json::json;
use sqlx::types::Json;

/// What may be changed about a service principal; `None` leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServicePrincipalChanges {
    /// `accountEnabled`
    pub account_enabled: Option<bool>,
    /// `appRoleAssignmentRequired`
    pub app_role_assignment_required: Option<bool>,
    /// Tags, notes and the like.
    pub kept: PrincipalKeptChange,
}

/// Changes a service principal (Graph: PATCH /servicePrincipals/{id}). Switching it off voids the tokens it holds.
pub async fn update(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    changes: ServicePrincipalChanges,
) -> Result<ServicePrincipal, ServicePrincipalError> {
    let before = find_to_write(tx, caller, key).await?;
    let mut after = before.clone();
    after.account_enabled = changes.account_enabled.unwrap_or(before.account_enabled);
    after.app_role_assignment_required =
        changes.app_role_assignment_required.unwrap_or(before.app_role_assignment_required);
    after.kept = Json(before.kept.with(changes.kept).map_err(ApplicationError::from)?);
    if !after.account_enabled && before.account_enabled {
        after.sessions_valid_from = server.clock.now();
    }
    if !store::update(tx, &after, server.clock.now()).await? {
        return Err(ServicePrincipalError::Changed);
    }
    if after.kept != before.kept {
        terms::renew(tx, caller.tenant, after.id).await?;
    }
    let target = differences(&before, &after);
    audit(tx, server, caller, Activity::UpdateServicePrincipal, &target).await?;
    Ok(ServicePrincipal { version: before.version + 1, ..after })
}

/// The changed service principal with the properties that differ.
fn differences(before: &ServicePrincipal, after: &ServicePrincipal) -> Target {
    let properties = |principal: &ServicePrincipal| {
        let kept = &principal.kept;
        [
            ("AccountEnabled", json!(principal.account_enabled)),
            ("AppRoleAssignmentRequired", json!(principal.app_role_assignment_required)),
            ("AlternativeNames", json!(kept.alternative_names)),
            ("Description", json!(kept.description)),
            ("LoginUrl", json!(kept.login_url)),
            ("Notes", json!(kept.notes)),
            ("NotificationEmailAddresses", json!(kept.notification_email_addresses)),
            ("PreferredSingleSignOnMode", json!(kept.preferred_single_sign_on_mode)),
            ("Tags", json!(kept.tags)),
        ]
    };
    let pairs = properties(before).into_iter().zip(properties(after));
    pairs
        .filter(|(old, new)| old != new)
        .fold(target(after), |target, ((name, old), (_, new))| target.change(name, old, new))
}

/// Removes an application from the tenant so that it can be brought back (Graph: DELETE /servicePrincipals/{id}); its registration
/// stays. Everything assigned and granted stands still as long.
pub async fn delete(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
) -> Result<(), ServicePrincipalError> {
    let mut principal = find_to_write(tx, caller, key).await?;
    let now = server.clock.now();
    principal.deleted_at = Some(now);
    principal.sessions_valid_from = now;
    if !store::update(tx, &principal, now).await? {
        return Err(ServicePrincipalError::Changed);
    }
    changes::note_grants_of_app(tx, server, caller.tenant, principal.id, What::Deleted).await?;
    Ok(audit(tx, server, caller, Activity::DeleteServicePrincipal, &target(&principal)).await?)
}

/// [`delete`] in a transaction of its own, if the service principal is still of the version that the caller has read; of whatever
/// version without one.
///
/// # Errors
/// As those of [`delete`], and `Changed` if it is of another version.
pub async fn delete_as_read(
    server: &Server,
    caller: &Caller,
    key: Key,
    expected: Option<i64>,
) -> Result<(), ServicePrincipalError> {
    let mut tx = server.write().await?;
    expect_version(&mut tx, caller, key, expected).await?;
    delete(&mut tx, server, caller, key).await?;
    Ok(tx.commit().await?)
}

/// Holds the service principal under this key until the end of the transaction, if it is still of the version that the caller has
/// read; of whatever version without one.
///
/// # Errors
/// `Changed` if it is of another, and as [`find_to_write`].
pub async fn expect_version(
    tx: &mut Transaction,
    caller: &Caller,
    key: Key,
    expected: Option<i64>,
) -> Result<(), ServicePrincipalError> {
    let Some(expected) = expected else { return Ok(()) };
    let principal = find_to_write(tx, caller, key).await?;
    store::lock(tx, caller.tenant, principal.id).await?;
    let held = find_to_write(tx, caller, key).await?;
    if held.version == expected { Ok(()) } else { Err(ServicePrincipalError::Changed) }
}

/// The service principal under this key, if the caller may change it. Denial comes before absence.
///
/// # Errors
/// `DirectoryApi` for that of the directory API, and as [`find_managed`].
pub async fn find_to_write(
    tx: &mut Transaction,
    caller: &Caller,
    key: Key,
) -> Result<ServicePrincipal, ServicePrincipalError> {
    let principal = find_managed(tx, caller, key).await?;
    if principal.is_directory_api() { Err(ServicePrincipalError::DirectoryApi) } else { Ok(principal) }
}

/// The same for what those read who may change service principals: that of the directory API is there, too.
pub async fn find_managed(
    tx: &mut Transaction,
    caller: &Caller,
    key: Key,
) -> Result<ServicePrincipal, ServicePrincipalError> {
    let principal = match find(tx, caller.tenant, key).await {
        Err(ServicePrincipalError::NotFound(_)) if !may_write(caller) => return Err(ServicePrincipalError::Denied),
        found => found?,
    };
    if may_write_owned(tx, caller, principal.id.into()).await? {
        Ok(principal)
    } else {
        Err(ServicePrincipalError::Denied)
    }
}
