//! Bringing a deleted group back.

use crate::graph::Caller;
use crate::groups::operations::{conclude, prepare};
use crate::groups::{Group, GroupError, rights, store};
use database::{Timestamp, Transaction};

pub(super) async fn bring_back(
    mut group: Group,
    tx: &mut Transaction,
    caller: &Caller,
    at: Timestamp,
) -> Result<Group, GroupError> {
    rights::check_change_deleted(caller, &group)?;
    group.deleted_at = None;
    let consequence = prepare(tx, None, &group).await?;
    if !store::update(tx, &group, at).await? {
        return Err(GroupError::Changed);
    }
    conclude(tx, &group, consequence).await?;
    group.version += 1;
    Ok(group)
}
