//! How much mail a tenant may send. What goes beyond a limit waits.

use super::{Kind, Mail, store};
use crate::platform::Timestamp;
use crate::platform::ids::{MailId, TenantId};
use database::{Result, Transaction};
use std::time::Duration;
use uuid::Uuid;

/// Invitation mails to one mailbox in any 24 hours, per tenant; copies count for the mailbox they go to.
pub const PER_RECIPIENT_AND_DAY: i64 = 5;
/// Invitation mails of a tenant in any hour.
pub const PER_TENANT_AND_HOUR: i64 = 2000;
/// Of these, what yields: mails of lists, and of people who do not administer users. The rest stays free for the others.
pub const YIELDING: i64 = PER_TENANT_AND_HOUR / 4 * 3;
/// Of these, the mails of one person who does not administer users.
pub const PER_INVITER_AND_HOUR: i64 = PER_TENANT_AND_HOUR / 4;

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

/// What an invitation mail counts against, besides its mailbox and the tenant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    /// The person whose share it is; none for administrators of users, programs and the server.
    pub inviter: Option<Uuid>,
    /// Whether it leaves room for others.
    pub yields: bool,
}

/// Which limit a mail waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Wait {
    /// The mailbox has had its invitations of the day.
    Mailbox,
    /// The inviter has used their share of the hour.
    Inviter,
    /// Lists and people who do not administer users have used theirs.
    Yields,
    /// The tenant has sent what it may in an hour.
    Organization,
}

/// Until when a mail waits at least, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// Not before this. Others that wait may go first.
    pub until: Timestamp,
    /// The limit that opens last.
    pub reason: Wait,
}

/// When the mail may go: `None` for now. Codes were asked for and notices follow from what somebody did; the limits on
/// those stand where they are asked for. The tenant's row is locked before, so that what is counted stays true.
pub(super) async fn next_opening(
    tx: &mut Transaction,
    tenant: TenantId,
    mail: &Mail,
    now: Timestamp,
) -> Result<Option<Waits>> {
    if mail.kind != Kind::Invitation || mail.admitted_at.is_some() {
        return Ok(None);
    }
    let share = Share { inviter: mail.share_of, yields: mail.yields };
    wait(tx, tenant, &mail.recipient, share, now).await
}

/// What a queued mail waits for; `None` for nothing but its turn, and for one that was tried or settled.
pub async fn wait_of(tx: &mut Transaction, tenant: TenantId, id: MailId, now: Timestamp) -> Result<Option<Waits>> {
    match store::find(tx, tenant, id).await? {
        Some(mail) if mail.state == super::State::Queued => next_opening(tx, tenant, &mail, now).await,
        _ => Ok(None),
    }
}

/// Until when an invitation mail to a mailbox would wait: `None` for not at all. Whoever would replace a link by a mail asks
/// first: a mail that waits would leave the guest without any.
pub async fn wait(
    tx: &mut Transaction,
    tenant: TenantId,
    recipient: &str,
    share: Share,
    now: Timestamp,
) -> Result<Option<Waits>> {
    let of_recipient = store::nth_newest_to(tx, tenant, recipient, now.minus(DAY), PER_RECIPIENT_AND_DAY).await?;
    let hour = now.minus(HOUR);
    let of_tenant = store::nth_newest(tx, tenant, hour, PER_TENANT_AND_HOUR).await?;
    let of_inviter = match share.inviter {
        Some(inviter) => store::nth_newest_of(tx, tenant, inviter, hour, PER_INVITER_AND_HOUR).await?,
        None => None,
    };
    let of_yielding = if share.yields { store::nth_newest_yielding(tx, tenant, hour, YIELDING).await? } else { None };
    let waits = [
        (of_tenant, HOUR, Wait::Organization),
        (of_yielding, HOUR, Wait::Yields),
        (of_inviter, HOUR, Wait::Inviter),
        (of_recipient, DAY, Wait::Mailbox),
    ];
    let waits = waits.into_iter().filter_map(|(at, time, reason)| Some(Waits { until: at?.plus(time), reason }));
    Ok(waits.max_by_key(|waits| waits.until))
}
