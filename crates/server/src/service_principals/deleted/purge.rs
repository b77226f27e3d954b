//! Removing a service principal for good.

use super::since;
use crate::Server;
use crate::applications::operations::may_write;
use crate::audit::Activity;
use crate::deleted_items::Outcome;
use crate::graph::Caller;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use crate::service_principals::operations::{audit, target};
use crate::service_principals::purge::forget_principal;
use crate::service_principals::{ServicePrincipalError, deleted_store};
use crate::tenants;
use database::{Result, Timestamp, Transaction};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Removes what others keep of a service principal; its own rows are still there.
pub type Forget = for<'a> fn(&'a mut Transaction, TenantId, ServicePrincipalId, Timestamp) -> BoxFuture<'a, Result<()>>;

/// Service principals of a tenant that are looked for at a time.
const AT_ONCE: i64 = 100;

/// What was deleted behind this instant: at whatever time.
const EVER: Timestamp = Timestamp::from_microseconds(0);

/// Removes a deleted service principal for good; `None` if there is no such one.
pub fn purge<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, forget: Forget) -> Outcome<'a, ()> {
    Box::pin(async move { Ok(purge_one(server, caller, ServicePrincipalId(id), since(server), forget).await?) })
}

/// Removes the service principals of every tenant that were deleted before an instant, one transaction each; how many those were.
pub fn purge_old(server: &Server, before: Timestamp, forget: Forget) -> BoxFuture<'_, Result<u64>> {
    Box::pin(async move {
        let tenants = tenants::store::list(&mut server.read().await?).await?;
        let mut principals = 0;
        for tenant in tenants {
            let caller = Caller::system(tenant.id);
            loop {
                let ids = deleted_store::list_old(&mut server.read().await?, tenant.id, before, AT_ONCE).await?;
                for id in &ids {
                    match purge_one(server, &caller, *id, EVER, forget).await {
                        Ok(_) => principals += 1,
                        Err(ServicePrincipalError::Storage(error)) => return Err(error),
                        Err(other) => return Err(database::Error::Conflict(other.to_string())),
                    }
                }
                if ids.is_empty() {
                    break;
                }
            }
        }
        Ok(principals)
    })
}

async fn purge_one(
    server: &Server,
    caller: &Caller,
    id: ServicePrincipalId,
    since: Timestamp,
    forget: Forget,
) -> std::result::Result<Option<()>, ServicePrincipalError> {
    if !may_write(caller) {
        return Err(ServicePrincipalError::Denied);
    }
    let now = server.clock.now();
    let mut tx = server.write().await?;
    let Some(principal) = deleted_store::find(&mut tx, caller.tenant, id, since).await? else { return Ok(None) };
    forget(&mut tx, caller.tenant, id, now).await?;
    forget_principal(&mut tx, caller.tenant, id, now).await?;
    audit(&mut tx, server, caller, Activity::PurgeServicePrincipal, &target(&principal)).await?;
    tx.commit().await?;
    Ok(Some(()))
}
