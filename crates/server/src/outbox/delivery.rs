//! The job that hands a mail to the relay.

use super::limits::{self, Turned};
use super::message::{Content, Imprint, address};
use super::{Mail, State, place, store};
use crate::Server;
use crate::jobs::{Job, Outcome};
use crate::platform::Timestamp;
use crate::platform::ids::{InvitationId, MailId, TenantId};
use crate::platform::mail_transport::Refusal;
use database::{Result, Transaction};
use futures_util::future::BoxFuture;

/// What follows when the relay has taken the mail of an invitation, in the transaction that notes it and before the mail's
/// row is touched. The features above the outbox know.
pub type HandedOver = for<'a> fn(&'a mut Transaction, &'a Server, TenantId, InvitationId) -> BoxFuture<'a, Result<()>>;

/// Sends the mail a job is about, at least once: when the process dies between the relay's answer and our note of it,
/// the mail goes out again under the same Message-ID.
pub async fn deliver(server: &Server, job: &Job, handed_over: HandedOver) -> Outcome {
    match attempt(server, job, handed_over).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// What may be done with a mail now.
enum Admission {
    /// Send it.
    Now(Box<Mail>, Vec<u8>),
    /// The limits let it through then.
    At(Timestamp),
    /// Nothing: it was sent, given up, or is no longer worth sending.
    Settled,
}

async fn attempt(server: &Server, job: &Job, handed_over: HandedOver) -> Result<Outcome> {
    let (mail, sealed) = match admit(server, job.tenant_id, MailId(job.subject)).await? {
        Admission::Settled => return Ok(Outcome::Done),
        Admission::At(time) => return Ok(Outcome::Later(time)),
        Admission::Now(mail, sealed) => (mail, sealed),
    };
    let refusal = match send(server, job.tenant_id, &mail, &sealed).await {
        Ok(()) if mail.is_to_nobody() => {
            let mut tx = server.write().await?;
            store::remove(&mut tx, job.tenant_id, mail.id).await?;
            tx.commit().await?;
            return Ok(Outcome::Done);
        }
        Ok(()) => {
            let mut tx = server.write().await?;
            if let Some(invitation) = mail.invitation_id {
                handed_over(&mut tx, server, job.tenant_id, invitation).await?;
            }
            store::mark_handed_over(&mut tx, job.tenant_id, mail.id, server.clock.now()).await?;
            tx.commit().await?;
            server.measures.mailed("handed_over");
            return Ok(Outcome::Done);
        }
        Err(refusal) => refusal,
    };
    let (reason, is_final) = match refusal {
        Refusal::Never(reason) => (reason, true),
        Refusal::Later(reason) => (reason, job.is_last_attempt()),
    };
    let mut tx = server.write().await?;
    // There is nobody to be told that it was given up, and nothing to be tried again.
    if is_final && mail.is_to_nobody() {
        store::remove(&mut tx, job.tenant_id, mail.id).await?;
        tx.commit().await?;
        return Ok(Outcome::Done);
    }
    let state = if is_final { State::RefusedByRelay } else { State::Queued };
    store::mark_failed(&mut tx, job.tenant_id, mail.id, state, &reason).await?;
    tx.commit().await?;
    server.measures.mailed(if is_final { "refused" } else { "postponed" });
    Ok(if is_final { Outcome::GivenUp(reason) } else { Outcome::Failed(reason) })
}

/// Notes at the mail of a job that it is given up, for a job that could not. A mail to nobody is removed.
pub async fn give_up(server: &Server, job: &Job, reason: &str) -> Result<()> {
    let (tenant, id) = (job.tenant_id, MailId(job.subject));
    let mut tx = server.write().await?;
    match store::find(&mut tx, tenant, id).await? {
        Some(mail) if mail.is_to_nobody() => store::remove(&mut tx, tenant, id).await?,
        Some(mail) if mail.state == State::Queued => {
            store::mark_failed(&mut tx, tenant, id, State::RefusedByRelay, reason).await?;
        }
        _ => {}
    }
    tx.commit().await
}

async fn admit(server: &Server, tenant: TenantId, id: MailId) -> Result<Admission> {
    let now = server.clock.now();
    let mut tx = server.write().await?;
    let Some(mail) = store::find(&mut tx, tenant, id).await? else { return Ok(Admission::Settled) };
    let sealed = store::find_sealed(&mut tx, tenant, id).await?;
    let (State::Queued, Some(sealed)) = (mail.state, sealed) else { return Ok(Admission::Settled) };
    if mail.expires_at.is_some_and(|end| end <= now) {
        if mail.is_to_nobody() {
            store::remove(&mut tx, tenant, id).await?;
            tx.commit().await?;
            return Ok(Admission::Settled);
        }
        store::mark_expired(&mut tx, tenant, id, now).await?;
        tx.commit().await?;
        server.measures.mailed("expired");
        tracing::warn!(mail = %id, kind = %mail.kind, attempts = mail.attempts, "a mail was too late to be sent");
        return Ok(Admission::Settled);
    }
    let turn = if limits::apply_to(&mail) {
        match limits::turn_of(&mut tx, server, tenant, &mail, now).await? {
            Turned::Now(turn) => Some(turn),
            Turned::Waits(until) => return Ok(Admission::At(until)),
            Turned::Placed(at) => {
                tx.commit().await?;
                return Ok(Admission::At(at));
            }
        }
    } else {
        None
    };
    store::mark_tried(&mut tx, tenant, &mail, turn, now).await?;
    tx.commit().await?;
    Ok(Admission::Now(Box::new(mail), sealed))
}

/// Writes the mail and hands it to the relay; for one to nobody the relay is asked whether it is there.
async fn send(server: &Server, tenant: TenantId, mail: &Mail, sealed: &[u8]) -> Result<(), Refusal> {
    let never = |error: &dyn std::fmt::Display| Refusal::Never(error.to_string());
    let clear = server.master_key.open(&place(tenant, mail.id), sealed).map_err(|error| never(&error))?;
    let content: Content = serde_json::from_slice(&clear).map_err(|error| never(&error))?;
    let imprint = Imprint { message_id: &mail.message_id, written_at: mail.created_at };
    let wire = content.write(&server.mail, &imprint).map_err(|error| never(&error))?;
    if mail.is_to_nobody() {
        return server.mail.knock().await;
    }
    let recipient = address(&mail.recipient).map_err(|error| never(&error))?;
    let received = content.received(&wire, &imprint, &mail.recipient, &server.entropy, server.clock.now());
    server.mail.send(&wire, &recipient, received).await
}
