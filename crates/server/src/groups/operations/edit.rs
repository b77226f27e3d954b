//! Changing and deleting a group.

use super::{Key, follow, get_to_change, link, record, target};
use crate::Server;
use crate::audit::{Activity, Target};
use crate::changes::Kind;
use crate::extensions;
use crate::graph::Caller;
use crate::groups::change::{self, Changes, Named};
use crate::groups::rights::{WRITE, WRITE_MEMBERS};
use crate::groups::{Group, GroupError, Relation, rights, store};
use crate::users::sponsors::{self, SponsorId};

/// Changes a group and adds members, all of it or nothing (Graph: update group); the group as it is now. `expected` is the
/// version the caller has read. Without changes the right to change members is enough.
pub async fn change(
    server: &Server,
    caller: &Caller,
    key: &Key,
    (changes, members): (Option<&Changes>, &[Named]),
    expected: Option<i64>,
) -> Result<Group, GroupError> {
    let permissions = if changes.is_some() { WRITE.as_slice() } else { &WRITE_MEMBERS };
    let mut tx = server.write().await?;
    let before = get_to_change(&mut tx, caller, key, permissions).await?;
    check_version(&before, expected)?;
    let mut after = before.clone();
    if let Some(changes) = changes {
        changes.apply(&mut after);
        change::check(&mut after)?;
    }
    let mut differences = change::differences(&before, &after);
    if differences.iter().any(|(name, ..)| change::RULE.contains(name)) {
        rights::check_rule(caller)?;
    }
    if let Some(changes) = changes {
        let object = (Kind::Group, before.id.0);
        differences.extend(extensions::put(&mut tx, caller.tenant, object, &changes.extensions).await?);
    }
    if !differences.is_empty() {
        follow::check_named(&mut tx, Some(&before), &after).await?;
        let consequence = follow::prepare(&mut tx, Some(&before), &after).await?;
        if !store::update(&mut tx, &after, server.clock.now()).await? {
            return Err(GroupError::Changed);
        }
        follow::conclude(&mut tx, &after, consequence).await?;
        after.version += 1;
        let target = Target { changes: differences, ..target(&after) };
        record(&mut tx, server, caller, Activity::UpdateGroup, &target).await?;
    }
    link::add_all(&mut tx, server, caller, (Relation::Members, &after), members).await?;
    tx.commit().await?;
    Ok(after)
}

/// Deletes a group softly: it is found nowhere, and whoever belonged to it does so again when it is brought back. Guests whom it
/// alone answered for are flagged.
pub async fn delete(server: &Server, caller: &Caller, key: &Key, expected: Option<i64>) -> Result<(), GroupError> {
    let mut tx = server.write().await?;
    let mut group = get_to_change(&mut tx, caller, key, &WRITE).await?;
    check_version(&group, expected)?;
    let now = server.clock.now();
    group.deleted_at = Some(now);
    if !store::update(&mut tx, &group, now).await? {
        return Err(GroupError::Changed);
    }
    let left = sponsors::left(&mut tx, server, caller.tenant, SponsorId::Group(group.id)).await?;
    let target = left.told(target(&group));
    record(&mut tx, server, caller, Activity::DeleteGroup, &target).await?;
    Ok(tx.commit().await?)
}

fn check_version(group: &Group, expected: Option<i64>) -> Result<(), GroupError> {
    if expected.is_some_and(|version| version != group.version) { Err(GroupError::Changed) } else { Ok(()) }
}
