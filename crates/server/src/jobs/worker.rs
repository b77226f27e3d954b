//! The worker: leases what is due, runs it, writes down how it ended.

use super::backoff::{LAST_ATTEMPT, LONGEST, pause};
use super::deaths::{APART, LAST_DEATH, bearable};
use super::lanes::{Free, Slot};
use super::lease::{self, LEASE, Lease};
use super::store::{self, Next};
use super::{Job, Outcome, State};
use crate::Server;
use crate::platform::request::Request;
use database::Result;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{Id, JoinSet};
use uuid::Uuid;

/// Runs one job. An attempt may be repeated after a crash, so what it does is either guarded or harmless when done twice.
pub type Perform = fn(Arc<Server>, Job) -> BoxFuture<'static, Outcome>;

/// Notes at what a job was about that the job is given up, and why. Only for what the job could not note by itself, because it
/// panicked, took too long or was cut off.
pub type GiveUp = fn(Arc<Server>, Job, &'static str) -> BoxFuture<'static, Result<()>>;

/// What a worker does with jobs.
#[derive(Debug, Clone, Copy)]
pub struct Hands {
    /// An attempt.
    pub perform: Perform,
    /// What follows when the last one did not come to its end.
    pub give_up: GiveUp,
}

/// How long an attempt may take.
const TIME_LIMIT: Duration = Duration::from_mins(2);
/// How often the queue is looked at when nobody rings: for jobs whose time has come, and those of other processes.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long running jobs may go on after the stop was asked for.
const GRACE: Duration = Duration::from_secs(10);
/// How often it is tried to tell what a job was about that it was given up, when each try takes its process along.
const TELLING: i64 = 3;

const PANICKED: &str = "The server stumbled over it; its log says where.";
const TOO_LONG: &str = "It took longer than two minutes.";
pub(super) const CUT_OFF: &str = "Each process that tried it came to its end before it was done.";

/// The jobs in hand, and which slots they take.
struct Running {
    since: Instant,
    attempts: JoinSet<()>,
    slots: HashMap<Id, Slot>,
}

impl Running {
    fn new() -> Self {
        Self { since: Instant::now(), attempts: JoinSet::new(), slots: HashMap::new() }
    }

    fn free(&self) -> Free {
        Free { deaths: bearable(self.since.elapsed()), ..Free::beside(self.slots.values().copied()) }
    }

    fn begin(&mut self, slot: Slot, attempt: impl Future<Output = ()> + Send + 'static) {
        let id = self.attempts.spawn(attempt).id();
        self.slots.insert(id, slot);
    }

    /// Returns when one of them has ended; at once with nothing if there is none.
    async fn ended(&mut self) -> Option<()> {
        let id = match self.attempts.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(failure) => {
                tracing::error!(%failure, "an attempt panicked beside its job; it is repeated when its lease has run out");
                failure.id()
            }
        };
        self.slots.remove(&id);
        Some(())
    }
}

/// Works until `stop` resolves. Then nothing new is begun, running jobs have ten seconds to end, and the rest is handed
/// back, so that another process takes it up at once.
pub async fn run(server: Arc<Server>, hands: Hands, stop: impl Future<Output = ()>) {
    let owner = server.entropy.random_uuid();
    let mut running = Running::new();
    let mut looked: Option<Instant> = None;
    tokio::pin!(stop);
    if let Err(error) = after_start(&server).await {
        tracing::warn!(%error, "it is not known whether the clock was set back; jobs wait for their time");
    }
    loop {
        if looked.is_none_or(|at| at.elapsed() >= INTERVAL) {
            looked = Some(Instant::now());
            if let Err(error) = take_back(&server).await {
                tracing::warn!(%error, "jobs of processes that died cannot be taken back");
            }
        }
        start_due(&server, owner, hands, &mut running).await;
        tokio::select! {
            () = &mut stop => break,
            () = server.jobs.rung() => {}
            () = tokio::time::sleep(INTERVAL) => {}
            Some(()) = running.ended() => {}
        }
    }
    let finish = async { while running.ended().await.is_some() {} };
    if tokio::time::timeout(GRACE, finish).await.is_err() {
        running.attempts.shutdown().await;
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
pub async fn run_due(server: &Arc<Server>, hands: Hands) -> Result<usize> {
    let owner = server.entropy.random_uuid();
    let mut attempts = 0;
    loop {
        take_back(server).await?;
        let jobs = claim(server, owner, Free::all()).await?;
        if jobs.is_empty() {
            return Ok(attempts);
        }
        for job in jobs {
            attempts += 1;
            attempt(Arc::clone(server), owner, job, hands, LEASE).await;
        }
    }
}

/// One look finds all that is due and has a slot; what comes later rings.
async fn start_due(server: &Arc<Server>, owner: Uuid, hands: Hands, running: &mut Running) {
    let free = running.free();
    if free.is_none() {
        return;
    }
    match claim(server, owner, free).await {
        Ok(jobs) => {
            for job in jobs {
                running.begin(job.slot(), attempt(Arc::clone(server), owner, job, hands, LEASE));
            }
        }
        Err(error) => tracing::warn!(%error, "the queue of jobs cannot be read"),
    }
}

async fn claim(server: &Server, owner: Uuid, free: Free) -> Result<Vec<Job>> {
    let now = server.clock.now();
    let mut tx = server.write().await?;
    let jobs = store::claim(&mut tx, owner, now, now.plus(LEASE.length), free).await?;
    tx.commit().await?;
    Ok(jobs)
}

async fn take_back(server: &Server) -> Result<()> {
    let mut tx = server.write().await?;
    let jobs = store::take_back(&mut tx, server.clock.now()).await?;
    tx.commit().await?;
    if jobs.is_empty() {
        return Ok(());
    }
    tracing::warn!(jobs = jobs.len(), "processes died over jobs, which are tried again");
    for job in jobs.iter().filter(|job| job.deaths > APART) {
        tracing::warn!(job = %job.id, kind = %job.kind, deaths = job.deaths, "a job may have killed its process, and waits");
    }
    Ok(())
}

/// One attempt, and its end. When even that cannot be written, the lease runs out and the job is repeated. An attempt that
/// loses its lease is dropped where it stands: somebody else has the job, or is about to.
pub(super) async fn attempt(server: Arc<Server>, owner: Uuid, job: Job, hands: Hands, lease: Lease) {
    let work = Request::of_our_own(&server.entropy).scope(outcome(&server, &job, hands));
    let outcome = tokio::select! {
        outcome = work => outcome,
        () = lease::lost(&server, owner, &job, lease) => {
            tracing::warn!(job = %job.id, kind = %job.kind, "the lease of a job was lost; another attempt follows");
            return;
        }
    };
    if let Err(error) = settle(&server, owner, &job, outcome).await {
        tracing::warn!(job = %job.id, kind = %job.kind, %error, "the end of a job cannot be written");
    }
}

/// What an attempt comes to. One that panics or takes too long has failed like any other; a job that took its process along too often
/// is not tried again.
async fn outcome(server: &Arc<Server>, job: &Job, hands: Hands) -> Outcome {
    if job.deaths >= LAST_DEATH {
        return end(server, job, hands, CUT_OFF).await;
    }
    let work = AssertUnwindSafe((hands.perform)(Arc::clone(server), job.clone())).catch_unwind();
    let problem = match tokio::time::timeout(TIME_LIMIT, work).await {
        Ok(Ok(outcome)) => return outcome,
        Ok(Err(_)) => {
            tracing::error!(job = %job.id, kind = %job.kind, attempt = job.attempts, "a job panicked");
            PANICKED
        }
        Err(_) => TOO_LONG,
    };
    if job.is_last_attempt() { end(server, job, hands, problem).await } else { Outcome::Failed(problem.to_owned()) }
}

/// Gives a job up that could not say so itself. That what it was about does not learn of it must not keep it alive.
async fn end(server: &Arc<Server>, job: &Job, hands: Hands, reason: &'static str) -> Outcome {
    if job.deaths < LAST_DEATH + TELLING {
        let told = AssertUnwindSafe((hands.give_up)(Arc::clone(server), job.clone(), reason)).catch_unwind();
        match tokio::time::timeout(TIME_LIMIT, told).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => {
                tracing::warn!(job = %job.id, kind = %job.kind, %error, "what a job was about knows nothing of its end");
            }
            Ok(Err(_)) | Err(_) => {
                tracing::error!(job = %job.id, kind = %job.kind, "giving up a job panicked or took too long");
            }
        }
    }
    Outcome::GivenUp(reason.to_owned())
}

async fn settle(server: &Server, owner: Uuid, job: &Job, outcome: Outcome) -> Result<()> {
    let now = server.clock.now();
    let next = match outcome {
        Outcome::Done => None,
        Outcome::Later(run_at) => {
            let (attempts, due_at) = (job.attempts - 1, Some(run_at));
            Some(Next { state: State::Waiting, attempts, run_at, due_at, error: None })
        }
        Outcome::Failed(error) if !job.is_last_attempt() => {
            tracing::info!(job = %job.id, kind = %job.kind, attempt = job.attempts, %error, "a job failed and waits");
            let run_at = now.plus(pause(job.attempts));
            Some(Next { state: State::Waiting, attempts: job.attempts, run_at, due_at: None, error: Some(error) })
        }
        Outcome::Failed(error) | Outcome::GivenUp(error) => {
            tracing::warn!(job = %job.id, kind = %job.kind, attempt = job.attempts, %error, "a job was given up");
            let attempts = job.attempts.min(LAST_ATTEMPT);
            Some(Next { state: State::Failed, attempts, run_at: now, due_at: None, error: Some(error) })
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
