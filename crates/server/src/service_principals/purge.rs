//! Removing service principals for good: when their registration goes, or when they were deleted by themselves long ago.
//!
//! A million people may be assigned to an app and have consented to it. So the service principal is marked first, in one transaction
//! with everything that is few, and from then on it is gone for everybody: it gets no token, is listed nowhere, and cannot be brought
//! back. What may be many follows in small steps. Where one step is enough it is the same transaction.

use super::{assignment_store, classifications, deleted_store, grants, store};
use crate::Server;
use crate::applications::{Owned, owner_store, principal_secret_store};
use crate::changes::{Kind, What, aftermath};
use crate::deleted_items::Others;
use crate::platform::Timestamp;
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use database::{Result, Transaction};
use uuid::Uuid;

/// Removes the service principals of a client, those that were removed before as well, with all that was assigned and granted to
/// them and at them, as far as one transaction does; a job goes on with the rest.
pub async fn forget_client(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    client: ClientId,
    others: &Others<ServicePrincipalId>,
) -> Result<()> {
    for id in store::list_even_deleted(tx, tenant, client).await? {
        retire(tx, server, tenant, id, others).await?;
    }
    Ok(())
}

/// Marks one service principal, and removes what hangs on it as far as one transaction does: its secrets, its owners, how its
/// permissions are classified, and what was assigned and granted to it and at it. `false` if it is going already.
pub(super) async fn retire(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    id: ServicePrincipalId,
    others: &Others<ServicePrincipalId>,
) -> Result<bool> {
    let at = server.clock.now();
    if !deleted_store::retire(tx, tenant, id, at).await? {
        return Ok(false);
    }
    (others.few)(tx, tenant, id, at).await?;
    assignment_store::forget_principal(tx, tenant, id.into()).await?;
    grants::store::forget_for_everybody(tx, tenant, id, at).await?;
    classifications::store::forget(tx, tenant, id).await?;
    owner_store::forget_owned(tx, tenant, Owned::from(id)).await?;
    principal_secret_store::forget(tx, tenant, id).await?;
    if clear(tx, tenant, id, at, others).await? {
        aftermath::leave(tx, server, tenant, (Kind::ServicePrincipal, id.0), (What::Purged, Uuid::nil())).await?;
    }
    Ok(true)
}

/// Removes some of what may be many, and the service principal where nothing is left; whether more may be left.
pub(super) async fn clear(
    tx: &mut Transaction,
    tenant: TenantId,
    id: ServicePrincipalId,
    at: Timestamp,
    others: &Others<ServicePrincipalId>,
) -> Result<bool> {
    let mut rows = (others.many)(tx, tenant, id, at).await?;
    rows += assignment_store::forget_resource(tx, tenant, id, aftermath::AT_ONCE).await?;
    rows += grants::store::forget_personal(tx, tenant, id, at).await?;
    let is_more = rows >= aftermath::AT_ONCE.unsigned_abs();
    if !is_more {
        deleted_store::delete(tx, tenant, id).await?;
    }
    Ok(is_more)
}
