//! Who answers for registrations and service principals: they change what they own without a role.

use super::{WRITE_OWN, may_write};
use crate::Server;
use crate::applications::error::Invalid;
use crate::applications::{ApplicationError, Owned, owner_store};
use crate::audit::{self, Activity, Outcome, Target};
use crate::changes::Kind;
use crate::graph::{Actor, Caller, Reference};
use crate::groups::store::find_object;
use crate::platform::ids::{PrincipalId, ServicePrincipalId};
use database::Transaction;
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

/// Owners an application may have (Graph: add owners).
const MOST: i64 = 100;

/// Service principals of one owner that are listed.
const LISTED: u32 = 1000;

/// Whether the caller may change this: whoever may change every application, and its owners (Graph: application; for a program
/// `Application.ReadWrite.OwnedBy`).
pub async fn may_write_owned(tx: &mut Transaction, caller: &Caller, owned: Owned) -> database::Result<bool> {
    Ok(may_write(caller) || (caller.has_any(&WRITE_OWN) && is_owner(tx, caller, owned).await?))
}

/// The same of several of one kind, each named once: whether the caller may change every one of them.
pub async fn may_write_each(tx: &mut Transaction, caller: &Caller, kind: Kind, ids: &[Uuid]) -> database::Result<bool> {
    if may_write(caller) {
        return Ok(true);
    }
    let Some(owner) = as_owner(caller).filter(|_| caller.has_any(&WRITE_OWN)) else { return Ok(false) };
    let owned = owner_store::count_owned_among(tx, caller.tenant, owner, kind, ids).await?;
    Ok(usize::try_from(owned) == Ok(ids.len()))
}

/// Whether the caller is an owner of this.
pub async fn is_owner(tx: &mut Transaction, caller: &Caller, owned: Owned) -> database::Result<bool> {
    match as_owner(caller) {
        Some(owner) => owner_store::is_owner(tx, caller.tenant, owned, owner).await,
        None => Ok(false),
    }
}

/// The service principals that the caller owns, at most a thousand.
pub async fn own_principals(tx: &mut Transaction, caller: &Caller) -> database::Result<HashSet<ServicePrincipalId>> {
    let Some(owner) = as_owner(caller) else { return Ok(HashSet::new()) };
    let kind = (Some(Kind::ServicePrincipal), None);
    let owned = owner_store::list_owned(tx, caller.tenant, owner, kind, LISTED).await?;
    Ok(owned.into_iter().map(|(_, id)| ServicePrincipalId(id)).collect())
}

/// Whom the caller is as an owner.
fn as_owner(caller: &Caller) -> Option<PrincipalId> {
    match &caller.actor {
        Actor::User(person) => Some(person.id.into()),
        Actor::Application(program) => Some(program.service_principal.into()),
        Actor::System => None,
    }
}

/// Adds an owner (Graph: application: add owner, servicePrincipal: add owner), in the transaction of the caller, who may change
/// what is owned. `name` is shown beside the change.
///
/// # Errors
/// `NoObject` if there is none of the kind that is meant, `IsOwner` if nothing would change.
pub async fn add_owner(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (owned, name): (Owned, &str),
    object: Reference,
) -> Result<(), ApplicationError> {
    let wanted = match object.set {
        "users" => Some(Kind::User),
        "groups" => Some(Kind::Group),
        "servicePrincipals" => Some(Kind::ServicePrincipal),
        _ => None,
    };
    let found = find_object(tx, caller.tenant, object.id).await?;
    let found = found.filter(|(kind, _)| wanted.is_none_or(|wanted| wanted == *kind));
    let (kind, label) = found.ok_or(ApplicationError::NoObject(object.id))?;
    let invalid = |problem: String| Invalid { property: "owners", problem };
    if kind == Kind::Group {
        return Err(invalid("users and service principals can be owners, a group cannot".to_owned()).into());
    }
    insert(tx, server, caller, (owned, name), (kind, object.id, &label)).await?;
    if owner_store::count(tx, caller.tenant, owned).await? > MOST {
        return Err(invalid(format!("an application has at most {MOST} owners")).into());
    }
    Ok(())
}

/// Makes the caller an owner of what they just made, if they could not change it otherwise.
pub async fn own(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (owned, name): (Owned, &str),
) -> Result<(), ApplicationError> {
    match who(caller) {
        Some(object) if !may_write(caller) => insert(tx, server, caller, (owned, name), object).await,
        _ => Ok(()),
    }
}

/// Adds the owners that were named when something was made (Graph: `owners@odata.bind`), in the transaction that made it. Whoever
/// made it may name themselves, although they are its owner already.
///
/// # Errors
/// As [`add_owner`].
pub async fn add_first_owners(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    owned: (Owned, &str),
    objects: &[Reference],
) -> Result<(), ApplicationError> {
    for object in objects {
        let is_own = who(caller).is_some_and(|(_, id, _)| id == object.id);
        match add_owner(tx, server, caller, owned, *object).await {
            Err(ApplicationError::IsOwner) if is_own => {}
            outcome => outcome?,
        }
    }
    Ok(())
}

/// The caller as an object of the directory; nobody for the server itself.
fn who(caller: &Caller) -> Option<(Kind, Uuid, &str)> {
    match &caller.actor {
        Actor::User(person) => Some((Kind::User, person.id.0, person.display_name.as_str())),
        Actor::Application(program) => {
            Some((Kind::ServicePrincipal, program.service_principal.0, program.display_name.as_str()))
        }
        Actor::System => None,
    }
}

async fn insert(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (owned, name): (Owned, &str),
    (kind, id, label): (Kind, Uuid, &str),
) -> Result<(), ApplicationError> {
    if !owner_store::insert(tx, caller.tenant, owned, (kind, id), server.clock.now()).await? {
        return Err(ApplicationError::IsOwner);
    }
    owner_store::forget_gone(tx, caller.tenant, owned).await?;
    Ok(record(tx, server, caller, (owned, name), (kind, id, label), true).await?)
}

/// Removes an owner (Graph: application: remove owner, servicePrincipal: remove owner), in the transaction of the caller, who
/// may change what is owned. One that is deleted can be removed as well.
///
/// # Errors
/// `NoObject` if they are no owner, `LastOwner` if nobody would be left who is there: whoever that is named another one first,
/// administrators too (security check T5).
pub async fn remove_owner(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (owned, name): (Owned, &str),
    id: Uuid,
) -> Result<(), ApplicationError> {
    let gone = owner_store::delete(tx, caller.tenant, owned, id, server.clock.now()).await?;
    let kind = gone.ok_or(ApplicationError::NoObject(id))?;
    // The row is gone, and with it the tenant's turn in the log of changes is held: whoever removes another owner at the same
    // time waits there, and then sees this.
    if owner_store::list(tx, caller.tenant, owned).await?.is_empty() {
        return Err(ApplicationError::LastOwner);
    }
    let label = find_object(tx, caller.tenant, id).await?.map_or_else(|| id.to_string(), |(_, name)| name);
    Ok(record(tx, server, caller, (owned, name), (kind, id, &label), false).await?)
}

/// The row is about the owner; what they own is what changed of them.
async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (owned, name): (Owned, &str),
    (kind, id, label): (Kind, Uuid, &str),
    is_added: bool,
) -> database::Result<()> {
    let (activity, id_name, display_name) = match (owned.kind, is_added) {
        (Kind::ServicePrincipal, true) => {
            (Activity::AddServicePrincipalOwner, "ServicePrincipal.ObjectID", "ServicePrincipal.DisplayName")
        }
        (Kind::ServicePrincipal, false) => {
            (Activity::RemoveServicePrincipalOwner, "ServicePrincipal.ObjectID", "ServicePrincipal.DisplayName")
        }
        (_, true) => (Activity::AddApplicationOwner, "Application.ObjectID", "Application.DisplayName"),
        (_, false) => (Activity::RemoveApplicationOwner, "Application.ObjectID", "Application.DisplayName"),
    };
    let pair = |value: Value| if is_added { (Value::Null, value) } else { (value, Value::Null) };
    let ((old_id, new_id), (old_name, new_name)) = (pair(json!(owned.id)), pair(json!(name)));
    let target =
        Target::new(kind.as_str(), id, label).change(id_name, old_id, new_id).change(display_name, old_name, new_name);
    audit::record(tx, server, caller, activity, &Outcome::Success, &target, &[]).await
}
