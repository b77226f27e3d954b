//! Granting, changing what was granted, and taking it back. Whatever is taken back is gone from the tokens that are in use.

use super::grant::{ConsentType, DelegatedGrant, GrantError, added, exposed_words};
use super::{read, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission, Role, permission};
use crate::platform::ids::{ClientId, DelegatedGrantId, ServicePrincipalId, UserId};
use crate::service_principals::{ServicePrincipal, ServicePrincipalError, store as principals};
use crate::users;
use database::Transaction;

/// What lets a caller decide about grants.
const WRITE: [Permission; 2] = [Permission::DelegatedPermissionGrantReadWriteAll, Permission::DirectoryReadWriteAll];

/// The roles that decide about grants (Entra: grant tenant-wide admin consent).
const ROLES: [Role; 3] =
    [Role::PrivilegedRoleAdministrator, Role::ApplicationAdministrator, Role::CloudApplicationAdministrator];

/// A grant to be made.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// The app.
    pub client: ServicePrincipalId,
    /// Where it may.
    pub resource: ServicePrincipalId,
    /// For whom.
    pub consent_type: ConsentType,
    /// The one person, where it is for one.
    pub principal: Option<UserId>,
    /// What it may.
    pub scope: String,
}

/// Whether the caller may decide what apps do for everybody, and for others.
pub fn may_manage(caller: &Caller) -> bool {
    caller.may(&WRITE, &ROLES)
}

/// Whether the roles of the caller let them decide that, whatever an app of theirs may.
pub fn may_manage_by_role(caller: &Caller) -> bool {
    caller.holds_any(&[Role::GlobalAdministrator]) || caller.holds_any(&ROLES)
}

/// Whether somebody may take this back: an administrator, or the person themselves.
fn may_take_back(caller: &Caller, grant: &DelegatedGrant) -> bool {
    let own = caller.user().is_some_and(|user| grant.principal_id == Some(user.id));
    may_manage(caller) || (own && caller.has_any(&WRITE))
}

/// Grants (Graph: POST /oauth2PermissionGrants), in the caller's transaction.
pub async fn create(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    new: NewGrant,
) -> Result<DelegatedGrant, GrantError> {
    if !may_manage(caller) {
        return Err(GrantError::Denied);
    }
    let invalid = |property, problem: &str| GrantError::Invalid(property, problem.to_owned());
    let nobody = |property| invalid(property, "there is no service principal with this id");
    let client = principals::find(tx, caller.tenant, new.client).await?.ok_or_else(|| nobody("clientId"))?;
    let resource = principals::find(tx, caller.tenant, new.resource).await?.ok_or_else(|| nobody("resourceId"))?;
    match (new.consent_type, new.principal) {
        (ConsentType::Everybody, None) => {}
        (ConsentType::Everybody, Some(_)) => return Err(invalid("principalId", "a grant for everybody names nobody")),
        (ConsentType::Person, None) => return Err(invalid("principalId", "it is required")),
        (ConsentType::Person, Some(user)) => {
            let found = users::store::find(tx, caller.tenant, user).await?;
            found.ok_or_else(|| invalid("principalId", "there is no user with this id"))?;
        }
    }
    let scope = exposed_words(&resource, &new.scope)?;
    let grant = insert(tx, server, (&client, &resource), new.principal, scope).await?.ok_or(GrantError::Exists)?;
    record(tx, server, caller, Activity::AddDelegatedGrant, &grant, ("", &grant.scope)).await?;
    Ok(grant)
}

/// Adds a grant; `None` if there is such a one.
pub(in crate::service_principals) async fn insert(
    tx: &mut Transaction,
    server: &Server,
    (client, resource): (&ServicePrincipal, &ServicePrincipal),
    principal: Option<UserId>,
    scope: String,
) -> database::Result<Option<DelegatedGrant>> {
    let now = server.clock.now();
    let grant = DelegatedGrant {
        tenant_id: client.tenant_id,
        id: DelegatedGrantId(server.entropy.uuid(now)),
        client_id: client.id,
        client_display_name: client.display_name.clone(),
        consent_type: if principal.is_some() { ConsentType::Person } else { ConsentType::Everybody },
        principal_id: principal,
        resource_id: resource.id,
        resource_display_name: resource.display_name.clone(),
        scope,
        created_at: now,
    };
    let is_new = match principal {
        None => store::insert_for_everybody(tx, &grant).await?,
        Some(user) => store::insert_for_person(tx, &grant, user).await?,
    };
    Ok(is_new.then_some(grant))
}

/// Replaces the words of a grant (Graph: PATCH /oauth2PermissionGrants/{id}).
pub async fn change(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    id: &str,
    scope: &str,
) -> Result<(), GrantError> {
    if !may_manage(caller) {
        return Err(GrantError::Denied);
    }
    let grant = sought(tx, caller, id).await?;
    let gone = || GrantError::NotFound(id.to_owned());
    let resource = principals::find(tx, caller.tenant, grant.resource_id).await?.ok_or_else(gone)?;
    let after = exposed_words(&resource, scope)?;
    Ok(write(tx, server, caller, &grant, &after).await?)
}

/// Stores and tells the new words of a grant; nothing, if they are the old ones.
pub(in crate::service_principals) async fn write(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    grant: &DelegatedGrant,
    after: &str,
) -> database::Result<()> {
    if grant.scope == after {
        return Ok(());
    }
    if !store::update(tx, grant, after, server.clock.now()).await? {
        return Err(database::Error::Conflict("the grant was changed meanwhile".to_owned()));
    }
    let is_more = !added(&grant.scope, after).is_empty();
    let activity = if is_more { Activity::AddDelegatedGrant } else { Activity::RemoveDelegatedGrant };
    record(tx, server, caller, activity, grant, (&grant.scope, after)).await
}

/// Takes a grant back (Graph: DELETE /oauth2PermissionGrants/{id}).
pub async fn delete(tx: &mut Transaction, server: &Server, caller: &Caller, id: &str) -> Result<(), GrantError> {
    if !caller.has_any(&WRITE) {
        return Err(GrantError::Denied);
    }
    let grant = sought(tx, caller, id).await?;
    if !may_take_back(caller, &grant) {
        return Err(GrantError::Denied);
    }
    if !store::delete(tx, caller.tenant, grant.id, server.clock.now()).await? {
        return Err(GrantError::NotFound(id.to_owned()));
    }
    Ok(record(tx, server, caller, Activity::RemoveDelegatedGrant, &grant, (&grant.scope, "")).await?)
}

/// Takes back what the caller has granted for themselves, and nothing else, whatever else they may.
pub async fn take_back_own(tx: &mut Transaction, server: &Server, caller: &Caller, id: &str) -> Result<(), GrantError> {
    let own = caller.user().map(|user| user.id).ok_or(GrantError::Denied)?;
    if sought(tx, caller, id).await?.principal_id != Some(own) {
        return Err(GrantError::NotFound(id.to_owned()));
    }
    delete(tx, server, caller, id).await
}

/// Whether the caller sees such a grant, for a change that changes nothing.
///
/// # Errors
/// `NotFound` if they do not.
pub async fn exists(tx: &mut Transaction, caller: &Caller, id: &str) -> Result<(), GrantError> {
    sought(tx, caller, id).await.map(drop)
}

async fn sought(tx: &mut Transaction, caller: &Caller, id: &str) -> Result<DelegatedGrant, GrantError> {
    let found = read::find(tx, caller, DelegatedGrant::parse_wire_id(id)).await?;
    found.ok_or_else(|| GrantError::NotFound(id.to_owned()))
}

/// Replaces what an app may use of the directory API on behalf of everybody; an empty list takes it all back.
pub async fn grant_delegated(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    client: &ServicePrincipal,
    permissions: &[Permission],
) -> Result<(), ServicePrincipalError> {
    if !may_manage(caller) {
        return Err(ServicePrincipalError::Denied);
    }
    let tenant = caller.tenant;
    let api = principals::find_by_client(tx, tenant, ClientId(permission::RESOURCE))
        .await?
        .ok_or_else(|| ServicePrincipalError::NotFound(permission::RESOURCE.to_string()))?;
    let before = store::find_between(tx, tenant, client.id, api.id, None).await?;
    let held = before.as_ref().map_or("", |grant| &grant.scope);
    let others = held.split_ascii_whitespace().filter(|word| Permission::from_name(word).is_none());
    let after: Vec<&str> = permissions.iter().map(|permission| permission.name()).chain(others).collect();
    let after = after.join(" ");
    match before {
        None if after.is_empty() => {}
        None => {
            let grant = insert(tx, server, (client, &api), None, after).await?.ok_or(ServicePrincipalError::Changed)?;
            record(tx, server, caller, Activity::AddDelegatedGrant, &grant, ("", &grant.scope)).await?;
        }
        Some(grant) if after.is_empty() => {
            store::delete(tx, tenant, grant.id, server.clock.now()).await?;
            record(tx, server, caller, Activity::RemoveDelegatedGrant, &grant, (&grant.scope, "")).await?;
        }
        Some(grant) => write(tx, server, caller, &grant, &after).await?,
    }
    Ok(())
}

/// One row of the audit about a grant: the words before and after.
pub(in crate::service_principals) async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    grant: &DelegatedGrant,
    (before, after): (&str, &str),
) -> database::Result<()> {
    let target = Target::new("ServicePrincipal", grant.client_id.0, grant.client_display_name.clone()).change(
        "DelegatedPermissionGrant.Scope",
        before,
        after,
    );
    let principal = grant.principal_id.map(|id| id.to_string()).unwrap_or_default();
    let mut details = vec![
        ("DelegatedPermissionGrant.ConsentType", grant.consent_type.as_str()),
        ("DelegatedPermissionGrant.Resource", grant.resource_display_name.as_str()),
    ];
    if grant.principal_id.is_some() {
        details.push(("DelegatedPermissionGrant.PrincipalId", &principal));
    }
    audit::record(tx, server, caller, activity, &Outcome::Success, &target, &details).await
}
