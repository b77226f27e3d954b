//! Making a group.

use super::{follow, link, record, target};
use crate::Server;
use crate::audit::Activity;
use crate::changes::Kind;
use crate::extensions;
use crate::graph::Caller;
use crate::groups::change::{self, Named, NewGroup};
use crate::groups::{Group, GroupError, Relation, rights, store};
use crate::platform::ids::GroupId;

/// Makes a group with its first members and owners, all of it or nothing (Graph: create group).
///
/// # Errors
/// `Invalid` for a unique name that is taken, also by a deleted group.
pub async fn create(server: &Server, caller: &Caller, new: &NewGroup) -> Result<Group, GroupError> {
    rights::check_create(caller, new.is_assignable_to_role)?;
    let now = server.clock.now();
    let mut group = Group {
        tenant_id: caller.tenant,
        id: GroupId(server.entropy.uuid(now)),
        display_name: String::new(),
        description: None,
        mail_nickname: String::new(),
        mail_enabled: false,
        security_enabled: true,
        group_type: None,
        visibility: None,
        is_assignable_to_role: new.is_assignable_to_role,
        membership_rule: None,
        membership_rule_state: None,
        unique_name: new.unique_name.clone(),
        created_at: now,
        deleted_at: None,
        version: 1,
    };
    let mut changes = new.properties.apply(&mut group);
    change::check(&mut group)?;
    if group.is_dynamic() {
        rights::check_rule(caller)?;
    }
    let mut tx = server.write().await?;
    follow::check_named(&mut tx, None, &group).await?;
    let consequence = follow::prepare(&mut tx, None, &group).await?;
    if !store::insert(&mut tx, &group).await? {
        let problem = "another group has it, or a deleted one that can be brought back".to_owned();
        return Err(GroupError::Invalid { property: "uniqueName", problem });
    }
    follow::conclude(&mut tx, &group, consequence).await?;
    let object = (Kind::Group, group.id.0);
    changes.extend(extensions::put(&mut tx, caller.tenant, object, &new.properties.extensions).await?);
    let target = changes.into_iter().fold(target(&group), |target, (name, old, new)| target.change(name, old, new));
    record(&mut tx, server, caller, Activity::AddGroup, &target).await?;
    link::add_all(&mut tx, server, caller, (Relation::Owners, &group), &owners(caller, new)).await?;
    link::add_all(&mut tx, server, caller, (Relation::Members, &group), &new.members).await?;
    tx.commit().await?;
    Ok(group)
}

/// Those who were named, and whoever makes the group and could not change it otherwise.
fn owners(caller: &Caller, new: &NewGroup) -> Vec<Named> {
    let founder = rights::founder(caller).filter(|_| !new.is_assignable_to_role);
    let founder = founder.map(|user| Named { set: "users", id: user.0 });
    let is_named = |founder: &Named| new.owners.iter().any(|owner| owner.id == founder.id);
    new.owners.iter().copied().chain(founder.filter(|founder| !is_named(founder))).collect()
}
