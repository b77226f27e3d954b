//! Removing service principals for good: when their registration goes, or when they were deleted by themselves long ago.

use super::grants;
use super::{assignment_store, store};
use crate::applications::{Owned, owner_store, principal_secret_store};
use crate::platform::Timestamp;
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use database::{Result, Transaction};

/// Removes the service principals of a client, those that were removed before as well, with all that was assigned and granted to
/// them and at them; which those were, for whoever keeps something else of them.
pub async fn forget_client(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ClientId,
    at: Timestamp,
) -> Result<Vec<ServicePrincipalId>> {
    let ids = store::list_even_deleted(tx, tenant, client).await?;
    for id in &ids {
        forget_principal(tx, tenant, *id, at).await?;
    }
    Ok(ids)
}

/// Removes one service principal with its secrets, its owners, and all that was assigned and granted to it and at it.
pub(super) async fn forget_principal(
    tx: &mut Transaction,
    tenant: TenantId,
    id: ServicePrincipalId,
    at: Timestamp,
) -> Result<()> {
    assignment_store::forget_principal(tx, tenant, id.into()).await?;
    assignment_store::forget_resource(tx, tenant, id).await?;
    grants::store::forget_app(tx, tenant, id, at).await?;
    owner_store::forget_owned(tx, tenant, Owned::from(id)).await?;
    principal_secret_store::forget(tx, tenant, id).await?;
    store::delete(tx, tenant, id, at).await
}
