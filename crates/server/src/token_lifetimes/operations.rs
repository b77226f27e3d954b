//! Making, changing and removing policies, and giving them to apps.

use super::policy::read;
use super::{LifetimeError, TokenLifetimePolicy, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::changes::Kind;
use crate::graph::{Caller, Permission, Role};
use crate::platform::ids::TokenLifetimePolicyId;
use crate::tenants;
use crate::web::names;
use database::Transaction;
use serde_json::{Value, json};
use uuid::Uuid;

/// What can have a policy: a registration or a service principal, by its object id.
pub type Object = (Kind, Uuid);

/// Policies of an organisation at most.
const MOST: usize = 100;

/// Characters of a name at most.
const LONGEST_NAME: usize = 256;

/// Characters of a description at most.
const LONGEST_DESCRIPTION: usize = 1024;

/// What lets a caller read policies.
const READ: [Permission; 2] = [Permission::PolicyReadAll, Permission::PolicyReadWriteApplicationConfiguration];

/// What lets a caller change them.
const WRITE: [Permission; 1] = [Permission::PolicyReadWriteApplicationConfiguration];

/// Who changes them beside Global Administrators.
const ROLES: [Role; 2] = [Role::ApplicationAdministrator, Role::CloudApplicationAdministrator];

/// A new policy.
#[derive(Debug, Clone)]
pub struct NewPolicy {
    /// `displayName`
    pub display_name: String,
    /// `description`
    pub description: Option<String>,
    /// The one entry of `definition`.
    pub definition: String,
    /// `isOrganizationDefault`
    pub is_default: bool,
}

/// What of a policy is to be changed.
#[derive(Debug, Clone, Default)]
pub struct PolicyChange {
    /// `displayName`
    pub display_name: Option<String>,
    /// `description`; `Some(None)` takes it away.
    pub description: Option<Option<String>>,
    /// The one entry of `definition`.
    pub definition: Option<String>,
    /// `isOrganizationDefault`
    pub is_default: Option<bool>,
    /// The version that the policy must still have; `None` changes it as it is.
    pub of_version: Option<i64>,
}

/// Refuses whoever may not read policies: programs need a permission, people a role.
pub fn check_may_read(caller: &Caller) -> Result<(), LifetimeError> {
    check_may_give(caller)?;
    if caller.is_application() || caller.holds_any(Role::ALL) { Ok(()) } else { Err(LifetimeError::Denied) }
}

/// Refuses whoever may not change policies.
pub fn check_may_write(caller: &Caller) -> Result<(), LifetimeError> {
    if caller.may(&WRITE, &ROLES) { Ok(()) } else { Err(LifetimeError::Denied) }
}

/// Refuses whoever may give policies to nothing, and see of nothing which one it has. Whether the caller may change the registration
/// or the service principal is another question, to be asked besides (Graph: assign tokenLifetimePolicy).
pub fn check_may_give(caller: &Caller) -> Result<(), LifetimeError> {
    let is_manager = caller.is_application() && caller.holds_any(&ROLES);
    if is_manager || caller.has_any(&READ) { Ok(()) } else { Err(LifetimeError::Denied) }
}

/// The policies of the organisation, by id.
pub async fn list(server: &Server, caller: &Caller) -> Result<Vec<TokenLifetimePolicy>, LifetimeError> {
    check_may_read(caller)?;
    Ok(store::list(&mut server.read().await?, caller.tenant).await?)
}

/// The policy with this id.
pub async fn get(server: &Server, caller: &Caller, id: &str) -> Result<TokenLifetimePolicy, LifetimeError> {
    check_may_read(caller)?;
    find(&mut server.read().await?, caller, id).await
}

/// The policy with this id, for calls that look at the rest of what they were sent afterwards.
///
/// # Errors
/// `Denied` for whoever may not change it, before `NotFound`.
pub async fn get_to_write(server: &Server, caller: &Caller, id: &str) -> Result<TokenLifetimePolicy, LifetimeError> {
    check_may_write(caller)?;
    find(&mut server.read().await?, caller, id).await
}

async fn find(tx: &mut Transaction, caller: &Caller, id: &str) -> Result<TokenLifetimePolicy, LifetimeError> {
    let missing = || LifetimeError::NotFound(id.to_owned());
    let parsed: TokenLifetimePolicyId = id.parse().map_err(|_| missing())?;
    store::find(tx, caller.tenant, parsed).await?.ok_or_else(missing)
}

/// Makes a policy, which holds for nothing yet unless it is the organisation's default.
///
/// # Errors
/// `Invalid` also for one policy too many, and where another one is the default.
pub async fn create(server: &Server, caller: &Caller, new: NewPolicy) -> Result<TokenLifetimePolicy, LifetimeError> {
    check_may_write(caller)?;
    let policy = TokenLifetimePolicy {
        tenant_id: caller.tenant,
        id: TokenLifetimePolicyId(server.entropy.uuid(server.clock.now())),
        lifetime_seconds: read(&new.definition).map_err(|problem| LifetimeError::Invalid("definition", problem))?,
        display_name: new.display_name,
        description: new.description,
        definition: new.definition,
        is_default: new.is_default,
        version: 1,
    };
    check_texts(&policy)?;
    let mut tx = server.write().await?;
    // One after the other, so that two at once pass neither the number nor the one default.
    tenants::store::lock(&mut tx, caller.tenant).await?;
    let others = store::list(&mut tx, caller.tenant).await?;
    if others.len() >= MOST {
        let problem = format!("an organization has at most {MOST} of them");
        return Err(LifetimeError::Invalid("tokenLifetimePolicies", problem));
    }
    check_default(&policy, &others)?;
    store::insert(&mut tx, &policy).await?;
    record(&mut tx, server, caller, Activity::AddTokenLifetimePolicy, (None, Some(&policy))).await?;
    tx.commit().await?;
    Ok(policy)
}

/// Changes a policy; tokens that are given from then on obey it. Refused where it has another version than the change names.
///
/// # Errors
/// `Invalid` also where another policy is the default.
pub async fn change(server: &Server, caller: &Caller, id: &str, change: PolicyChange) -> Result<(), LifetimeError> {
    check_may_write(caller)?;
    let mut tx = server.write().await?;
    tenants::store::lock(&mut tx, caller.tenant).await?;
    let before = find(&mut tx, caller, id).await?;
    if change.of_version.is_some_and(|version| version != before.version) {
        return Err(LifetimeError::Changed);
    }
    let after = changed(&before, change)?;
    check_texts(&after)?;
    if properties(&before) == properties(&after) {
        return Ok(());
    }
    check_default(&after, &store::list(&mut tx, caller.tenant).await?)?;
    if !store::update(&mut tx, &after).await? {
        return Err(LifetimeError::Changed);
    }
    record(&mut tx, server, caller, Activity::UpdateTokenLifetimePolicy, (Some(&before), Some(&after))).await?;
    Ok(tx.commit().await?)
}

fn changed(before: &TokenLifetimePolicy, change: PolicyChange) -> Result<TokenLifetimePolicy, LifetimeError> {
    let definition = change.definition.unwrap_or_else(|| before.definition.clone());
    Ok(TokenLifetimePolicy {
        lifetime_seconds: read(&definition).map_err(|problem| LifetimeError::Invalid("definition", problem))?,
        definition,
        display_name: change.display_name.unwrap_or_else(|| before.display_name.clone()),
        description: change.description.unwrap_or_else(|| before.description.clone()),
        is_default: change.is_default.unwrap_or(before.is_default),
        ..before.clone()
    })
}

/// Removes a policy, and takes it from everything that has it: what holds besides holds there from then on. Refused where it has
/// another version than the caller has read.
pub async fn delete(server: &Server, caller: &Caller, id: &str, expected: Option<i64>) -> Result<(), LifetimeError> {
    check_may_write(caller)?;
    let mut tx = server.write().await?;
    let known = find(&mut tx, caller, id).await?.id;
    // Whoever gives it to something meanwhile waits, and then finds it gone.
    if !store::lock(&mut tx, caller.tenant, known).await? {
        return Err(LifetimeError::NotFound(id.to_owned()));
    }
    let policy = find(&mut tx, caller, id).await?;
    if expected.is_some_and(|version| version != policy.version) {
        return Err(LifetimeError::Changed);
    }
    store::take_from_all(&mut tx, caller.tenant, known).await?;
    store::delete(&mut tx, caller.tenant, known).await?;
    record(&mut tx, server, caller, Activity::DeleteTokenLifetimePolicy, (Some(&policy), None)).await?;
    Ok(tx.commit().await?)
}

/// The policy that an object has itself, for a caller who may change the object (Graph: list assigned tokenLifetimePolicies).
pub async fn held(
    tx: &mut Transaction,
    caller: &Caller,
    object: Object,
) -> Result<Option<TokenLifetimePolicy>, LifetimeError> {
    check_may_give(caller)?;
    Ok(store::find_held(tx, caller.tenant, object).await?)
}

/// The same of several objects of one kind, by the objects that have one, for a caller who may change all of them.
pub async fn held_by(
    tx: &mut Transaction,
    caller: &Caller,
    kind: Kind,
    objects: &[Uuid],
) -> Result<Vec<(Uuid, TokenLifetimePolicy)>, LifetimeError> {
    check_may_give(caller)?;
    Ok(store::list_held(tx, caller.tenant, kind, objects).await?)
}

/// Gives a policy to an object (Graph: assign tokenLifetimePolicy), in the transaction of the caller, who may change the object.
/// `target` is the object as the audit shows it.
///
/// # Errors
/// `HasOne` if the object has a policy, be it this one; `NotFound` if there is no such policy.
pub async fn give(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (object, target): (Object, Target),
    policy: TokenLifetimePolicyId,
) -> Result<(), LifetimeError> {
    check_may_give(caller)?;
    let missing = || LifetimeError::NotFound(policy.to_string());
    // Whoever removes it meanwhile waits, and then takes it from this object too.
    if !store::lock(tx, caller.tenant, policy).await? {
        return Err(missing());
    }
    let found = store::find(tx, caller.tenant, policy).await?.ok_or_else(missing)?;
    if !store::give(tx, caller.tenant, object, policy).await? {
        return Err(LifetimeError::HasOne);
    }
    let target = target.change(HELD, Value::Null, named(&found));
    Ok(audit::record(tx, server, caller, activity(object.0, true), &Outcome::Success, &target, &[]).await?)
}

/// Takes a policy from an object (Graph: remove tokenLifetimePolicy), in the transaction of the caller, who may change the object.
///
/// # Errors
/// `NotFound` if the object does not have this policy.
pub async fn take(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (object, target): (Object, Target),
    policy: &str,
) -> Result<(), LifetimeError> {
    check_may_give(caller)?;
    let missing = || LifetimeError::NotFound(policy.to_owned());
    let id: TokenLifetimePolicyId = policy.parse().map_err(|_| missing())?;
    let found = store::find(tx, caller.tenant, id).await?.ok_or_else(missing)?;
    if !store::take(tx, caller.tenant, object, id).await? {
        return Err(missing());
    }
    let target = target.change(HELD, named(&found), Value::Null);
    Ok(audit::record(tx, server, caller, activity(object.0, false), &Outcome::Success, &target, &[]).await?)
}

/// Lets an object have this policy, or none, in place of whatever it had: [`take`] and [`give`] in one, for whoever chooses.
///
/// # Errors
/// `NotFound` if there is no such policy.
pub async fn choose(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (object, target): (Object, Target),
    wanted: Option<TokenLifetimePolicyId>,
) -> Result<(), LifetimeError> {
    let had = held(tx, caller, object).await?.map(|policy| policy.id);
    if had == wanted {
        return Ok(());
    }
    if let Some(had) = had {
        take(tx, server, caller, (object, target.clone()), &had.to_string()).await?;
    }
    match wanted {
        Some(wanted) => give(tx, server, caller, (object, target), wanted).await,
        None => Ok(()),
    }
}

/// What the audit calls the policy of an object.
const HELD: &str = "TokenLifetimePolicy";

fn named(policy: &TokenLifetimePolicy) -> Value {
    json!({ "id": policy.id, "displayName": policy.display_name })
}

const fn activity(kind: Kind, is_given: bool) -> Activity {
    match (kind, is_given) {
        (Kind::Application, true) => Activity::AddApplicationPolicy,
        (Kind::Application, false) => Activity::RemoveApplicationPolicy,
        (_, true) => Activity::AddServicePrincipalPolicy,
        (_, false) => Activity::RemoveServicePrincipalPolicy,
    }
}

/// Refuses a name or a description that cannot be one.
fn check_texts(policy: &TokenLifetimePolicy) -> Result<(), LifetimeError> {
    check_text("displayName", &policy.display_name, LONGEST_NAME)?;
    policy.description.as_deref().map_or(Ok(()), |text| check_text("description", text, LONGEST_DESCRIPTION))
}

fn check_text(property: &'static str, text: &str, longest: usize) -> Result<(), LifetimeError> {
    let problem = if text.trim().is_empty() || text.chars().count() > longest {
        format!("it has 1 to {longest} characters")
    } else if names::holds_hidden(text) {
        "it has control or hidden characters".to_owned()
    } else {
        return Ok(());
    };
    Err(LifetimeError::Invalid(property, problem))
}

/// One policy at most is the default of an organisation. It does not take the place of another one unasked: what lives by that one
/// would live longer or shorter, and nobody would have said so.
fn check_default(policy: &TokenLifetimePolicy, all: &[TokenLifetimePolicy]) -> Result<(), LifetimeError> {
    let other = all.iter().find(|other| other.is_default && other.id != policy.id);
    match other.filter(|_| policy.is_default) {
        Some(other) => {
            let problem = format!("the policy '{}' is the default of the organization", other.display_name);
            Err(LifetimeError::Invalid("isOrganizationDefault", problem))
        }
        None => Ok(()),
    }
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    (before, after): (Option<&TokenLifetimePolicy>, Option<&TokenLifetimePolicy>),
) -> Result<(), LifetimeError> {
    let Some(policy) = after.or(before) else { return Ok(()) };
    let nothing = || properties(policy).map(|(name, _)| (name, Value::Null));
    let [old, new] = [before, after].map(|policy| policy.map_or_else(nothing, properties));
    let changed = old.into_iter().zip(new).filter(|(old, new)| old != new);
    let target = changed
        .fold(Target::new("Policy", policy.id.0, policy.display_name.clone()), |target, ((name, old), (_, new))| {
            target.change(name, old, new)
        });
    Ok(audit::record(tx, server, caller, activity, &Outcome::Success, &target, &[]).await?)
}

fn properties(policy: &TokenLifetimePolicy) -> [(&'static str, Value); 4] {
    [
        ("DisplayName", policy.display_name.clone().into()),
        ("Description", policy.description.clone().into()),
        ("PolicyDetail", policy.definition.clone().into()),
        ("IsOrganizationDefault", policy.is_default.into()),
    ]
}
