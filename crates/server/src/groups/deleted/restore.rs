//! Bringing a deleted group back.

use super::{may_change_deleted, since};
use crate::Server;
use crate::audit::Activity;
use crate::graph::Caller;
use crate::groups::operations::{conclude, prepare, record, target};
use crate::groups::{Group, GroupError, rights, store};
use crate::platform::ids::GroupId;
use crate::users::sponsors;

/// Brings a group back with its members, owners and apps. Nobody decided by its rule meanwhile, so everybody is looked at anew.
/// `None` if there is no such deleted group.
pub async fn restore(server: &Server, caller: &Caller, id: GroupId) -> Result<Option<Group>, GroupError> {
    if !may_change_deleted(caller) {
        return Err(GroupError::Denied);
    }
    let mut tx = server.write().await?;
    let found = store::find_deleted(&mut tx, caller.tenant, id, since(server)).await?;
    let Some(mut group) = found else { return Ok(None) };
    rights::check_change_deleted(caller, &group)?;
    group.deleted_at = None;
    let consequence = prepare(&mut tx, None, &group).await?;
    if !store::update(&mut tx, &group, server.clock.now()).await? {
        return Err(GroupError::Changed);
    }
    conclude(&mut tx, &group, consequence).await?;
    sponsors::group_restored(&mut tx, caller.tenant, id).await?;
    record(&mut tx, server, caller, Activity::RestoreGroup, &target(&group)).await?;
    tx.commit().await?;
    group.version += 1;
    Ok(Some(group))
}
