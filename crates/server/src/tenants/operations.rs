//! Changing how a tenant works with people from outside.

use super::change::{SettingsChange, SettingsError};
use super::{AssignedPolicy, CollaborationSettings, DomainListKind, Tenant, administrators, grant_policies, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission, Role};
use database::Transaction;
use serde_json::{Value, json};

/// The resource by which the settings are read or changed: each has permissions and roles of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `authorizationPolicy`
    Authorization,
    /// What Graph v1.0 has no place for.
    Collaboration,
    /// The list of domains as Graph has it (`b2bManagementPolicy`).
    DomainList,
    /// Whether guests may leave by themselves (`externalIdentitiesPolicy`).
    ExternalIdentities,
    /// By which methods people sign in (`authenticationMethodsPolicy`).
    Methods,
    /// What can be assigned to people as what they may consent to (`permissionGrantPolicies`).
    GrantPolicies,
}

impl Part {
    /// Permissions of which one lets a caller read it.
    const fn reading(self) -> &'static [Permission] {
        use Permission::{
            PolicyReadAll, PolicyReadAuthenticationMethod, PolicyReadB2BManagementPolicy, PolicyReadPermissionGrant,
            PolicyReadWriteAuthenticationMethod, PolicyReadWriteAuthorization, PolicyReadWriteB2BManagementPolicy,
            PolicyReadWriteExternalIdentities, PolicyReadWritePermissionGrant,
        };
        match self {
            Self::Authorization | Self::Collaboration => &[PolicyReadAll, PolicyReadWriteAuthorization],
            Self::DomainList => &[PolicyReadB2BManagementPolicy, PolicyReadWriteB2BManagementPolicy],
            Self::ExternalIdentities => &[PolicyReadAll, PolicyReadWriteExternalIdentities],
            Self::Methods => &[PolicyReadAll, PolicyReadAuthenticationMethod, PolicyReadWriteAuthenticationMethod],
            // Whoever assigns policies has to know what there is.
            Self::GrantPolicies => &[
                PolicyReadAll,
                PolicyReadPermissionGrant,
                PolicyReadWritePermissionGrant,
                PolicyReadWriteAuthorization,
            ],
        }
    }

    /// The permission that lets a caller change it.
    const fn writing(self) -> &'static [Permission] {
        match self {
            Self::Authorization | Self::Collaboration => &[Permission::PolicyReadWriteAuthorization],
            Self::DomainList => &[Permission::PolicyReadWriteB2BManagementPolicy],
            Self::ExternalIdentities => &[Permission::PolicyReadWriteExternalIdentities],
            Self::Methods => &[Permission::PolicyReadWriteAuthenticationMethod],
            Self::GrantPolicies => &[Permission::PolicyReadWritePermissionGrant],
        }
    }

    /// Who changes it beside Global Administrators.
    const fn administrators(self) -> &'static [Role] {
        match self {
            Self::Authorization | Self::GrantPolicies => &[Role::PrivilegedRoleAdministrator],
            Self::Methods => &[Role::AuthenticationPolicyAdministrator],
            Self::Collaboration | Self::DomainList | Self::ExternalIdentities => &[],
        }
    }
}

/// Refuses whoever may not read this part: programs need a permission, people a role.
pub fn check_may_read(caller: &Caller, part: Part) -> Result<(), SettingsError> {
    if caller.has_any(part.reading()) && (caller.is_application() || caller.holds_any(Role::ALL)) {
        return Ok(());
    }
    Err(SettingsError::NotAllowed)
}

/// Refuses whoever may not change this part.
pub fn check_may_change(caller: &Caller, part: Part) -> Result<(), SettingsError> {
    if caller.may(part.writing(), part.administrators()) { Ok(()) } else { Err(SettingsError::NotAllowed) }
}

/// The settings, for programs with the permission and for people who administer or invite.
pub async fn get_settings(
    server: &Server,
    caller: &Caller,
    part: Part,
) -> Result<CollaborationSettings, SettingsError> {
    check_may_read(caller, part)?;
    let mut tx = server.read().await?;
    Ok(store::get_settings(&mut tx, caller.tenant).await?)
}

/// Changes the settings; they hold from the next request on. Refused where they have another version than the change
/// names. The change names nothing that belongs to another part.
pub async fn change_settings(
    server: &Server,
    caller: &Caller,
    part: Part,
    change: SettingsChange,
) -> Result<(), SettingsError> {
    check_may_change(caller, part)?;
    let mut tx = server.write().await?;
    let tenant = store::find(&mut tx, caller.tenant).await?.ok_or(database::Error::NotFound)?;
    let before = store::get_settings(&mut tx, caller.tenant).await?;
    if change.of_version.is_some_and(|version| version != before.version) {
        return Err(SettingsError::Changed);
    }
    let after = change.apply(&before)?;
    check_assigned(&mut tx, caller, &after).await?;
    check_administrators(&mut tx, caller, &before, &after).await?;
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

/// Refuses policies of what people may consent to that the organisation does not have. Whoever removes one meanwhile waits.
async fn check_assigned(
    tx: &mut Transaction,
    caller: &Caller,
    settings: &CollaborationSettings,
) -> Result<(), SettingsError> {
    for policy in &settings.consent_policies.0 {
        let AssignedPolicy::Custom(id) = policy else { continue };
        store::lock(tx, caller.tenant).await?;
        if grant_policies::store::find(tx, caller.tenant, id).await?.is_none() {
            let problem = format!("there is no policy '{id}'");
            return Err(SettingsError::Invalid("permissionGrantPoliciesAssigned", problem));
        }
    }
    Ok(())
}

/// Refuses to take their role's effect from guests who are the only Global Administrators.
async fn check_administrators(
    tx: &mut Transaction,
    caller: &Caller,
    before: &CollaborationSettings,
    after: &CollaborationSettings,
) -> Result<(), SettingsError> {
    let role = Role::GlobalAdministrator;
    if !before.lets_guests_hold(role) || after.lets_guests_hold(role) {
        return Ok(());
    }
    if administrators::has_only_guests(tx, caller.tenant).await? {
        let problem = "the last Global Administrator who can sign in is a guest; give the role to a member first";
        return Err(SettingsError::Invalid("privilegedRolesForGuests", problem.to_owned()));
    }
    Ok(())
}

/// What changed, as one entry for each policy and one for everything beside them.
fn audited(tenant: &Tenant, before: &CollaborationSettings, after: &CollaborationSettings) -> [(Activity, Target); 5] {
    let target = |name: &str, properties: fn(&CollaborationSettings) -> Vec<(&'static str, Value)>| {
        let changed = properties(before).into_iter().zip(properties(after)).filter(|(old, new)| old != new);
        changed.fold(Target::new("Policy", tenant.id.0, name), |target, ((name, old), (_, new))| {
            target.change(name, old, new)
        })
    };
    [
        (Activity::UpdateAuthorizationPolicy, target("Authorization Policy", authorization)),
        (Activity::UpdateAuthenticationMethods, target("Authentication Methods Policy", methods)),
        (of_list(before, after), target("B2BManagementPolicy", domain_list)),
        (Activity::UpdateCollaborationSettings, target("External Identities Policy", external_identities)),
        (Activity::UpdateCollaborationSettings, target("Collaboration settings", collaboration)),
    ]
}

/// The list of domains is a policy that is there or not (Graph: b2bManagementPolicies), by whichever way it was changed.
fn of_list(before: &CollaborationSettings, after: &CollaborationSettings) -> Activity {
    let is_there = |settings: &CollaborationSettings| settings.domain_list_kind != DomainListKind::Any;
    match (is_there(before), is_there(after)) {
        (false, true) => Activity::AddDomainList,
        (true, false) => Activity::DeleteDomainList,
        _ => Activity::UpdateCollaborationSettings,
    }
}

fn domain_list(settings: &CollaborationSettings) -> Vec<(&'static str, Value)> {
    vec![
        ("DomainList", json!({ "kind": settings.domain_list_kind, "domains": settings.listed_domains.0 })),
        ("DomainListBeside", json!(settings.domain_list_beside.0)),
    ]
}

fn authorization(settings: &CollaborationSettings) -> Vec<(&'static str, Value)> {
    vec![
        ("AllowInvitesFrom", settings.allow_invites_from.as_str().into()),
        ("GuestUserRoleId", settings.guest_user_role_id.to_string().into()),
        ("AllowedToCreateApps", settings.creates_apps.into()),
        ("AllowedToCreateSecurityGroups", settings.creates_groups.into()),
        ("AllowedToReadOtherUsers", settings.reads_others.into()),
        ("PermissionGrantPoliciesAssigned", json!(settings.consent_policies.0)),
        ("AllowedBeyond", json!(settings.kept_switches.0)),
    ]
}

fn methods(settings: &CollaborationSettings) -> Vec<(&'static str, Value)> {
    vec![("AllowExternalIdToUseEmailOtp", settings.passcodes_for_guests.as_str().into())]
}

fn external_identities(settings: &CollaborationSettings) -> Vec<(&'static str, Value)> {
    vec![("AllowExternalIdentitiesToLeave", settings.guests_may_leave.into())]
}

fn collaboration(settings: &CollaborationSettings) -> Vec<(&'static str, Value)> {
    vec![
        ("LandingAddresses", settings.landing_addresses.as_str().into()),
        ("ExtraLandingAddresses", settings.extra_landing_addresses.0.clone().into()),
        ("WideAddresses", settings.wide_addresses.into()),
        ("InvitationLifetime", settings.invitation_lifetime.into()),
        ("NotificationLanguage", settings.notification_language.clone().into()),
        ("PrivilegedRolesForGuests", settings.privileged_roles_for_guests.as_str().into()),
    ]
}
