//! Removing a user for good. Somebody may answer for very many guests and belong to very many groups, so the user is marked first, in
//! one transaction with everything that is few, and from then on they are gone for everybody; the rest follows in small steps. Where
//! one step is enough it is the same transaction.

use super::Deed;
use crate::Server;
use crate::changes::{Kind, What, aftermath};
use crate::deleted_items::Others;
use crate::graph::Caller;
use crate::platform::ids::{TenantId, UserId};
use crate::users::sponsors::{self, SponsorId};
use crate::users::{User, UserError, deleted_store, rights};
use database::{Result, Timestamp, Transaction};
use uuid::Uuid;

/// Marks the user, and removes what one transaction does; a job goes on with the rest.
pub(super) async fn remove(
    user: &User,
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    others: &Others<UserId>,
) -> std::result::Result<(), UserError> {
    rights::check_deed(tx, caller, user, Deed::Delete).await?;
    let (tenant, id, at) = (user.tenant_id, user.id, server.clock.now());
    if !deleted_store::retire(tx, user, at).await? {
        return Err(UserError::Changed);
    }
    (others.few)(tx, tenant, id, at).await?;
    deleted_store::delete_few(tx, user).await?;
    if clear(tx, tenant, id, at, others).await? {
        aftermath::leave(tx, server, tenant, (Kind::User, id.0), (What::Purged, Uuid::nil())).await?;
    }
    Ok(())
}

/// Removes some of what may be many, and the user where nothing is left; whether more may be left.
pub(super) async fn clear(
    tx: &mut Transaction,
    tenant: TenantId,
    id: UserId,
    at: Timestamp,
    others: &Others<UserId>,
) -> Result<bool> {
    let mut rows = (others.many)(tx, tenant, id, at).await?;
    rows += sponsors::forget_some(tx, tenant, SponsorId::Person(id), at).await?;
    rows += deleted_store::delete_reports(tx, tenant, id, aftermath::AT_ONCE).await?;
    let is_more = rows >= aftermath::AT_ONCE.unsigned_abs();
    if !is_more {
        deleted_store::delete(tx, tenant, id).await?;
    }
    Ok(is_more)
}
