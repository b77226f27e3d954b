//! Bringing a deleted group back.

use crate::Server;
use crate::graph::Caller;
use crate::groups::operations::{conclude, prepare};
use crate::groups::{Group, GroupError, rights, store};
use crate::users::sponsors::{self, SponsorId};
use database::Transaction;

pub(super) async fn bring_back(
    mut group: Group,
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
) -> Result<Group, GroupError> {
    rights::check_change_deleted(caller, &group)?;
    group.deleted_at = None;
    let consequence = prepare(tx, None, &group).await?;
    if !store::update(tx, &group, server.clock.now()).await? {
        return Err(GroupError::Changed);
    }
    conclude(tx, &group, consequence).await?;
    sponsors::came_back(tx, server, group.tenant_id, SponsorId::Group(group.id)).await?;
    group.version += 1;
    Ok(group)
}
