//! Removing a group for good. Millions may belong to one, so it is marked first, in one transaction with everything that is
//! few, and from then on it is gone for everybody; the rest follows in small steps. Where one step is enough it is the same
//! transaction.

use crate::Server;
use crate::changes::{Kind, What, aftermath};
use crate::deleted_items::Forget;
use crate::graph::Caller;
use crate::groups::{Group, GroupError, rights, store};
use crate::platform::ids::{GroupId, TenantId};
use crate::users::sponsors::{self, SponsorId};
use database::{Result, Timestamp, Transaction};
use uuid::Uuid;

/// Marks the group, and removes what one transaction does; a job goes on with the rest. What a job was to do about its guests is
/// done on the way.
pub(super) async fn remove(
    group: &Group,
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    forget: Forget<Group>,
) -> std::result::Result<(), GroupError> {
    rights::check_change_deleted(caller, group)?;
    let (tenant, id, at) = (group.tenant_id, group.id, server.clock.now());
    if !store::retire(tx, group, at).await? {
        return Err(GroupError::Changed);
    }
    // Before the guests have their turn: a step of that job which is under way holds this row and waits for theirs.
    aftermath::forget(tx, tenant, id.0).await?;
    forget(tx, server, group).await?;
    if clear(tx, tenant, id, at).await? {
        aftermath::leave(tx, server, tenant, (Kind::Group, id.0), (What::Purged, Uuid::nil())).await?;
    }
    Ok(())
}

/// Removes some of its edges, of the groups it belongs to and answers for, and of the guests it answers for, and the group where
/// nothing is left; whether more may be left.
pub(super) async fn clear(tx: &mut Transaction, tenant: TenantId, id: GroupId, at: Timestamp) -> Result<bool> {
    let mut rows = store::forget_object(tx, tenant, id.into(), aftermath::AT_ONCE, at).await?;
    rows += sponsors::forget_some(tx, tenant, SponsorId::Group(id), at).await?;
    rows += store::delete_edges(tx, tenant, id, aftermath::AT_ONCE).await?;
    let is_more = rows >= aftermath::AT_ONCE.unsigned_abs();
    if !is_more {
        store::delete(tx, tenant, id).await?;
    }
    Ok(is_more)
}
