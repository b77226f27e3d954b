//! The worker: leases what is due, runs it, writes down how it ended.

use super::backoff::{LONGEST, pause};
use super::lease::{self, LEASE, Lease};
use super::store::{self, Next};
use super::{Job, Outcome, State};
use crate::Server;
use crate::platform::request::Request;
use database::Result;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Runs one job. An attempt may be repeated after a crash, so what it does is either guarded or harmless when done twice.
pub type Perform = fn(Arc<Server>, Job) -> BoxFuture<'static, Outcome>;

/// Jobs of one process at a time.
const SLOTS: usize = 8;
/// How long an attempt may take.
const TIME_LIMIT: Duration = Duration::from_mins(2);
/// How often the queue is looked at when nobody rings: for jobs whose time has come, and those of other processes.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long running jobs may go on after the stop was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// Works until `stop` resolves. Then nothing new is begun, running jobs have ten seconds to end, and the rest is handed
/// back, so that another process takes it up at once.
pub async fn run(server: Arc<Server>, perform: Perform, stop: impl Future<Output = ()>) {
    let owner = server.entropy.random_uuid();
    let mut running = JoinSet::new();
    tokio::pin!(stop);
    if let Err(error) = after_start(&server).await {
        tracing::warn!(%error, "it is not known whether the clock was set back; jobs wait for their time");
    }
    loop {
        start_due(&server, owner, perform, &mut running).await;
        tokio::select! {
            () = &mut stop => break,
            () = server.jobs.rung() => {}
            () = tokio::time::sleep(INTERVAL) => {}
            Some(ended) = running.join_next() => report_panic(ended),
        }
    }
    let finish = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finish).await.is_err() {
        running.shutdown().await;
    }
    if let Err(error) = hand_back(&server, owner).await {
        tracing::warn!(%error, "jobs could not be handed back; their leases will run out");
    }
}

/// Within a process time never goes back; since the one before it may have. No job waits for the clock to catch up.
pub(super) async fn after_start(server: &Server) -> Result<()> {
    let now = server.clock.now();
    let mut tx = server.write().await?;
    let jobs = store::draw_near(&mut tx, now, now.plus(LONGEST), now.plus(LEASE.length)).await?;
    tx.commit().await?;
    if jobs > 0 {
        tracing::warn!(jobs, "the clock was set back; jobs that would have waited for it are due");
    }
    Ok(())
}

/// Runs everything that is due now, one job after the other, and what becomes due by that; how many attempts it took.
pub async fn run_due(server: &Arc<Server>, perform: Perform) -> Result<usize> {
    let owner = server.entropy.random_uuid();
    let mut attempts = 0;
    loop {
        let jobs = claim(server, owner, SLOTS).await?;
        if jobs.is_empty() {
            return Ok(attempts);
        }
        for job in jobs {
            attempts += 1;
            attempt(Arc::clone(server), owner, job, perform, LEASE).await;
        }
    }
}

async fn start_due(server: &Arc<Server>, owner: Uuid, perform: Perform, running: &mut JoinSet<()>) {
    while running.len() < SLOTS {
        let jobs = match claim(server, owner, SLOTS - running.len()).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::warn!(%error, "the queue of jobs cannot be read");
                return;
            }
        };
        if jobs.is_empty() {
            return;
        }
        for job in jobs {
            running.spawn(attempt(Arc::clone(server), owner, job, perform, LEASE));
        }
    }
}

async fn claim(server: &Server, owner: Uuid, slots: usize) -> Result<Vec<Job>> {
    let now = server.clock.now();
    let limit = i64::try_from(slots).unwrap_or(i64::MAX);
    let mut tx = server.write().await?;
    let jobs = store::claim(&mut tx, owner, now, now.plus(LEASE.length), limit).await?;
    tx.commit().await?;
    Ok(jobs)
}

/// One attempt, and its end. When even that cannot be written, the lease runs out and the job is repeated. An attempt that
/// loses its lease is dropped where it stands: somebody else has the job, or is about to.
pub(super) async fn attempt(server: Arc<Server>, owner: Uuid, job: Job, perform: Perform, lease: Lease) {
    let work = Request::of_our_own(&server.entropy).scope(perform(Arc::clone(&server), job.clone()));
    let outcome = tokio::select! {
        outcome = tokio::time::timeout(TIME_LIMIT, work) => outcome,
        () = lease::lost(&server, owner, &job, lease) => {
            tracing::warn!(job = %job.id, kind = %job.kind, "the lease of a job was lost; another attempt follows");
            return;
        }
    };
    let outcome = outcome.unwrap_or_else(|_| Outcome::Failed("It took longer than two minutes.".to_owned()));
    if let Err(error) = settle(&server, owner, &job, outcome).await {
        tracing::warn!(job = %job.id, kind = %job.kind, %error, "the end of a job cannot be written");
    }
}

async fn settle(server: &Server, owner: Uuid, job: &Job, outcome: Outcome) -> Result<()> {
    let now = server.clock.now();
    let next = match outcome {
        Outcome::Done => None,
        Outcome::Later(run_at) => Some(Next { state: State::Waiting, attempts: job.attempts - 1, run_at, error: None }),
        Outcome::Failed(error) if !job.is_last_attempt() => {
            tracing::info!(job = %job.id, kind = %job.kind, attempt = job.attempts, %error, "a job failed and waits");
            let run_at = now.plus(pause(job.attempts));
            Some(Next { state: State::Waiting, attempts: job.attempts, run_at, error: Some(error) })
        }
        Outcome::Failed(error) | Outcome::GivenUp(error) => {
            tracing::warn!(job = %job.id, kind = %job.kind, attempt = job.attempts, %error, "a job was given up");
            Some(Next { state: State::Failed, attempts: job.attempts, run_at: now, error: Some(error) })
        }
    };
    let mut tx = server.write().await?;
    match next {
        None => store::delete(&mut tx, job, owner).await?,
        Some(next) => store::release(&mut tx, job, owner, next).await?,
    };
    tx.commit().await
}

async fn hand_back(server: &Server, owner: Uuid) -> Result<()> {
    let mut tx = server.write().await?;
    let jobs = store::hand_back(&mut tx, owner).await?;
    tx.commit().await?;
    if jobs > 0 {
        tracing::info!(jobs, "unfinished jobs were handed back");
    }
    Ok(())
}

fn report_panic(ended: std::result::Result<(), tokio::task::JoinError>) {
    // What it panicked with would stand in the failure, with all that it may hold; the log has its place already.
    if let Err(failure) = ended {
        tracing::error!(
            cancelled = failure.is_cancelled(),
            "a job panicked; it is repeated when its lease has run out"
        );
    }
}
