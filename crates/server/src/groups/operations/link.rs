//! Members and owners: adding and removing.

use super::{Key, get_to_change, record};
use crate::Server;
use crate::audit::{Activity, Target};
use crate::changes::Kind;
use crate::graph::Caller;
use crate::groups::change::Named;
use crate::groups::{Group, GroupError, Relation, store};
use crate::platform::ids::{GroupId, PrincipalId};
use database::Transaction;
use serde_json::{Value, json};
use uuid::Uuid;

/// Owners a group may have (Graph: add owners).
const OWNERS: i64 = 100;

/// Adds an object to a group (Graph: add member, add owner).
///
/// # Errors
/// `NoObject` if there is none of the kind that is meant, `Linked` if nothing would change, `Cycle` if the group would belong
/// to itself, `Dynamic` for a member of a group that follows a rule.
pub async fn add(
    server: &Server,
    caller: &Caller,
    key: &Key,
    relation: Relation,
    object: Named,
) -> Result<(), GroupError> {
    let mut tx = server.write().await?;
    let group = get_to_change(&mut tx, caller, key, relation.permissions()).await?;
    add_all(&mut tx, server, caller, (relation, &group), &[object]).await?;
    Ok(tx.commit().await?)
}

/// Adds a member within a transaction of the caller; who belongs to the group already stays.
///
/// # Errors
/// As [`add`], but for `Linked`.
pub async fn admit(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    group: GroupId,
    object: Named,
) -> Result<(), GroupError> {
    let group = get_to_change(tx, caller, &Key::Id(group), Relation::Members.permissions()).await?;
    match add_all(tx, server, caller, (Relation::Members, &group), &[object]).await {
        Err(GroupError::Linked(_)) => Ok(()),
        outcome => outcome,
    }
}

/// Refuses a group to which the caller may add no member, or nobody may by hand.
pub async fn check_may_admit(tx: &mut Transaction, caller: &Caller, group: GroupId) -> Result<(), GroupError> {
    let group = get_to_change(tx, caller, &Key::Id(group), Relation::Members.permissions()).await?;
    check_by_hand(Relation::Members, &group)
}

/// Adds objects within a transaction of the caller, who may do so.
pub(super) async fn add_all(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (relation, group): (Relation, &Group),
    objects: &[Named],
) -> Result<(), GroupError> {
    if objects.is_empty() {
        return Ok(());
    }
    check_by_hand(relation, group)?;
    let now = server.clock.now();
    let mut nested = Vec::new();
    for object in objects {
        let (kind, name) = find(tx, caller, *object).await?;
        check_kind(tx, caller, (relation, group), (kind, object.id)).await?;
        if !store::insert_edge(tx, caller.tenant, (relation, group.id), (kind, object.id), now).await? {
            return Err(GroupError::Linked(relation));
        }
        if kind == Kind::Group {
            nested.push(GroupId(object.id));
        }
        let target = target(group, (kind, object.id, name), true);
        record(tx, server, caller, activity(relation, true), &target).await?;
    }
    // The edges stand, and with them the tenant's turn in the log of changes is held: whoever nests groups at the same time
    // waits here, and then sees these edges.
    for below in nested {
        if below == group.id || store::is_below(tx, caller.tenant, group.id, below).await? {
            return Err(GroupError::Cycle);
        }
    }
    if relation == Relation::Owners && store::count_owners(tx, caller.tenant, group.id).await? > OWNERS {
        return Err(GroupError::Invalid {
            property: "owners",
            problem: format!("a group has at most {OWNERS} owners"),
        });
    }
    Ok(())
}

/// Takes an object off a group (Graph: remove member, remove owner). One that is deleted can be taken off as well.
///
/// # Errors
/// `NoObject` if it does not hang on the group.
pub async fn remove(
    server: &Server,
    caller: &Caller,
    key: &Key,
    relation: Relation,
    object: Uuid,
) -> Result<(), GroupError> {
    let mut tx = server.write().await?;
    let group = get_to_change(&mut tx, caller, key, relation.permissions()).await?;
    if !store::is_linked(&mut tx, caller.tenant, relation, group.id, PrincipalId(object)).await? {
        return Err(GroupError::NoObject(object));
    }
    check_by_hand(relation, &group)?;
    let now = server.clock.now();
    let Some(kind) = store::delete_edge(&mut tx, caller.tenant, (relation, group.id), object, now).await? else {
        return Err(GroupError::NoObject(object));
    };
    let name = store::find_object(&mut tx, caller.tenant, object).await?.map(|(_, name)| name);
    let target = target(&group, (kind, object, name.unwrap_or_else(|| object.to_string())), false);
    record(&mut tx, server, caller, activity(relation, false), &target).await?;
    Ok(tx.commit().await?)
}

fn check_by_hand(relation: Relation, group: &Group) -> Result<(), GroupError> {
    if relation == Relation::Members && group.is_dynamic() { Err(GroupError::Dynamic) } else { Ok(()) }
}

/// What a reference names: an object that is there, of the kind its set holds.
async fn find(tx: &mut Transaction, caller: &Caller, object: Named) -> Result<(Kind, String), GroupError> {
    let wanted = match object.set {
        "users" => Some(Kind::User),
        "groups" => Some(Kind::Group),
        "servicePrincipals" => Some(Kind::ServicePrincipal),
        _ => None,
    };
    let found = store::find_object(tx, caller.tenant, object.id).await?;
    found.filter(|(kind, _)| wanted.is_none_or(|wanted| wanted == *kind)).ok_or(GroupError::NoObject(object.id))
}

/// Refuses what cannot hang there: a group answers for nothing, and a group that roles can be given to neither holds groups nor
/// belongs to one, because whoever manages the one would give the roles of the other.
async fn check_kind(
    tx: &mut Transaction,
    caller: &Caller,
    (relation, group): (Relation, &Group),
    (kind, id): (Kind, Uuid),
) -> Result<(), GroupError> {
    if kind != Kind::Group {
        return Ok(());
    }
    let invalid = |problem: &str| Err(GroupError::Invalid { property: relation.as_str(), problem: problem.to_owned() });
    if relation == Relation::Owners {
        return invalid("users and service principals can be owners, a group cannot");
    }
    let nested = store::find(tx, caller.tenant, GroupId(id)).await?;
    if group.is_assignable_to_role || nested.is_some_and(|nested| nested.is_assignable_to_role) {
        return invalid("a group that roles can be given to neither holds groups nor belongs to one");
    }
    Ok(())
}

const fn activity(relation: Relation, is_added: bool) -> Activity {
    match (relation, is_added) {
        (Relation::Members, true) => Activity::AddGroupMember,
        (Relation::Members, false) => Activity::RemoveGroupMember,
        (Relation::Owners, true) => Activity::AddGroupOwner,
        (Relation::Owners, false) => Activity::RemoveGroupOwner,
    }
}

/// The row is about the object; the group is what changed of it.
pub(super) fn target(group: &Group, (kind, id, name): (Kind, Uuid, String), is_added: bool) -> Target {
    let pair = |value: Value| if is_added { (Value::Null, value) } else { (value, Value::Null) };
    let (old_id, new_id) = pair(json!(group.id));
    let (old_name, new_name) = pair(json!(group.display_name));
    Target::new(kind.as_str(), id, name).change("Group.ObjectID", old_id, new_id).change(
        "Group.DisplayName",
        old_name,
        new_name,
    )
}
