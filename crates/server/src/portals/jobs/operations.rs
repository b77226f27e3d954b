//! Looking at jobs, and trying again what was given up. What a second try means is decided by the feature whose job it is.

use super::error::JobError;
use super::store;
use crate::Server;
use crate::bulk_invitations::{self, BulkError};
use crate::graph::Caller;
use crate::jobs::{self, Kind, State};
use crate::outbox;
use crate::platform::Timestamp;
use crate::platform::ids::{BulkInvitationId, JobId, MailId};
use uuid::Uuid;

/// Jobs that one call tries again, the oldest.
pub const AT_ONCE: i64 = 500;

/// Which jobs are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this kind.
    pub kind: Option<Kind>,
}

/// A job with the name of what it is about.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: Kind,
    /// To what: a mail or a bulk invitation.
    pub subject: Uuid,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it is or was due; for one that was given up, when that was.
    pub run_at: Timestamp,
    /// When it was put in.
    pub created_at: Timestamp,
    /// The mailbox of a mail.
    pub recipient: Option<String>,
    /// The name of a bulk invitation.
    pub name: Option<String>,
}

/// Jobs, the newest first: at most `limit`, from behind `after`.
pub async fn list(
    server: &Server,
    caller: &Caller,
    filter: Filter,
    after: Option<JobId>,
    limit: i64,
) -> Result<Vec<Listed>, JobError> {
    require_administrator(caller)?;
    let mut tx = server.read().await?;
    Ok(store::list(&mut tx, caller.tenant, filter, after, limit).await?)
}

/// How many jobs were given up; more than [`AT_ONCE`] are not told apart.
pub async fn count_failed(server: &Server, caller: &Caller) -> Result<i64, JobError> {
    require_administrator(caller)?;
    let mut tx = server.read().await?;
    Ok(store::count_failed(&mut tx, caller.tenant, AT_ONCE + 1).await?)
}

/// Makes a job due that was given up.
pub async fn retry(server: &Server, caller: &Caller, id: JobId) -> Result<(), JobError> {
    require_administrator(caller)?;
    let mut tx = server.read().await?;
    let (kind, subject) = store::find(&mut tx, caller.tenant, id).await?.ok_or(JobError::NotFound(id))?;
    drop(tx);
    match kind {
        Kind::SendMail => outbox::retry(server, caller, MailId(subject))
            .await
            .map(|_| ())
            .map_err(|error| JobError::of_mail(id, error)),
        Kind::InviteMany => bulk_invitations::resume(server, caller, BulkInvitationId(subject))
            .await
            .map(|_| ())
            .map_err(|error| JobError::of_bulk(id, error)),
        Kind::Notify | Kind::NotifyLifecycle | Kind::ClearUp => {
            let mut tx = server.write().await?;
            if !jobs::retry(&mut tx, server, caller.tenant, kind, subject).await? {
                return Err(JobError::NotFound(id));
            }
            Ok(tx.commit().await?)
        }
    }
}

/// Makes the oldest jobs due that were given up, at most [`AT_ONCE`] of each kind; how many.
pub async fn retry_failed(server: &Server, caller: &Caller) -> Result<usize, JobError> {
    require_administrator(caller)?;
    let mut tx = server.read().await?;
    let mails = store::list_failed(&mut tx, caller.tenant, Kind::SendMail, AT_ONCE).await?;
    let runs = store::list_failed(&mut tx, caller.tenant, Kind::InviteMany, AT_ONCE).await?;
    drop(tx);
    let mails: Vec<_> = mails.into_iter().map(MailId).collect();
    let none = JobId(Uuid::nil());
    let mut retried =
        outbox::retry_many(server, caller, &mails).await.map_err(|error| JobError::of_mail(none, error))?;
    for run in runs {
        match bulk_invitations::resume(server, caller, BulkInvitationId(run)).await {
            Ok(_) => retried += 1,
            // Somebody was faster.
            Err(BulkError::WrongState | BulkError::NotFound(_)) => {}
            Err(error) => return Err(JobError::of_bulk(none, error)),
        }
    }
    Ok(retried)
}

fn require_administrator(caller: &Caller) -> Result<(), JobError> {
    if caller.may_administer_users() { Ok(()) } else { Err(JobError::NotAllowed) }
}
