//! What is urgent does not wait behind what is not.

use super::{DONE, count, fail, only};
use crate::Server;
use crate::jobs::lanes::Free;
use crate::jobs::{Job, Kind, Lane, Outcome, enqueue, enqueue_each, pass_on, run, run_due, store};
use crate::platform::ids::TenantId;
use crate::testing::{TestServer, on_both_engines};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// Whether the relay of lists says something.
static SPEAKS: AtomicBool = AtomicBool::new(false);

fn stall_lists(server: Arc<Server>, job: Job) -> BoxFuture<'static, Outcome> {
    if job.lane != Lane::ListMail {
        return count(server, job);
    }
    Box::pin(async {
        while !SPEAKS.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Outcome::Done
    })
}

async fn queue(server: &TestServer, tenant: TenantId, lane: Lane, jobs: usize) -> Vec<Uuid> {
    let subjects: Vec<Uuid> = (0..jobs).map(|_| server.entropy.random_uuid()).collect();
    let mut tx = server.write().await.expect("a transaction");
    for subject in &subjects {
        let now = server.clock.now();
        enqueue_each(&mut tx, server, tenant, (Kind::SendMail, lane), &[*subject], now).await.expect("a job");
    }
    tx.commit().await.expect("a commit");
    server.clock.advance(Duration::from_millis(1));
    subjects
}

#[tokio::test]
async fn each_lane_has_slots_of_its_own_and_codes_come_first() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        for lane in [Lane::Call, Lane::Work, Lane::ListMail, Lane::Mail] {
            queue(&server, tenant, lane, 20).await;
        }
        let code = queue(&server, tenant, Lane::Code, 1).await[0];
        let (owner, now) = (server.entropy.random_uuid(), server.clock.now());
        let mut tx = server.write().await.expect("a transaction");
        let until = now.plus(Duration::from_secs(20));
        let jobs = store::claim(&mut tx, owner, now, until, Free::all()).await.expect("jobs");
        assert_eq!(jobs[0].subject, code, "what came last is begun first");
        let of = |lane: Lane| jobs.iter().filter(|job| job.lane == lane).count();
        assert_eq!([1, 8, 4, 2, 4].as_slice(), Lane::ALL.iter().map(|lane| of(*lane)).collect::<Vec<_>>());
        let beside = Free::beside(jobs.iter().map(Job::slot));
        assert_eq!(beside, Free { code: 3, mail: 0, list_mail: 0, work: 0, call: 0, ..Free::all() });
        assert!(
            store::claim(&mut tx, owner, now, until, beside).await.expect("jobs").is_empty(),
            "all slots are taken"
        );
        tx.commit().await.expect("a commit");
    })
    .await;
}

fn look_again(server: Arc<Server>, _: Job) -> BoxFuture<'static, Outcome> {
    Box::pin(async move { Outcome::Later(server.clock.now().plus(Duration::from_secs(15))) })
}

#[tokio::test]
async fn a_turn_comes_round_and_not_to_what_has_failed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let mut subjects = queue(&server, tenant, Lane::Work, 2).await;
        subjects.sort();
        assert_eq!(run_due(&server, only(look_again)).await.expect("the queue"), 2);
        let failed = queue(&server, tenant, Lane::Work, 1).await[0];
        assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 1);
        for after in [subjects[0], subjects[1], failed] {
            let mut tx = server.write().await.expect("a transaction");
            let now = server.clock.now();
            assert!(pass_on(&mut tx, tenant, Kind::SendMail, after, now).await.expect("an answer"), "{after}");
            let owner = server.entropy.random_uuid();
            let until = now.plus(Duration::from_secs(20));
            let due = store::claim(&mut tx, owner, now, until, Free::all()).await.expect("jobs");
            let next = subjects.iter().find(|subject| **subject > after).unwrap_or(&subjects[0]);
            assert_eq!(due.iter().map(|job| job.subject).collect::<Vec<_>>(), [*next]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_says_nothing_to_lists_holds_up_nobody_else() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        SPEAKS.store(false, Ordering::Relaxed);
        queue(&server, tenant, Lane::ListMail, 30).await;
        let mut others = Vec::new();
        for lane in [Lane::Call, Lane::Work, Lane::Mail, Lane::Code] {
            others.extend(queue(&server, tenant, lane, 8).await);
        }
        let are_done = async {
            let is_done = |subject: &Uuid| DONE.lock().expect("the counts").contains_key(subject);
            while !others.iter().all(is_done) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            SPEAKS.store(true, Ordering::Relaxed);
        };
        let worked = run(Arc::clone(&server), only(stall_lists), are_done);
        tokio::time::timeout(Duration::from_mins(2), worked).await.expect("everybody else had their turn");
    })
    .await;
}

#[tokio::test]
async fn a_kind_has_a_lane() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let (owner, now) = (server.entropy.random_uuid(), server.clock.now());
        let mut tx = server.write().await.expect("a transaction");
        for kind in Kind::ALL {
            let subject = server.entropy.random_uuid();
            enqueue(&mut tx, &server, tenant, *kind, subject, now).await.expect("a job");
        }
        let until = now.plus(Duration::from_secs(20));
        let jobs = store::claim(&mut tx, owner, now, until, Free::all()).await.expect("jobs");
        tx.commit().await.expect("a commit");
        let mut lanes: Vec<_> = jobs.iter().map(|job| (job.kind, job.lane)).collect();
        lanes.sort();
        let expected = [Lane::Mail, Lane::Work, Lane::Call, Lane::Call, Lane::Work];
        assert_eq!(lanes, Kind::ALL.iter().copied().zip(expected).collect::<Vec<_>>());
    })
    .await;
}
