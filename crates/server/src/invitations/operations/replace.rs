//! What becomes of the links a guest has when a newer one takes their place: they die when it reaches somebody. That is at
//! once where the inviter takes it, and with the mail where a mail carries it: a mail that waits leaves them alive.

use crate::Server;
use crate::invitations::store::{self, Older};
use crate::outbox;
use crate::platform::Timestamp;
use crate::platform::ids::{InvitationId, TenantId, UserId};
use crate::users;
use database::{Result, Transaction};
use futures_util::future::BoxFuture;

/// Withdraws older invitations, kills their links and takes back their mails that wait. The guest's row is locked before.
/// How many there were.
pub(super) async fn replace(
    tx: &mut Transaction,
    tenant: TenantId,
    guest: UserId,
    older: Older,
    now: Timestamp,
) -> Result<usize> {
    let revoked = store::revoke_open(tx, tenant, guest, older, now).await?;
    store::bury_tickets(tx, tenant, guest, None, now).await?;
    for mail in revoked.iter().flatten() {
        outbox::withdraw(tx, tenant, *mail).await?;
    }
    Ok(revoked.len())
}

/// Takes back the mails of a guest that wait, because a newer one is queued; the links they would have carried stay good
/// until that one leaves, for whoever was handed them otherwise.
pub(super) async fn outdate_mails(tx: &mut Transaction, tenant: TenantId, guest: UserId) -> Result<()> {
    for mail in store::list_open_mails(tx, tenant, guest).await? {
        outbox::withdraw(tx, tenant, mail).await?;
    }
    Ok(())
}

/// The relay has taken the mail of an invitation: the other links of its guest die, but for those of newer invitations,
/// whose mails still wait.
pub fn mail_handed_over<'a>(
    tx: &'a mut Transaction,
    server: &'a Server,
    tenant: TenantId,
    id: InvitationId,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let Some(known) = store::find(tx, tenant, id).await? else { return Ok(()) };
        if !users::store::lock(tx, tenant, known.user_id).await? {
            return Ok(());
        }
        // Read again under the lock: one that was replaced or accepted in between replaces nothing.
        let sent = store::find(tx, tenant, id).await?;
        if sent.is_none_or(|sent| sent.accepted_at.is_some() || sent.revoked_at.is_some()) {
            return Ok(());
        }
        let older = Older { but: Some(id), spare_waiting: true, ..Older::default() };
        replace(tx, tenant, known.user_id, older, server.clock.now()).await?;
        Ok(())
    })
}
