//! The queue on both engines, with two workers, a worker that dies, and one that is stopped.

mod deaths;
mod ends;
mod lanes;

use super::lanes::Free;
use super::lease::Lease;
use super::*;
use crate::testing::{TestServer, on_both_engines};
use database::sql;
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

/// How often each subject was worked on.
static DONE: LazyLock<Mutex<HashMap<Uuid, usize>>> = LazyLock::new(Mutex::default);

#[expect(clippy::needless_pass_by_value, reason = "the signature of what a worker runs")]
fn count(_: Arc<Server>, job: Job) -> BoxFuture<'static, Outcome> {
    let Job { subject, .. } = job;
    Box::pin(async move {
        *DONE.lock().expect("the counts").entry(subject).or_default() += 1;
        tokio::task::yield_now().await;
        Outcome::Done
    })
}

/// Works until the test opens the gate, which stands for the subject.
static GATES: LazyLock<Mutex<HashMap<Uuid, Arc<Notify>>>> = LazyLock::new(Mutex::default);

fn gate(subject: Uuid) -> Arc<Notify> {
    Arc::clone(GATES.lock().expect("the gates").entry(subject).or_default())
}

fn wait_at_gate(server: Arc<Server>, job: Job) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        gate(job.subject).notified().await;
        count(server, job).await
    })
}

fn fail(_: Arc<Server>, _: Job) -> BoxFuture<'static, Outcome> {
    Box::pin(async { Outcome::Failed("the relay is away".to_owned()) })
}

fn never_end(_: Arc<Server>, _: Job) -> BoxFuture<'static, Outcome> {
    Box::pin(std::future::pending())
}

/// Works, and has nothing to note when a job is given up.
fn only(perform: Perform) -> Hands {
    Hands { perform, give_up: |_, _, _| Box::pin(async { Ok(()) }) }
}

async fn queue(server: &TestServer, tenant: TenantId, jobs: usize) -> Vec<Uuid> {
    let subjects: Vec<Uuid> = (0..jobs).map(|_| server.entropy.random_uuid()).collect();
    let mut tx = server.write().await.expect("a transaction");
    for subject in &subjects {
        let now = server.clock.now();
        enqueue(&mut tx, server, tenant, Kind::SendMail, *subject, now).await.expect("a job");
    }
    tx.commit().await.expect("a commit");
    subjects
}

async fn states(server: &TestServer, tenant: TenantId) -> Vec<(String, i64)> {
    let mut tx = server.read().await.expect("a connection");
    let query = tx.query(sql!("SELECT state, attempts FROM job WHERE tenant_id = $1 ORDER BY id")).bind(tenant);
    query.fetch_all().await.expect("rows")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_workers_do_two_hundred_jobs_once_each() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let subjects = queue(&server, tenant.id, 200).await;
        let workers = (0..8).map(|_| {
            let server = Arc::clone(&server.server);
            tokio::spawn(async move { run_due(&server, only(count)).await.expect("the queue") })
        });
        let attempts: usize =
            futures_util::future::join_all(workers).await.into_iter().map(|done| done.expect("a worker")).sum();
        assert_eq!(attempts, 200);
        let done = DONE.lock().expect("the counts");
        assert!(subjects.iter().all(|subject| done.get(subject) == Some(&1)));
    })
    .await;
}

#[tokio::test]
async fn a_failure_waits_longer_each_time_and_is_given_up_visibly_and_can_be_retried() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let subject = queue(&server, tenant.id, 1).await[0];
        assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 1);
        assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 0, "it waits");
        server.clock.advance(Duration::from_secs(29));
        assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 0);
        server.clock.advance(Duration::from_secs(1));
        assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 1);
        for _ in 2..LAST_ATTEMPT {
            server.clock.advance(Duration::from_hours(2));
            assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 1);
        }
        assert_eq!(states(&server, tenant.id).await, [("failed".to_owned(), LAST_ATTEMPT)]);
        server.clock.advance(Duration::from_hours(200));
        assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 0, "given up");

        let mut tx = server.write().await.expect("a transaction");
        assert!(retry(&mut tx, &server, tenant.id, Kind::SendMail, subject).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 1);
        assert!(states(&server, tenant.id).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_runs_out_makes_the_job_due_again_and_the_late_worker_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        queue(&server, tenant.id, 1).await;
        let (dead, now) = (server.entropy.random_uuid(), server.clock.now());
        let mut tx = server.write().await.expect("a transaction");
        let until = now.plus(Duration::from_mins(5));
        let leased = store::claim(&mut tx, dead, now, until, Free::all()).await.expect("jobs");
        tx.commit().await.expect("a commit");
        assert_eq!(leased.len(), 1);
        assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 0, "leased");

        server.clock.advance(Duration::from_mins(5));
        assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 1);
        let mut tx = server.write().await.expect("a transaction");
        assert!(!store::delete(&mut tx, &leased[0], dead).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert_eq!(
            states(&server, tenant.id).await,
            [("waiting".to_owned(), 1)],
            "the attempt that died does not count"
        );
    })
    .await;
}

/// Renewed as often as the machine can; a minute long by the clock that the test moves.
const OFTEN: Lease = Lease { length: Duration::from_mins(1), renewal: Duration::from_millis(5) };

async fn leased_until(server: &TestServer, tenant: TenantId) -> Option<Timestamp> {
    let mut tx = server.read().await.expect("a connection");
    let query = tx.query(sql!("SELECT lease_until FROM job WHERE tenant_id = $1")).bind(tenant);
    query.fetch_all::<(Option<Timestamp>,)>().await.expect("rows").first().and_then(|row| row.0)
}

/// Leases the only job and begins an attempt that ends when its gate opens.
async fn begin(server: &TestServer) -> tokio::task::JoinHandle<()> {
    let (owner, now) = (server.entropy.random_uuid(), server.clock.now());
    let mut tx = server.write().await.expect("a transaction");
    let mut jobs = store::claim(&mut tx, owner, now, now.plus(OFTEN.length), Free::all()).await.expect("jobs");
    tx.commit().await.expect("a commit");
    let job = jobs.pop().expect("a job");
    tokio::spawn(worker::attempt(Arc::clone(&server.server), owner, job, only(wait_at_gate), OFTEN))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_goes_on_keeps_its_lease() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let subject = queue(&server, tenant.id, 1).await[0];
        let attempt = begin(&server).await;
        for _ in 0..3 {
            server.clock.advance(Duration::from_secs(50));
            let wanted = server.clock.now().plus(OFTEN.length);
            let renewed = async {
                while leased_until(&server, tenant.id).await != Some(wanted) {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            // Less than an attempt may take, so that it says what went wrong and does not wait for ever.
            tokio::time::timeout(Duration::from_secs(100), renewed).await.expect("the lease is renewed");
            assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 0, "it is still leased");
        }
        gate(subject).notify_one();
        attempt.await.expect("the attempt");
        assert!(states(&server, tenant.id).await.is_empty());
        assert_eq!(DONE.lock().expect("the counts").get(&subject), Some(&1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_has_lost_its_lease_ends_and_does_nothing_more() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let subject = queue(&server, tenant.id, 1).await[0];
        let attempt = begin(&server).await;
        let mut tx = server.write().await.expect("a transaction");
        let (other, later) = (server.entropy.random_uuid(), server.clock.now().plus(Duration::from_hours(1)));
        assert_eq!(store::take_back(&mut tx, later).await.expect("jobs").len(), 1);
        let taken = store::claim(&mut tx, other, later, later.plus(OFTEN.length), Free::all()).await.expect("jobs");
        tx.commit().await.expect("a commit");
        assert_eq!(taken.len(), 1, "by the clock of another process the lease has run out");
        attempt.await.expect("the attempt ends though its gate is shut");
        assert_eq!(DONE.lock().expect("the counts").get(&subject), None);
        assert_eq!(states(&server, tenant.id).await, [("running".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_is_stopped_hands_its_jobs_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        queue(&server, tenant.id, 3).await;
        let stop = async {
            // Until the worker has leased all three.
            while states(&server, tenant.id).await.iter().any(|(state, _)| state != "running") {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        run(Arc::clone(&server), only(never_end), stop).await;
        assert_eq!(states(&server, tenant.id).await, vec![("waiting".to_owned(), 0); 3]);
        assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 3);
    })
    .await;
}

#[tokio::test]
async fn jobs_and_their_pauses_do_not_wait_for_a_clock_that_was_set_back() {
    on_both_engines(async |server| {
        for step in [Duration::from_hours(1), Duration::from_hours(24)] {
            let name = format!("contoso{}.example", step.as_secs());
            let tenant = server.tenant("Contoso", &name).await;
            queue(&server, tenant.id, 2).await;
            assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 2, "each waits 30 s");
            queue(&server, tenant.id, 1).await;
            let (dead, now) = (server.entropy.random_uuid(), server.clock.now());
            let mut tx = server.write().await.expect("a transaction");
            let lease = now.plus(Duration::from_mins(5));
            assert_eq!(store::claim(&mut tx, dead, now, lease, Free::all()).await.expect("jobs").len(), 1);
            tx.commit().await.expect("a commit");

            server.clock.set_back(step);
            assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 0, "{step:?}");
            after_start(&server).await.expect("the queue");
            assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 2, "{step:?}");
            server.clock.advance(Duration::from_mins(5));
            assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 1, "the lease ran out, {step:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_restart_alone_shortens_no_pause() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        queue(&server, tenant.id, 1).await;
        assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 1);
        after_start(&server).await.expect("the queue");
        assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 0, "it waits its thirty seconds");
    })
    .await;
}
