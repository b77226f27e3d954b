//! How much mail a tenant may send. What goes beyond a limit waits.

use super::store::{self, Few, Series, Turn};
use super::{Kind, Mail};
use crate::platform::Timestamp;
use crate::platform::ids::{MailId, TenantId};
use database::{Result, Transaction};
use std::collections::HashMap;
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

/// Which invitation mails of a tenant are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counted {
    /// Each has its number.
    Each(Series),
    /// They are stepped over.
    Few(Few),
}

/// When the limits on a tenant's mails open. What several mails have in common is looked up once.
pub struct Limits {
    tenant: TenantId,
    now: Timestamp,
    is_turn_taken: bool,
    known: HashMap<Counted, Option<Timestamp>>,
}

impl Limits {
    /// The limits as they stand now.
    pub fn new(tenant: TenantId, now: Timestamp) -> Self {
        Self { tenant, now, is_turn_taken: false, known: HashMap::new() }
    }

    /// What a queued mail waits for; `None` for nothing but its turn, and for one that was tried or settled.
    pub async fn wait_of(&mut self, tx: &mut Transaction, id: MailId) -> Result<Option<Waits>> {
        match store::find(tx, self.tenant, id).await? {
            Some(mail) if mail.state == super::State::Queued => self.next_opening(tx, &mail).await,
            _ => Ok(None),
        }
    }

    /// When a mail may go: `None` for now.
    async fn next_opening(&mut self, tx: &mut Transaction, mail: &Mail) -> Result<Option<Waits>> {
        if !apply_to(mail) {
            return Ok(None);
        }
        self.wait(tx, &mail.recipient, Share { inviter: mail.share_of, yields: mail.yields }).await
    }

    async fn wait(&mut self, tx: &mut Transaction, recipient: &str, share: Share) -> Result<Option<Waits>> {
        let mailbox = Few::To(recipient.to_ascii_lowercase());
        let limits = [
            (Some(Counted::Each(Series::All)), HOUR, PER_TENANT_AND_HOUR, Wait::Organization),
            (share.yields.then_some(Counted::Each(Series::Yielding)), HOUR, YIELDING, Wait::Yields),
            (share.inviter.map(|inviter| Counted::Few(Few::Of(inviter))), HOUR, PER_INVITER_AND_HOUR, Wait::Inviter),
            (Some(Counted::Few(mailbox)), DAY, PER_RECIPIENT_AND_DAY, Wait::Mailbox),
        ];
        let mut last: Option<Waits> = None;
        for (counted, time, most, reason) in limits {
            let Some(counted) = counted else { continue };
            let Some(at) = self.nth_newest(tx, counted, time, most).await? else { continue };
            let until = at.plus(time);
            if last.is_none_or(|last| last.until <= until) {
                last = Some(Waits { until, reason });
            }
        }
        Ok(last)
    }

    async fn nth_newest(
        &mut self,
        tx: &mut Transaction,
        counted: Counted,
        time: Duration,
        most: i64,
    ) -> Result<Option<Timestamp>> {
        if let Some(known) = self.known.get(&counted) {
            return Ok(*known);
        }
        // The newest that counts is the last one that was let through, which is one before the turn that is taken.
        let back = if self.is_turn_taken { most } else { most - 1 };
        let since = self.now.minus(time);
        let found = match &counted {
            Counted::Each(series) => store::before(tx, self.tenant, *series, since, back).await?,
            Counted::Few(few) => store::nth_newest(tx, self.tenant, few, since, most).await?,
        };
        self.known.insert(counted, found);
        Ok(found)
    }
}

/// Whether the mail is one that waits when there are many. Codes were asked for and notices follow from what somebody did;
/// the limits on those stand where they are asked for.
pub(super) fn apply_to(mail: &Mail) -> bool {
    mail.kind == Kind::Invitation && mail.admitted_at.is_none()
}

/// The turn of a mail that may go now, or else what it waits for; then the transaction is to be given up. The tenant's turn is
/// taken first, so that what is counted stays true.
pub(super) async fn turn_of(
    tx: &mut Transaction,
    tenant: TenantId,
    mail: &Mail,
    now: Timestamp,
) -> Result<Result<Turn, Waits>, database::Error> {
    let turn = store::take_turn(tx, tenant, mail.yields).await?;
    let mut limits = Limits { is_turn_taken: true, ..Limits::new(tenant, now) };
    Ok(limits.next_opening(tx, mail).await?.map_or(Ok(turn), Err))
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
    Limits::new(tenant, now).wait(tx, recipient, share).await
}
