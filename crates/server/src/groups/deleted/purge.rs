//! Removing a group for good. Millions may belong to one, so it is marked first, in one transaction with everything that is
//! few, and from then on it is gone for everybody; its edges follow in small steps. A process that dies in between leaves the
//! rest to the next purge.

use crate::Server;
use crate::deleted_items::Forget;
use crate::graph::Caller;
use crate::groups::{Group, GroupError, rights, store};
use crate::platform::ids::{GroupId, TenantId};
use database::{Result, Timestamp, Transaction};

/// Members that one transaction removes.
const EDGES: i64 = 1_000;

/// Marks the group, and removes everything but its own edges.
pub(super) async fn remove(
    group: &Group,
    tx: &mut Transaction,
    caller: &Caller,
    forget: Forget<Group>,
    at: Timestamp,
) -> Result<(), GroupError> {
    rights::check_change_deleted(caller, group)?;
    if !store::retire(tx, group, at).await? {
        return Err(GroupError::Changed);
    }
    forget(tx, group, at).await?;
    Ok(store::forget_object(tx, group.tenant_id, group.id.into(), at).await?)
}

/// Removes the edges, then the group.
pub(super) async fn finish(server: &Server, tenant: TenantId, id: GroupId) -> Result<()> {
    loop {
        let mut tx = server.write().await?;
        if !store::is_going(&mut tx, tenant, id).await? {
            return Ok(());
        }
        let is_bare = store::delete_edges(&mut tx, tenant, id, EDGES).await? == 0;
        if is_bare {
            store::delete(&mut tx, tenant, id).await?;
        }
        tx.commit().await?;
        if is_bare {
            return Ok(());
        }
    }
}
