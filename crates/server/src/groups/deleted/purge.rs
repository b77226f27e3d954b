//! Removing a group for good. Millions may belong to one, so it is marked first, in one transaction with everything that is
//! few, and from then on it is gone for everybody; its edges follow in small steps. A process that dies in between leaves the
//! rest to the next purge.

use super::{Outcome, may_change_deleted, since};
use crate::Server;
use crate::audit::Activity;
use crate::graph::Caller;
use crate::groups::operations::{record, target};
use crate::groups::{GroupError, rights, store};
use crate::platform::ids::{GroupId, TenantId};
use crate::tenants;
use database::{Result, Timestamp, Transaction};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Removes what others keep of a group.
pub type Forget = for<'a> fn(&'a mut Transaction, TenantId, GroupId, Timestamp) -> BoxFuture<'a, Result<()>>;

/// Groups of a tenant that are looked for at a time.
const AT_ONCE: i64 = 100;

/// Members that one transaction removes.
const EDGES: i64 = 1_000;

/// Removes a deleted group for good; `None` if there is no such one.
pub fn purge<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, forget: Forget) -> Outcome<'a, ()> {
    Box::pin(async move {
        if !may_change_deleted(caller) {
            return Err(GroupError::Denied.into());
        }
        if !begin(server, caller, GroupId(id), since(server), forget).await? {
            return Ok(None);
        }
        end(server, caller.tenant, GroupId(id)).await?;
        Ok(Some(()))
    })
}

/// Removes the groups of every tenant that were deleted before an instant, and what is left of those that somebody purged; how
/// many those were.
pub fn purge_old(server: &Server, before: Timestamp, forget: Forget) -> BoxFuture<'_, Result<u64>> {
    Box::pin(async move {
        let tenants = tenants::store::list(&mut server.read().await?).await?;
        let mut groups = 0;
        for tenant in tenants {
            let caller = Caller::system(tenant.id);
            loop {
                let ids = store::list_old(&mut server.read().await?, tenant.id, before, AT_ONCE).await?;
                for id in &ids {
                    match begin(server, &caller, *id, store::GOING, forget).await {
                        Ok(_) => end(server, tenant.id, *id).await?,
                        Err(GroupError::Storage(error)) => return Err(error),
                        Err(other) => return Err(database::Error::Conflict(other.to_string())),
                    }
                    groups += 1;
                }
                if ids.is_empty() {
                    break;
                }
            }
        }
        Ok(groups)
    })
}

/// Marks the group, and removes everything but its own edges; `false` if there is no such one behind `since`.
async fn begin(
    server: &Server,
    caller: &Caller,
    id: GroupId,
    since: Timestamp,
    forget: Forget,
) -> std::result::Result<bool, GroupError> {
    let mut tx = server.write().await?;
    let Some(group) = store::find_deleted(&mut tx, caller.tenant, id, since).await? else { return Ok(false) };
    rights::check_change_deleted(caller, &group)?;
    let now = server.clock.now();
    if !store::retire(&mut tx, &group, now).await? {
        return Err(GroupError::Changed);
    }
    forget(&mut tx, caller.tenant, id, now).await?;
    store::forget_object(&mut tx, caller.tenant, id.into(), EDGES, now).await?;
    record(&mut tx, server, caller, Activity::PurgeGroup, &target(&group)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Removes the edges, then the group.
async fn end(server: &Server, tenant: TenantId, id: GroupId) -> Result<()> {
    loop {
        let mut tx = server.write().await?;
        if !store::is_going(&mut tx, tenant, id).await? {
            return Ok(());
        }
        let above = store::forget_object(&mut tx, tenant, id.into(), EDGES, server.clock.now()).await?;
        let is_bare = above + store::delete_edges(&mut tx, tenant, id, EDGES).await? == 0;
        if is_bare {
            store::delete(&mut tx, tenant, id).await?;
        }
        tx.commit().await?;
        if is_bare {
            return Ok(());
        }
    }
}
