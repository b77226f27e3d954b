//! Changing how a tenant works with people from outside.

use super::change::{SettingsChange, SettingsError};
use super::{CollaborationSettings, Tenant, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission, Role};
use serde_json::Value;

/// What lets a caller read the settings.
const READ: [Permission; 2] = [Permission::PolicyReadAll, Permission::PolicyReadWriteAuthorization];
/// What lets a caller change them.
const WRITE: [Permission; 1] = [Permission::PolicyReadWriteAuthorization];

/// The settings, for programs with the permission and for people who administer or invite.
pub async fn get_settings(server: &Server, caller: &Caller) -> Result<CollaborationSettings, SettingsError> {
    if !caller.has_any(&READ) || !(caller.is_application() || caller.holds_any(Role::ALL)) {
        return Err(SettingsError::NotAllowed);
    }
    let mut tx = server.read().await?;
    Ok(store::get_settings(&mut tx, caller.tenant).await?)
}

/// Changes the settings; they hold from the next request on. Refused where they have another version than the change
/// names.
pub async fn change_settings(server: &Server, caller: &Caller, change: SettingsChange) -> Result<(), SettingsError> {
    if !caller.may_administer(&WRITE) {
        return Err(SettingsError::NotAllowed);
    }
    let mut tx = server.write().await?;
    let tenant = store::find(&mut tx, caller.tenant).await?.ok_or(database::Error::NotFound)?;
    let before = store::get_settings(&mut tx, caller.tenant).await?;
    if change.of_version.is_some_and(|version| version != before.version) {
        return Err(SettingsError::Changed);
    }
    let after = change.apply(&before)?;
    if !store::update_settings(&mut tx, caller.tenant, &after).await? {
        return Err(SettingsError::Changed);
    }
    for (activity, target) in audited(&tenant, &before, &after) {
        if !target.changes.is_empty() {
            audit::record(&mut tx, server, caller, activity, &Outcome::Success, &target, &[]).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// What changed, as one entry for the authorization policy and one for everything beside it.
fn audited(tenant: &Tenant, before: &CollaborationSettings, after: &CollaborationSettings) -> [(Activity, Target); 2] {
    let target = |name: &str| Target::new("Policy", tenant.id.0, name);
    let policy = [
        ("AllowInvitesFrom", before.allow_invites_from.as_str().into(), after.allow_invites_from.as_str().into()),
        ("GuestUserRoleId", before.guest_user_role_id.to_string().into(), after.guest_user_role_id.to_string().into()),
    ];
    let list = |settings: &CollaborationSettings| serde_json::json!({ "kind": settings.domain_list_kind, "domains": settings.listed_domains.0 });
    let text = |settings: &CollaborationSettings| Value::from(settings.notification_language.clone());
    let beside = [
        ("DomainList", list(before), list(after)),
        ("LandingAddresses", before.landing_addresses.as_str().into(), after.landing_addresses.as_str().into()),
        (
            "ExtraLandingAddresses",
            before.extra_landing_addresses.0.clone().into(),
            after.extra_landing_addresses.0.clone().into(),
        ),
        ("WideAddresses", before.wide_addresses.into(), after.wide_addresses.into()),
        ("InvitationLifetime", before.invitation_lifetime.into(), after.invitation_lifetime.into()),
        ("NotificationLanguage", text(before), text(after)),
    ];
    [
        (Activity::UpdateAuthorizationPolicy, with_changes(target("Authorization Policy"), policy)),
        (Activity::UpdateCollaborationSettings, with_changes(target("Collaboration settings"), beside)),
    ]
}

fn with_changes<const N: usize>(target: Target, properties: [(&'static str, Value, Value); N]) -> Target {
    let changed = properties.into_iter().filter(|(_, old, new)| old != new);
    changed.fold(target, |target, (name, old, new)| target.change(name, old, new))
}
