//! The values of definitions that were deleted.

use super::store;
use crate::Server;
use crate::changes::{self, Change, Kind};
use crate::platform::ids::{ExtensionPropertyId, TenantId};
use crate::tenants;
use database::Result;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Values that are looked at in one transaction.
const AT_ONCE: i64 = 100;

/// Removes the values of every definition that was deleted, a few objects in each transaction, and then the definition; from how
/// many objects. They could not be seen any more; whoever follows the objects is told now.
pub async fn purge(server: &Server) -> Result<u64> {
    let tenants = tenants::store::list(&mut server.read().await?).await?;
    let mut objects = 0;
    for tenant in tenants {
        let hidden = store::list_hidden(&mut server.read().await?, tenant.id).await?;
        for property in hidden {
            objects += purge_one(server, tenant.id, property).await?;
        }
    }
    Ok(objects)
}

async fn purge_one(server: &Server, tenant: TenantId, property: ExtensionPropertyId) -> Result<u64> {
    let mut objects = 0;
    loop {
        let mut tx = server.write().await?;
        let holders = store::list_holders(&mut tx, tenant, property, AT_ONCE).await?;
        if holders.is_empty() {
            store::delete(&mut tx, tenant, property).await?;
            tx.commit().await?;
            return Ok(objects);
        }
        let holders: BTreeSet<(Kind, Uuid)> = holders.into_iter().collect();
        for (kind, object) in holders {
            store::delete_values(&mut tx, tenant, object, property).await?;
            changes::note(&mut tx, tenant, server.clock.now(), Change::set(kind, object)).await?;
            objects += 1;
        }
        tx.commit().await?;
    }
}
