//! How much mail a tenant may send. What goes beyond a limit waits. How much that is in an hour, the operator decides.
//!
//! What waits for a limit of the hour gets a place in its queue, once: the moment at which its turn comes when all before it leave
//! at the pace of the limit. So it is looked at again then and not whenever the first may go, and what comes later waits behind.

use super::place_store::{self, LastPlaces, Queue};
use super::store::{self, Few, Series, Turn};
use super::{Kind, Mail, State};
use crate::Server;
use crate::config::InvitationsPerHour;
use crate::platform::Timestamp;
use crate::platform::ids::{MailId, TenantId};
use database::{Result, Transaction};
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

/// Invitation mails to one mailbox in any 24 hours, per tenant; copies count for the mailbox they go to. It protects people
/// elsewhere, so no operator raises it.
pub const PER_RECIPIENT_AND_DAY: i64 = 5;

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

/// What an invitation mail counts against, besides its mailbox and the tenant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    /// The person whose share it is; none for administrators of users, programs and the server.
    pub inviter: Option<Uuid>,
    /// Whether it leaves room for others.
    pub yields: bool,
    /// Whether it belongs to a list, so that it stands behind what is sent to one person.
    pub is_of_list: bool,
}

database::text_enum! {
    /// Which limit a mail waits for.
    pub enum Wait {
        /// The mailbox has had its invitations of the day.
        Mailbox = "mailbox",
        /// The inviter has used their share of the hour.
        Inviter = "inviter",
        /// Lists and people who do not administer users have used theirs.
        Yields = "yields",
        /// The tenant has sent what it may in an hour.
        Organization = "organization",
    }
}

impl Wait {
    /// How many it lets through in an hour. Mailboxes have no queue: a few mails at a time wait for each.
    fn most(self, hour: InvitationsPerHour) -> Option<i64> {
        match self {
            Self::Mailbox => None,
            Self::Inviter => Some(hour.of_one()),
            Self::Yields => Some(hour.yielding()),
            Self::Organization => Some(hour.all()),
        }
    }

    /// How far apart those leave that wait for it, so that as many leave in an hour as it lets through.
    pub(super) fn pace(self, hour: InvitationsPerHour) -> Option<Duration> {
        self.most(hour).map(|most| Duration::from_micros(3_600_000_000 / most.unsigned_abs().max(1)))
    }

    /// Which mails count against it; none for a mailbox, which counts its own.
    fn counted(self, of: Uuid) -> Option<Counted> {
        match self {
            Self::Mailbox => None,
            Self::Inviter => Some(Counted::Few(Few::Of(of))),
            Self::Yields => Some(Counted::Each(Series::Yielding)),
            Self::Organization => Some(Counted::Each(Series::All)),
        }
    }

    /// Whose queue it is: an inviter's, or the organisation's.
    fn subject(self, share: Share) -> Uuid {
        if self == Self::Inviter { share.inviter.unwrap_or_default() } else { Uuid::nil() }
    }
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
    hour: InvitationsPerHour,
    tenant: TenantId,
    now: Timestamp,
    is_turn_taken: bool,
    known: HashMap<(Counted, i64), Option<Timestamp>>,
    places: HashMap<Option<Uuid>, LastPlaces>,
}

impl Limits {
    /// The limits as they stand now.
    pub fn new(server: &Server, tenant: TenantId, now: Timestamp) -> Self {
        let hour = server.settings.mail.invitations_per_hour;
        Self { hour, tenant, now, is_turn_taken: false, known: HashMap::new(), places: HashMap::new() }
    }

    /// What a queued mail waits for; `None` for nothing but its turn, and for one that was tried or settled.
    pub async fn wait_of(&mut self, tx: &mut Transaction, id: MailId) -> Result<Option<Waits>> {
        match store::find(tx, self.tenant, id).await? {
            Some(mail) => self.wait_of_mail(tx, &mail).await,
            None => Ok(None),
        }
    }

    /// The same for a mail that was read already.
    pub(super) async fn wait_of_mail(&mut self, tx: &mut Transaction, mail: &Mail) -> Result<Option<Waits>> {
        if mail.state == State::Queued && apply_to(mail) { self.next_opening(tx, mail).await } else { Ok(None) }
    }

    /// What the last of several mails waits for, and until when at the pace of the limit as it is now: its place may be older than
    /// what an operator has said since. Then everybody before it is counted, so this is for one mail and not for a page of them.
    pub async fn end_of(&mut self, tx: &mut Transaction, id: MailId) -> Result<Option<Waits>> {
        let found = store::find(tx, self.tenant, id).await?;
        let Some(mail) = found.filter(|mail| mail.state == State::Queued && apply_to(mail)) else { return Ok(None) };
        let Some(waits) = self.next_opening(tx, &mail).await? else { return Ok(None) };
        let (Some(place), Some(limit)) = (mail.place_at, mail.place_for) else { return Ok(Some(waits)) };
        let Some(pace) = limit.pace(self.hour).filter(|_| waits.until == place) else { return Ok(Some(waits)) };
        let queue = Queue { tenant_id: self.tenant, place_for: limit, place_of: limit.subject(share_of(&mail)) };
        let before = place_store::place_before(tx, queue, place).await?;
        if before.is_some_and(|before| place.since(before) <= pace) {
            return Ok(Some(waits));
        }
        let others = place_store::count_places(tx, queue, (self.now, place)).await?.saturating_sub(1);
        let opening = self.opening(tx, limit, queue.place_of).await?;
        let until = opening.plus(pace.saturating_mul(u32::try_from(others).unwrap_or(u32::MAX)));
        Ok(Some(Waits { until: until.min(place), ..waits }))
    }

    /// When a mail may go: `None` for now.
    async fn next_opening(&mut self, tx: &mut Transaction, mail: &Mail) -> Result<Option<Waits>> {
        let share = share_of(mail);
        let (Some(until), Some(reason)) = (mail.place_at, mail.place_for) else {
            return self.wait(tx, &mail.recipient, share, Some(mail)).await;
        };
        let place = Some(Waits { until, reason }).filter(|place| place.until > self.now);
        let window = self.window(tx, &mail.recipient, share, Some(mail)).await?;
        Ok(place.into_iter().chain(window).max_by_key(|waits| waits.until))
    }

    /// When a mail may go that has no place: behind the last who waits. It may not be queued yet.
    async fn wait(
        &mut self,
        tx: &mut Transaction,
        recipient: &str,
        share: Share,
        queued: Option<&Mail>,
    ) -> Result<Option<Waits>> {
        let window = self.window(tx, recipient, share, queued).await?;
        let last = self.last_places(tx, share.inviter).await?;
        let queues = [
            (last.organization, Wait::Organization),
            (last.yields.filter(|_| share.yields), Wait::Yields),
            (last.inviter, Wait::Inviter),
        ];
        let behind = queues.into_iter().filter_map(|(last, reason)| {
            let until = last?.plus(reason.pace(self.hour)?);
            Some(Waits { until, reason })
        });
        Ok(window.into_iter().chain(behind).max_by_key(|waits| waits.until))
    }

    async fn last_places(&mut self, tx: &mut Transaction, inviter: Option<Uuid>) -> Result<LastPlaces> {
        if let Some(known) = self.places.get(&inviter) {
            return Ok(*known);
        }
        let found = place_store::last_places(tx, self.tenant, inviter, self.now).await?;
        self.places.insert(inviter, found);
        Ok(found)
    }

    /// When the limits themselves let a mail through.
    async fn window(
        &mut self,
        tx: &mut Transaction,
        recipient: &str,
        share: Share,
        queued: Option<&Mail>,
    ) -> Result<Option<Waits>> {
        let mailbox = Few::To(recipient.to_ascii_lowercase());
        let limits = [
            (Some(Counted::Each(Series::All)), HOUR, self.hour.all(), Wait::Organization),
            (share.yields.then_some(Counted::Each(Series::Yielding)), HOUR, self.hour.yielding(), Wait::Yields),
            (share.inviter.map(|inviter| Counted::Few(Few::Of(inviter))), HOUR, self.hour.of_one(), Wait::Inviter),
            (Some(Counted::Few(mailbox)), DAY, PER_RECIPIENT_AND_DAY, Wait::Mailbox),
        ];
        let mut last: Option<Waits> = None;
        for (counted, time, most, reason) in limits {
            let Some(counted) = counted else { continue };
            let Some(at) = self.nth_newest(tx, counted, time, most).await? else { continue };
            let until = match queued {
                // Whoever has the turn goes first. Whoever asks is told of those before.
                Some(mail) if reason == Wait::Mailbox && !self.is_turn_taken => {
                    self.turn_at_mailbox(tx, mail, at).await?
                }
                _ => at.plus(time),
            };
            if last.is_none_or(|last| last.until <= until) {
                last = Some(Waits { until, reason });
            }
        }
        Ok(last)
    }

    /// When it is a mail's turn at a mailbox that has had its mails of the day, of which `oldest` came first: those that were queued
    /// before go before it, each a day after one that has gone or will have gone by then.
    async fn turn_at_mailbox(&mut self, tx: &mut Transaction, mail: &Mail, oldest: Timestamp) -> Result<Timestamp> {
        let before = store::count_before(tx, self.tenant, mail, oldest.plus(DAY)).await?;
        let mailbox = Counted::Few(Few::To(mail.recipient.to_ascii_lowercase()));
        let most = PER_RECIPIENT_AND_DAY - before % PER_RECIPIENT_AND_DAY;
        let newer = self.nth_newest(tx, mailbox, DAY, most).await?.unwrap_or(oldest);
        let days = u32::try_from(before / PER_RECIPIENT_AND_DAY + 1).unwrap_or(u32::MAX);
        Ok(newer.plus(DAY.saturating_mul(days)))
    }

    /// When a limit of the hour lets the next one through that waits for it: now if not later.
    pub(super) async fn opening(&mut self, tx: &mut Transaction, limit: Wait, of: Uuid) -> Result<Timestamp> {
        let Some((counted, most)) = limit.counted(of).zip(limit.most(self.hour)) else { return Ok(self.now) };
        let newest = self.nth_newest(tx, counted, HOUR, most).await?;
        Ok(newest.map_or(self.now, |at| at.plus(HOUR).max(self.now)))
    }

    async fn nth_newest(
        &mut self,
        tx: &mut Transaction,
        counted: Counted,
        time: Duration,
        most: i64,
    ) -> Result<Option<Timestamp>> {
        let asked = (counted, most);
        if let Some(known) = self.known.get(&asked) {
            return Ok(*known);
        }
        // The newest that counts is the last one that was let through, which is one before the turn that is taken.
        let back = if self.is_turn_taken { most } else { most - 1 };
        let since = self.now.minus(time);
        let found = match &asked.0 {
            Counted::Each(series) => store::before(tx, self.tenant, *series, since, back).await?,
            Counted::Few(few) => store::nth_newest(tx, self.tenant, few, since, most).await?,
        };
        self.known.insert(asked, found);
        Ok(found)
    }
}

/// Whether the mail is one that waits when there are many. Codes were asked for and notices follow from what somebody did;
/// the limits on those stand where they are asked for.
pub(super) fn apply_to(mail: &Mail) -> bool {
    mail.kind == Kind::Invitation && mail.admitted_at.is_none()
}

const fn share_of(mail: &Mail) -> Share {
    // Whether it is of a list decided its lane when it was queued, and counts for no limit.
    Share { inviter: mail.share_of, yields: mail.yields, is_of_list: false }
}

/// Whether it is a mail's turn.
pub(super) enum Turned {
    /// It is.
    Now(Turn),
    /// Not before this. The transaction is to be given up.
    Waits(Timestamp),
    /// Not before this, which is its place from now on. The transaction is to be committed.
    Placed(Timestamp),
}

/// The turn of a mail that may go now, or else when it comes. The tenant's turn is taken first, so that what is counted stays true.
/// A mail has one place: one whose turn has come a moment before the limit opens waits that moment, and not behind all others.
pub(super) async fn turn_of(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    mail: &Mail,
    now: Timestamp,
) -> Result<Turned> {
    let turn = store::take_turn(tx, tenant, mail.yields).await?;
    let mut limits = Limits { is_turn_taken: true, ..Limits::new(server, tenant, now) };
    let Some(Waits { until, reason }) = limits.next_opening(tx, mail).await? else { return Ok(Turned::Now(turn)) };
    if mail.place_at.is_some() || reason == Wait::Mailbox {
        return Ok(Turned::Waits(until));
    }
    store::give_turn_back(tx, tenant, mail.yields).await?;
    place_store::mark_placed(tx, tenant, mail.id, until, (reason, reason.subject(share_of(mail)))).await?;
    Ok(Turned::Placed(until))
}

/// Until when an invitation mail to a mailbox would wait: `None` for not at all. Whoever would replace a link by a mail asks
/// first: a mail that waits would leave the guest without any.
pub async fn wait(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    recipient: &str,
    share: Share,
    now: Timestamp,
) -> Result<Option<Waits>> {
    Limits::new(server, tenant, now).wait(tx, recipient, share, None).await
}
