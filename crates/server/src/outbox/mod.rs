//! Mail that is owed: written in the transaction that decides it, sealed at rest, sent by a job at least once with the
//! same Message-ID, wiped when the relay has taken it. Owns `mail`, `mail_turn`.
//!
//! Copies are mails of their own: a refused copy does not stop the mail to the one it is for.

mod at_once;
mod delivery;
mod graph;
mod limits;
mod mail;
mod message;
mod moving;
mod operations;
mod place_store;
mod store;
#[cfg(test)]
mod tests;

pub use at_once::send_at_once;
pub use delivery::{HandedOver, deliver, give_up};
pub use graph::routes;
pub use limits::{Limits, PER_RECIPIENT_AND_DAY, Share, Wait, Waits, wait};
pub use mail::{Mail, State};
pub use message::{CarbonCopy, Kind, Message};
pub use moving::{MOVING, move_up};
pub use operations::{Filter, MailError, Place, list, retry, retry_many, waits_of};

use crate::Server;
use crate::config::Retention;
use crate::jobs::{self, Lane};
use crate::platform::ids::{InvitationId, MailId, TenantId};
use crate::platform::master_key_proof::ProofError;
use crate::platform::{Entropy, MasterKey, Timestamp};
use database::{Result, Transaction};
use message::Content;
use uuid::Uuid;

/// A mail that is sealed and ready to be queued.
pub struct Prepared {
    tenant: TenantId,
    kind: Kind,
    message_id: String,
    invitation: Option<InvitationId>,
    expires_at: Option<Timestamp>,
    copies: Vec<Copy>,
    share: Share,
}

/// The same mail for one recipient.
struct Copy {
    id: MailId,
    recipient: String,
    sealed: Vec<u8>,
}

impl Prepared {
    /// The same mail, counted against a share of the organisation's hour.
    #[must_use]
    pub fn counted(self, share: Share) -> Self {
        Self { share, ..self }
    }

    /// The same mail to nobody: it goes the way of every mail up to the relay, which is only asked whether it is there, so that no
    /// time that anything takes tells whether somebody would have got it. Its row names no recipient, stands in no list of mails, and
    /// is removed at its end. What is sealed is the same, with the address it was written for.
    #[must_use]
    pub fn to_nobody(mut self) -> Self {
        for copy in &mut self.copies {
            copy.recipient.clear();
        }
        self
    }

    /// What it is counted against.
    pub const fn share(&self) -> Share {
        self.share
    }

    /// What its job waits behind.
    const fn lane(&self) -> Lane {
        match self.kind {
            Kind::Passcode => Lane::Code,
            Kind::Invitation if self.share.is_of_list => Lane::ListMail,
            Kind::Invitation | Kind::Notice => Lane::Mail,
        }
    }

    /// The id of the mail to the recipient.
    pub fn id(&self) -> MailId {
        self.copies.first().map_or(MailId(Uuid::nil()), |copy| copy.id)
    }
}

/// Seals a mail, outside of any transaction.
///
/// # Panics
/// Never: texts can always be written as JSON.
pub fn prepare(server: &Server, tenant: TenantId, message: &Message) -> Prepared {
    let now = server.clock.now();
    let seal = |recipient: &str, content: &Content| {
        let id = MailId(server.entropy.uuid(now));
        let content = serde_json::to_vec(content).expect("texts can always be written as JSON");
        let sealed = server.master_key.seal(&place(tenant, id), &content, &server.entropy);
        Copy { id, recipient: recipient.to_owned(), sealed }
    };
    let main = std::iter::once(seal(&message.recipient, &Content::from(message)));
    let copies = main.chain(message.cc.iter().map(|copy| seal(&copy.recipient, &Content::of_copy(message, copy))));
    Prepared {
        tenant,
        kind: message.kind,
        message_id: format!("<{}@{}>", server.entropy.random_uuid().simple(), server.mail.domain()),
        invitation: message.invitation,
        expires_at: message.expires_at,
        copies: copies.collect(),
        share: Share::default(),
    }
}

/// Queues a mail in the transaction that decides it; ring the bell of [`Server::jobs`] after the commit.
pub async fn enqueue(tx: &mut Transaction, server: &Server, prepared: Prepared) -> Result<MailId> {
    let now = server.clock.now();
    let (tenant, main, sort) = (prepared.tenant, prepared.id(), (jobs::Kind::SendMail, prepared.lane()));
    let ids: Vec<Uuid> = prepared.copies.iter().map(|copy| copy.id.0).collect();
    store::insert_each(tx, prepared, now).await?;
    jobs::enqueue_each(tx, server, tenant, sort, &ids, now).await?;
    Ok(main)
}

/// Takes back a mail that still waits, because what it carries is no longer true. One that was sent stays as it is.
/// Its jobs go too, so that nothing is counted as waiting that will never be sent.
pub async fn withdraw(tx: &mut Transaction, tenant: TenantId, mail: MailId) -> Result<()> {
    for copy in store::withdraw(tx, tenant, mail).await? {
        jobs::call_off(tx, tenant, jobs::Kind::SendMail, copy.0).await?;
    }
    Ok(())
}

/// Seals every waiting mail with another master key; how many there are.
pub async fn reseal(
    tx: &mut Transaction,
    old: &MasterKey,
    new: &MasterKey,
    entropy: &Entropy,
) -> Result<u64, ProofError> {
    /// Mails that are in memory at a time.
    const BATCH: i64 = 500;
    let mut count = 0;
    let mut after = (TenantId(Uuid::nil()), MailId(Uuid::nil()));
    loop {
        let batch = store::list_sealed(tx, after, BATCH).await?;
        let Some((tenant, id, _)) = batch.last() else { return Ok(count) };
        after = (*tenant, *id);
        for (tenant, id, sealed) in batch {
            let place = place(tenant, id);
            let clear = old.open(&place, &sealed)?;
            store::set_sealed(tx, tenant, id, new.seal(&place, &clear, entropy)).await?;
            count += 1;
        }
    }
}

/// Removes mails that ended longer ago than they are kept, those that were given up too, and mails to nobody whose jobs were given up
/// without them; how many those were.
pub async fn purge(server: &Server) -> Result<u64> {
    let before = server.clock.now().minus(server.settings.retention.mails());
    let mut rows = 0;
    loop {
        let mut tx = server.write().await?;
        let removed = store::purge(&mut tx, before, Retention::AT_ONCE).await?;
        if removed > 0 {
            store::purge_jobs(&mut tx).await?;
        }
        tx.commit().await?;
        rows += removed;
        if !Retention::may_have_left(removed) {
            return Ok(rows);
        }
    }
}

/// Where the sealed text of a mail stands; it opens nowhere else.
fn place(tenant: TenantId, mail: MailId) -> String {
    format!("mail/sealed/{tenant}/{mail}")
}
