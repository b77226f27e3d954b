//! Work that is done after the request: a row written in the transaction that decides it, so that nothing is lost when
//! the process dies and nothing is done for work that was rolled back.
//!
//! A job is leased, run, and deleted when it is done. The lease is renewed while the job runs; one that runs out (its
//! process died) makes the job due again.
//! Failures back off; after the last attempt the job stays as `failed`, visible in the portal, and can be tried again. An attempt
//! that panics or takes too long failed as any other. One whose process died does not count as an attempt; a job that killed it as
//! far as anybody can tell is given up sooner (`deaths`).
//! What is more urgent stands in a lane of its own ([`Lane`]).

mod backoff;
mod deaths;
pub mod depth;
mod lanes;
mod lease;
mod store;
pub mod suspects;
#[cfg(test)]
mod tests;
mod worker;

pub use backoff::{LAST_ATTEMPT, pause};
pub use lanes::Lane;
#[cfg(test)]
use worker::after_start;
pub use worker::{GiveUp, Hands, Perform, run, run_due};

use crate::Server;
use crate::platform::ids::{JobId, TenantId};
use database::{Result, Timestamp, Transaction};
use lanes::Slot;
use tokio::sync::Notify;
use uuid::Uuid;

database::text_enum! {
    /// What is to be done; the worker knows a function for each.
    pub enum Kind {
        /// Hand a mail to the relay.
        SendMail = "send_mail",
        /// Check or invite the rows of a file.
        InviteMany = "invite_many",
        /// Tell a subscription what changed.
        Notify = "notify",
        /// Tell the lifecycle address of a subscription what happened to it.
        NotifyLifecycle = "notify_lifecycle",
        /// Go on with what follows when an object was deleted, brought back or removed for good.
        ClearUp = "clear_up",
    }
}

impl Kind {
    /// Where jobs of the kind wait, if nobody says otherwise.
    const fn lane(self) -> Lane {
        match self {
            Self::SendMail => Lane::Mail,
            Self::InviteMany | Self::ClearUp => Lane::Work,
            Self::Notify | Self::NotifyLifecycle => Lane::Call,
        }
    }
}

database::text_enum! {
    /// Where a job stands.
    pub enum State {
        /// Due at its time.
        Waiting = "waiting",
        /// Leased by a process.
        Running = "running",
        /// Given up after the last attempt.
        Failed = "failed",
    }
}

/// A job as the worker sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Job {
    /// Whose job it is.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: Kind,
    /// Which slot it takes.
    pub lane: Lane,
    /// To what: the id of a row that the kind knows.
    pub subject: Uuid,
    /// Which attempt this is, beginning with 1, without those whose process died.
    pub attempts: i64,
    /// How many attempts before this one, in a row, ended with their process.
    pub deaths: i64,
}

impl Job {
    /// Whether a failure now is the final one.
    pub const fn is_last_attempt(&self) -> bool {
        self.attempts >= LAST_ATTEMPT
    }

    /// What it takes while it runs.
    const fn slot(&self) -> Slot {
        if self.deaths < deaths::APART { Slot::Of(self.lane) } else { Slot::Apart }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There is nothing left to do.
    Done,
    /// It may not be done before this time; that is no failure and counts as no attempt.
    Later(Timestamp),
    /// It failed and may succeed later. The text is for the operator and holds no secret.
    Failed(String),
    /// It failed and will always fail.
    GivenUp(String),
}

/// Wakes the worker of this process.
#[derive(Debug, Default)]
pub struct Bell(Notify);

impl Bell {
    /// Something may be due. Called after the commit.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Returns when the bell was rung since the last time.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}

/// Queues a job in the transaction that decides it; ring the bell after the commit.
pub async fn enqueue(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    kind: Kind,
    subject: Uuid,
    run_at: Timestamp,
) -> Result<()> {
    enqueue_each(tx, server, tenant, (kind, kind.lane()), &[subject], run_at).await
}

/// Queues a job for each of several subjects in one statement, in a lane that need not be that of their kind.
pub async fn enqueue_each(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    sort: (Kind, Lane),
    subjects: &[Uuid],
    run_at: Timestamp,
) -> Result<()> {
    let now = server.clock.now();
    let jobs: Vec<(JobId, Uuid)> = subjects.iter().map(|subject| (JobId(server.entropy.uuid(now)), *subject)).collect();
    store::insert_each(tx, tenant, sort, &jobs, (run_at, now)).await
}

/// Makes a job that was given up due again, with all its attempts before it; `false` if there is none.
pub async fn retry(tx: &mut Transaction, server: &Server, tenant: TenantId, kind: Kind, subject: Uuid) -> Result<bool> {
    store::retry(tx, tenant, kind, subject, server.clock.now()).await
}

/// Makes a job that waits due sooner; `false` if there is none that is due later.
pub async fn bring_forward(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    subject: Uuid,
    run_at: Timestamp,
) -> Result<bool> {
    store::bring_forward(tx, tenant, kind, subject, run_at).await
}

/// Makes one job of a kind due that waits for its turn: that of the next subject behind `after`, so that each comes round. One that
/// failed keeps its pause. `false` if none waits.
pub async fn pass_on(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    after: Uuid,
    run_at: Timestamp,
) -> Result<bool> {
    store::pass_on(tx, tenant, kind, after, run_at).await
}

/// Removes a job that waits, because there is nothing left to do. One that runs ends by itself.
pub async fn call_off(tx: &mut Transaction, tenant: TenantId, kind: Kind, subject: Uuid) -> Result<u64> {
    store::call_off(tx, tenant, kind, subject).await
}

/// Removes a job that was given up, because what it was about is gone.
pub async fn forget(tx: &mut Transaction, tenant: TenantId, kind: Kind, subject: Uuid) -> Result<u64> {
    store::forget(tx, tenant, kind, subject).await
}
