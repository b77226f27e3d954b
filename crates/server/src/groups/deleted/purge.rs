//! Removing a group for good. Millions may belong to one, so it is marked first, in one transaction with everything that is
//! few, and from then on it is gone for everybody; its edges follow in small steps. A process that dies in between leaves the
//! rest to the next purge.

use crate::Server;
use crate::changes::aftermath;
use crate::deleted_items::Forget;
use crate::graph::Caller;
use crate::groups::{Group, GroupError, rights, store};
use crate::platform::ids::{GroupId, TenantId};
use crate::users::sponsors::{self, SponsorId};
use database::{Result, Timestamp, Transaction};

/// Members that one transaction removes.
const EDGES: i64 = 1_000;

/// Marks the group, and removes everything but its own edges; of the groups it belongs to and answers for, and of the guests it
/// answers for, as many as one transaction does. What a job was to do about its guests is done on the way.
pub(super) async fn remove(
    group: &Group,
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    forget: Forget<Group>,
) -> std::result::Result<(), GroupError> {
    rights::check_change_deleted(caller, group)?;
    let at = server.clock.now();
    if !store::retire(tx, group, at).await? {
        return Err(GroupError::Changed);
    }
    aftermath::forget(tx, group.tenant_id, group.id.0).await?;
    forget(tx, server, group).await?;
    store::forget_object(tx, group.tenant_id, group.id.into(), EDGES, at).await?;
    sponsors::forget_some(tx, group.tenant_id, SponsorId::Group(group.id), at).await?;
    Ok(())
}

/// Removes some of the edges, and the group where none is left; whether more may be left.
pub(super) async fn clear(tx: &mut Transaction, tenant: TenantId, id: GroupId, at: Timestamp) -> Result<bool> {
    let above = store::forget_object(tx, tenant, id.into(), EDGES, at).await?;
    let guests = sponsors::forget_some(tx, tenant, SponsorId::Group(id), at).await?;
    let is_bare = above + guests + store::delete_edges(tx, tenant, id, EDGES).await? == 0;
    if is_bare {
        store::delete(tx, tenant, id).await?;
    }
    Ok(!is_bare)
}
