//! What follows for guests when a person or group that answers for them is deleted, brought back or removed for good. Whoever has
//! invited for years may answer for very many, so that a transaction takes some of them along, and what comes later goes on with the
//! others, in the order of their ids: a job, or the purge.

use super::{SponsorId, step_store as store};
use crate::Server;
use crate::audit::Target;
use crate::changes::What;
use crate::changes::aftermath::{self, Aftermath};
use crate::platform::ids::TenantId;
use database::{Result, Timestamp, Transaction};
use uuid::Uuid;

/// The guests that were flagged when their sponsor was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// How many those were so far.
    pub flagged: u64,
    /// Whether everybody had their turn; otherwise a job goes on.
    pub is_all: bool,
}

impl Left {
    /// The sponsor as the audit tells of their deletion: with how many guests were left, if any.
    #[must_use]
    pub fn told(self, target: Target) -> Target {
        match self {
            // Whoever answers for very many: a job looks at the others.
            Self { flagged, is_all: false } => target.change("guestsWithoutSponsor", 0, format!("at least {flagged}")),
            Self { flagged: 0, .. } => target,
            Self { flagged, .. } => target.change("guestsWithoutSponsor", 0, flagged),
        }
    }
}

/// A sponsor was deleted: flags the guests nobody else answers for.
pub async fn left(tx: &mut Transaction, server: &Server, tenant: TenantId, sponsor: SponsorId) -> Result<Left> {
    begin(tx, server, tenant, sponsor, What::Deleted).await
}

/// A sponsor was brought back: their guests have somebody again.
pub async fn came_back(tx: &mut Transaction, server: &Server, tenant: TenantId, sponsor: SponsorId) -> Result<()> {
    begin(tx, server, tenant, sponsor, What::Set).await?;
    Ok(())
}

async fn begin(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    sponsor: SponsorId,
    what: What,
) -> Result<Left> {
    // A step of the job that is under way is waited for here, and comes before.
    aftermath::forget(tx, tenant, sponsor.id()).await?;
    let (guests, more) = next(tx, tenant, sponsor, Uuid::nil()).await?;
    let flagged = apply(tx, tenant, sponsor, (what, Uuid::nil(), &guests), server.clock.now()).await?;
    if let Some(behind) = more {
        aftermath::leave(tx, server, tenant, (sponsor.kind(), sponsor.id()), (what, behind)).await?;
    }
    Ok(Left { flagged, is_all: more.is_none() })
}

/// Goes on with what is left after a sponsor was deleted or brought back, in a transaction of its own; `false` when nothing is left.
pub async fn go_on(server: &Server, tenant: TenantId, sponsor: SponsorId, left: &Aftermath) -> Result<bool> {
    let mut tx = server.write().await?;
    let (guests, more) = next(&mut tx, tenant, sponsor, left.behind).await?;
    if !aftermath::advance(&mut tx, tenant, sponsor.id(), left, more).await? {
        return Ok(true);
    }
    apply(&mut tx, tenant, sponsor, (left.what, left.behind, &guests), server.clock.now()).await?;
    tx.commit().await?;
    Ok(more.is_some())
}

/// A sponsor is removed for good: some of their guests have nothing to do with them any more, and are flagged if they were not yet;
/// how many guests had their turn.
pub async fn forget_some(tx: &mut Transaction, tenant: TenantId, sponsor: SponsorId, at: Timestamp) -> Result<u64> {
    let (guests, _) = next(tx, tenant, sponsor, Uuid::nil()).await?;
    let Some(last) = guests.last() else { return Ok(0) };
    store::flag_between(tx, tenant, sponsor, (Uuid::nil(), *last), at).await?;
    store::delete_until(tx, tenant, sponsor, *last).await?;
    Ok(u64::try_from(guests.len()).unwrap_or(u64::MAX))
}

/// The next guests of a sponsor, and the last of them if others follow.
async fn next(
    tx: &mut Transaction,
    tenant: TenantId,
    sponsor: SponsorId,
    behind: Uuid,
) -> Result<(Vec<Uuid>, Option<Uuid>)> {
    let mut guests = store::list_ids(tx, tenant, sponsor, behind, aftermath::PAGE).await?;
    let more = aftermath::cut(&mut guests);
    Ok((guests, more))
}

/// Flags these guests, or takes their flags; how many changed.
async fn apply(
    tx: &mut Transaction,
    tenant: TenantId,
    sponsor: SponsorId,
    (what, behind, guests): (What, Uuid, &[Uuid]),
    at: Timestamp,
) -> Result<u64> {
    let Some(last) = guests.last() else { return Ok(0) };
    match what {
        What::Set => store::unflag_between(tx, tenant, sponsor, (behind, *last)).await,
        _ => store::flag_between(tx, tenant, sponsor, (behind, *last), at).await,
    }
}
