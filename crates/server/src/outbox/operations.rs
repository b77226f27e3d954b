//! What an administrator does with the outbox: looks at it, and sends again what was given up.

use super::{Mail, State, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Error};
use crate::jobs;
use crate::platform::ids::MailId;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

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

/// Queues a mail again that was given up.
pub async fn retry(server: &Server, caller: &Caller, id: MailId) -> Result<Mail, MailError> {
    require_administrator(caller)?;
    let mut tx = server.write().await?;
    let mail = store::find(&mut tx, caller.tenant, id).await?.ok_or(MailError::NotFound(id))?;
    let was_given_up = mail.state == State::RefusedByRelay
        && jobs::retry(&mut tx, server, caller.tenant, jobs::Kind::SendMail, id.0).await?;
    if !was_given_up {
        return Err(MailError::NotGivenUp);
    }
    let reason = mail.last_error.clone().unwrap_or_default();
    store::mark_failed(&mut tx, caller.tenant, id, State::Queued, &reason).await?;
    let target = Target::new("Mail", id.0, mail.recipient.clone()).change("State", "refusedByRelay", "queued");
    audit::record(&mut tx, server, caller, Activity::RetryMail, &Outcome::Success, &target, &[]).await?;
    tx.commit().await?;
    server.jobs.ring();
    Ok(Mail { state: State::Queued, ..mail })
}

fn require_administrator(caller: &Caller) -> Result<(), MailError> {
    if caller.may_administer_users() { Ok(()) } else { Err(MailError::NotAllowed) }
}
