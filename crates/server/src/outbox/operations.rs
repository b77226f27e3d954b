//! What an administrator does with the outbox: looks at it, and sends again what was given up.

use super::limits::{Limits, Waits};
use super::{Mail, State, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Error};
use crate::jobs;
use crate::platform::ids::{MailId, TenantId};
use axum::http::StatusCode;
use database::Transaction;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Mails that are queued again in one transaction.
const TOGETHER: usize = 50;

/// Which mails are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
}

/// Where a page of the list ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    pub(super) created_at: i64,
    pub(super) id: MailId,
}

impl From<&Mail> for Place {
    fn from(mail: &Mail) -> Self {
        Self { created_at: mail.created_at.microseconds(), id: mail.id }
    }
}

/// Why the outbox is not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Only administrators of users see it: it names everybody who gets mail.
    #[error("the outbox is for administrators of users")]
    NotAllowed,
    /// There is no such mail.
    #[error("there is no mail {0}")]
    NotFound(MailId),
    /// It waits, was sent, or is no longer worth sending.
    #[error("only a mail that was given up can be tried again")]
    NotGivenUp,
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<MailError> for Error {
    fn from(error: MailError) -> Self {
        match error {
            MailError::NotAllowed => Self::denied(),
            MailError::NotFound(id) => Self::not_found(id),
            MailError::NotGivenUp => {
                Self::new(StatusCode::CONFLICT, "ObjectConflict", error.to_string()).with_target("state")
            }
            MailError::Database(error) => error.into(),
        }
    }
}

/// Mails, the newest first: at most `limit`, from behind `after`.
pub async fn list(
    server: &Server,
    caller: &Caller,
    filter: Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Mail>, MailError> {
    require_administrator(caller)?;
    let mut tx = server.read().await?;
    Ok(store::list(&mut tx, caller.tenant, filter, after, limit).await?)
}

/// Which limits those of some mails wait for that are queued, and until when. Left out are those that wait for nothing but their turn.
pub async fn waits_of(server: &Server, tenant: TenantId, mails: &[Mail]) -> database::Result<HashMap<MailId, Waits>> {
    let mut found = HashMap::new();
    let mut limits = Limits::new(server, tenant, server.clock.now());
    let mut tx = server.read().await?;
    for mail in mails {
        if let Some(waits) = limits.wait_of_mail(&mut tx, mail).await? {
            found.insert(mail.id, waits);
        }
    }
    Ok(found)
}

/// Queues a mail again that was given up.
pub async fn retry(server: &Server, caller: &Caller, id: MailId) -> Result<Mail, MailError> {
    require_administrator(caller)?;
    let mut tx = server.write().await?;
    let mail = queue_again(&mut tx, server, caller, id).await?;
    tx.commit().await?;
    server.jobs.ring();
    Ok(mail)
}

/// Queues again those of these mails that were given up; how many.
pub async fn retry_many(server: &Server, caller: &Caller, ids: &[MailId]) -> Result<usize, MailError> {
    require_administrator(caller)?;
    let mut queued = 0;
    for part in ids.chunks(TOGETHER) {
        let mut tx = server.write().await?;
        for id in part {
            match queue_again(&mut tx, server, caller, *id).await {
                Ok(_) => queued += 1,
                // Somebody was faster, or it was purged.
                Err(MailError::NotGivenUp | MailError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        tx.commit().await?;
        server.jobs.ring();
    }
    Ok(queued)
}

/// A mail is given up when its job is. Its own state says so too, unless the database was away just then.
async fn queue_again(tx: &mut Transaction, server: &Server, caller: &Caller, id: MailId) -> Result<Mail, MailError> {
    let found = store::find(tx, caller.tenant, id).await?;
    let mail = found.filter(|mail| !mail.is_to_nobody()).ok_or(MailError::NotFound(id))?;
    if !jobs::retry(tx, server, caller.tenant, jobs::Kind::SendMail, id.0).await? {
        return Err(MailError::NotGivenUp);
    }
    let mut target = Target::new("Mail", id.0, mail.recipient.clone());
    let state = if mail.state == State::RefusedByRelay { State::Queued } else { mail.state };
    if state != mail.state {
        let reason = mail.last_error.clone().unwrap_or_default();
        store::mark_failed(tx, caller.tenant, id, state, &reason).await?;
        target = target.change("State", mail.state.as_str(), state.as_str());
    }
    audit::record(tx, server, caller, Activity::RetryMail, &Outcome::Success, &target, &[]).await?;
    Ok(Mail { state, ..mail })
}

fn require_administrator(caller: &Caller) -> Result<(), MailError> {
    if caller.may_administer_users() { Ok(()) } else { Err(MailError::NotAllowed) }
}
