//! Looking at jobs, and trying again what was given up. What a second try means is decided by the feature whose job it is; where
//! that keeps no state of its own that says so, the job is due again and nothing else.

use super::error::JobError;
use super::store;
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::bulk_invitations::{self, BulkError};
use crate::graph::Caller;
use crate::jobs::{self, Kind, State};
use crate::outbox;
use crate::platform::Timestamp;
use crate::platform::ids::{BulkInvitationId, JobId, MailId};
use database::Transaction;
use uuid::Uuid;

/// Jobs that one call tries again, the oldest.
pub const AT_ONCE: i64 = 500;

/// Jobs that are made due in one transaction.
const TOGETHER: usize = 50;

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
    /// To what: a mail, a bulk invitation, a subscription, or an object that was removed.
    pub subject: Uuid,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub attempts: i64,
    /// How many tries of late, in a row, ended with their process.
    pub deaths: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it is or was due; for one that was given up, when that was.
    pub run_at: Timestamp,
    /// When it was put in.
    pub created_at: Timestamp,
    /// The mailbox of a mail; empty for a mail to nobody.
    pub recipient: Option<String>,
    /// The name of a bulk invitation.
    pub name: Option<String>,
}

/// A job that was given up.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Failed {
    pub(super) id: JobId,
    pub(super) kind: Kind,
    pub(super) subject: Uuid,
}

/// What work of a kind is called.
pub(super) const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::SendMail => "Mail",
        Kind::InviteMany => "Inviting many",
        Kind::Notify => "Telling a program",
        Kind::NotifyLifecycle => "Telling of a subscription",
        Kind::ClearUp => "Clearing up",
    }
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
    let job = store::find(&mut tx, caller.tenant, id).await?.ok_or(JobError::NotFound(id))?;
    drop(tx);
    match job.kind {
        Kind::SendMail => outbox::retry(server, caller, MailId(job.subject))
            .await
            .map(|_| ())
            .map_err(|error| JobError::of_mail(id, error)),
        Kind::InviteMany => bulk_invitations::resume(server, caller, BulkInvitationId(job.subject))
            .await
            .map(|_| ())
            .map_err(|error| JobError::of_bulk(id, error)),
        Kind::Notify | Kind::NotifyLifecycle | Kind::ClearUp => match retry_plainly(server, caller, &[job]).await? {
            0 => Err(JobError::NotGivenUp),
            _ => Ok(()),
        },
    }
}

/// Makes the oldest jobs due that were given up, of whatever kind, at most [`AT_ONCE`]; how many.
pub async fn retry_failed(server: &Server, caller: &Caller) -> Result<usize, JobError> {
    require_administrator(caller)?;
    let mut tx = server.read().await?;
    let failed = store::list_failed(&mut tx, caller.tenant, AT_ONCE).await?;
    drop(tx);
    let of = |kind: Kind| failed.iter().filter(move |job| job.kind == kind);
    let mails: Vec<_> = of(Kind::SendMail).map(|job| MailId(job.subject)).collect();
    let none = JobId(Uuid::nil());
    let mut retried =
        outbox::retry_many(server, caller, &mails).await.map_err(|error| JobError::of_mail(none, error))?;
    for run in of(Kind::InviteMany) {
        match bulk_invitations::resume(server, caller, BulkInvitationId(run.subject)).await {
            Ok(_) => retried += 1,
            // Somebody was faster.
            Err(BulkError::WrongState | BulkError::NotFound(_)) => {}
            Err(error) => return Err(JobError::of_bulk(run.id, error)),
        }
    }
    let others: Vec<_> =
        failed.iter().filter(|job| !matches!(job.kind, Kind::SendMail | Kind::InviteMany)).copied().collect();
    Ok(retried + retry_plainly(server, caller, &others).await?)
}

/// Makes jobs due whose feature has nothing to decide about that; how many of them were given up.
async fn retry_plainly(server: &Server, caller: &Caller, failed: &[Failed]) -> Result<usize, JobError> {
    let mut retried = 0;
    for part in failed.chunks(TOGETHER) {
        let mut tx = server.write().await?;
        for job in part {
            retried += usize::from(retry_one(&mut tx, server, caller, job).await?);
        }
        tx.commit().await?;
        server.jobs.ring();
    }
    Ok(retried)
}

/// `false` if somebody was faster.
async fn retry_one(tx: &mut Transaction, server: &Server, caller: &Caller, job: &Failed) -> database::Result<bool> {
    if !jobs::retry(tx, server, caller.tenant, job.kind, job.subject).await? {
        return Ok(false);
    }
    let (failed, waiting) = (State::Failed.as_str(), State::Waiting.as_str());
    let target = Target::new("Job", job.id.0, word(job.kind)).change("State", failed, waiting);
    audit::record(tx, server, caller, Activity::RetryJob, &Outcome::Success, &target, &[]).await?;
    Ok(true)
}

fn require_administrator(caller: &Caller) -> Result<(), JobError> {
    if caller.may_administer_users() { Ok(()) } else { Err(JobError::NotAllowed) }
}
