//! Removing a service principal for good, see [`crate::service_principals::purge`].

use super::since;
use crate::Server;
use crate::applications::operations::may_write;
use crate::audit::Activity;
use crate::deleted_items::Outcome;
use crate::graph::Caller;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use crate::service_principals::operations::{audit, target};
use crate::service_principals::purge::{self, Others};
use crate::service_principals::{ServicePrincipalError, deleted_store};
use crate::tenants;
use database::{Result, Timestamp};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Service principals of a tenant that are looked for at a time.
const AT_ONCE: i64 = 100;

/// Removes a deleted service principal for good; `None` if there is no such one. Of what hangs on it a job may have something left
/// to do.
pub fn purge<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, others: &'a Others) -> Outcome<'a, ()> {
    Box::pin(async move {
        let is_found = begin(server, caller, ServicePrincipalId(id), since(server), others).await?;
        Ok(is_found.then_some(()))
    })
}

/// Goes on with a service principal that is going; `false` when it is gone.
pub async fn clear(server: &Server, tenant: TenantId, id: ServicePrincipalId, others: &Others) -> Result<bool> {
    purge::clear(server, tenant, id, others).await
}

/// Removes the service principals of every tenant that were deleted before an instant, and what is left of those that somebody
/// purged; how many those were.
pub fn purge_old<'a>(server: &'a Server, before: Timestamp, others: &'a Others) -> BoxFuture<'a, Result<u64>> {
    Box::pin(async move {
        let tenants = tenants::store::list(&mut server.read().await?).await?;
        let mut principals = 0;
        for tenant in tenants {
            let caller = Caller::system(tenant.id);
            loop {
                let ids = deleted_store::list_old(&mut server.read().await?, tenant.id, before, AT_ONCE).await?;
                for id in &ids {
                    match begin(server, &caller, *id, deleted_store::GOING, others).await {
                        Ok(_) => {
                            while clear(server, tenant.id, *id, others).await? {}
                        }
                        Err(ServicePrincipalError::Storage(error)) => return Err(error),
                        Err(other) => return Err(database::Error::Conflict(other.to_string())),
                    }
                    principals += 1;
                }
                if ids.is_empty() {
                    break;
                }
            }
        }
        Ok(principals)
    })
}

/// Marks the service principal, and removes what one transaction does; `false` if there is no such one that was deleted behind
/// `since`.
async fn begin(
    server: &Server,
    caller: &Caller,
    id: ServicePrincipalId,
    since: Timestamp,
    others: &Others,
) -> std::result::Result<bool, ServicePrincipalError> {
    if !may_write(caller) {
        return Err(ServicePrincipalError::Denied);
    }
    let mut tx = server.write().await?;
    let Some(principal) = deleted_store::find(&mut tx, caller.tenant, id, since).await? else { return Ok(false) };
    if !purge::retire(&mut tx, server, caller.tenant, id, others).await? {
        return Ok(false);
    }
    audit(&mut tx, server, caller, Activity::PurgeServicePrincipal, &target(&principal)).await?;
    tx.commit().await?;
    Ok(true)
}
