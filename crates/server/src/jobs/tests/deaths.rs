//! Jobs whose process dies: one of them may have killed it, and the others were there by chance.

use super::ends::{note, noted};
use super::{DONE, count, fail, only, queue, states};
use crate::jobs::deaths::{LAST_DEATH, bearable};
use crate::jobs::lanes::{Free, Slot};
use crate::jobs::lease::LEASE;
use crate::jobs::worker::attempt;
use crate::jobs::{Hands, Job, Kind, retry, run_due, store, suspects};
use crate::platform::ids::TenantId;
use crate::testing::{TestServer, on_both_engines};
use database::sql;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The life of a process that may take on whatever is due.
const LONG: Duration = Duration::from_hours(1);

/// What a process takes that has lived so long and has nothing in hand.
async fn take(server: &TestServer, lived: Duration) -> (Uuid, Vec<Job>) {
    let (owner, now) = (server.entropy.random_uuid(), server.clock.now());
    let free = Free { deaths: bearable(lived), ..Free::all() };
    let mut tx = server.write().await.expect("a transaction");
    let jobs = store::claim(&mut tx, owner, now, now.plus(LEASE.length), free).await.expect("jobs");
    tx.commit().await.expect("a commit");
    (owner, jobs)
}

/// The leases of a process that died run out.
async fn run_out(server: &TestServer) {
    server.clock.advance(LEASE.length);
    let mut tx = server.write().await.expect("a transaction");
    store::take_back(&mut tx, server.clock.now()).await.expect("jobs");
    tx.commit().await.expect("a commit");
}

/// A process takes what it may and dies over it; how many jobs that were.
async fn die(server: &TestServer, lived: Duration) -> usize {
    let (_, jobs) = take(server, lived).await;
    run_out(server).await;
    jobs.len()
}

async fn deaths(server: &TestServer, tenant: TenantId) -> Vec<i64> {
    let mut tx = server.read().await.expect("a connection");
    let query = tx.query(sql!("SELECT deaths FROM job WHERE tenant_id = $1 ORDER BY id")).bind(tenant);
    query.fetch_all::<(i64,)>().await.expect("rows").into_iter().map(|(deaths,)| deaths).collect()
}

/// How many may have killed their processes, of at most so many that wait and as many that run, and how many were given up for it.
async fn told(server: &TestServer, tenant: TenantId, most: i64) -> [i64; 2] {
    let mut tx = server.read().await.expect("a connection");
    let found = suspects::count(&mut tx, tenant, most).await.expect("counts");
    [found.apart, found.given_up]
}

#[tokio::test]
async fn a_job_that_kills_every_process_waits_longer_each_time_and_is_given_up() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let subject = queue(&server, tenant, 1).await[0];
        for (number, apart) in [0, 1, 1].into_iter().enumerate() {
            assert_eq!(die(&server, LONG).await, 1, "it may be there by chance");
            assert_eq!(told(&server, tenant, 9).await, [apart, 0], "after {} deaths", number + 1);
        }
        for minutes in 1..=4 {
            server.clock.advance(Duration::from_mins(minutes) - Duration::from_secs(1));
            assert!(take(&server, LONG).await.1.is_empty(), "it waits for {minutes} minutes");
            server.clock.advance(Duration::from_secs(1));
            assert_eq!(die(&server, LONG).await, 1);
        }
        server.clock.advance(Duration::from_mins(5));
        let hands = Hands { perform: count, give_up: note };
        assert_eq!(run_due(&server, hands).await.expect("the queue"), 1);
        assert_eq!(states(&server, tenant).await, [("failed".to_owned(), 1)]);
        assert!(!DONE.lock().expect("the counts").contains_key(&subject), "it is not tried once more");
        assert_eq!(noted(subject), ["Each process that tried it came to its end before it was done."]);
        assert_eq!(told(&server, tenant, 9).await, [0, 1]);
        let other = server.tenant("Fabrikam", "fabrikam.example").await.id;
        assert_eq!(told(&server, other, 9).await, [0, 0], "those of others are theirs");

        let mut tx = server.write().await.expect("a transaction");
        assert!(retry(&mut tx, &server, tenant, Kind::SendMail, subject).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert_eq!(deaths(&server, tenant).await, [0], "it begins anew");
        assert_eq!(told(&server, tenant, 9).await, [0, 0]);
        assert_eq!(run_due(&server, hands).await.expect("the queue"), 1);
        assert_eq!(DONE.lock().expect("the counts").get(&subject), Some(&1));
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_end_kills_too_is_given_up_without_telling_anybody() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let subject = queue(&server, tenant, 1).await[0];
        for _ in 0..LAST_DEATH + 3 {
            server.clock.advance(Duration::from_mins(10));
            assert_eq!(die(&server, LONG).await, 1);
        }
        server.clock.advance(Duration::from_mins(10));
        let hands = Hands { perform: count, give_up: note };
        assert_eq!(run_due(&server, hands).await.expect("the queue"), 1);
        assert_eq!(states(&server, tenant).await, [("failed".to_owned(), 1)]);
        assert!(noted(subject).is_empty());
    })
    .await;
}

/// Whatever ends them, it ends them without the job as well.
#[tokio::test]
async fn a_job_of_processes_that_are_killed_all_the_time_is_done_in_the_end() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let subject = queue(&server, tenant, 1).await[0];
        let mut taken = 0;
        for _ in 0..20 {
            taken += die(&server, Duration::from_secs(50)).await;
            server.clock.advance(Duration::from_mins(1));
        }
        assert_eq!(taken, 3, "it waits for a process that lives longer");
        assert_eq!(states(&server, tenant).await, [("waiting".to_owned(), 0)], "no attempt is used up");
        assert_eq!(run_due(&server, only(count)).await.expect("the queue"), 1);
        assert_eq!(DONE.lock().expect("the counts").get(&subject), Some(&1));
    })
    .await;
}

#[tokio::test]
async fn a_job_that_kills_is_given_up_and_those_beside_it_are_done() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let subjects = queue(&server, tenant, 6).await;
        let killer = subjects[3];
        let mut kills = 0;
        for _ in 0..30 {
            let (owner, jobs) = take(&server, LONG).await;
            if jobs.iter().any(|job| job.subject == killer && job.deaths < LAST_DEATH) {
                kills += 1;
                run_out(&server).await;
            } else {
                for job in jobs {
                    attempt(Arc::clone(&server.server), owner, job, only(count), LEASE).await;
                }
            }
            server.clock.advance(Duration::from_mins(2));
        }
        assert_eq!(kills, LAST_DEATH);
        assert_eq!(states(&server, tenant).await, [("failed".to_owned(), 1)]);
        let done = DONE.lock().expect("the counts");
        for subject in subjects {
            assert_eq!(done.get(&subject).copied().unwrap_or_default(), usize::from(subject != killer));
        }
    })
    .await;
}

#[tokio::test]
async fn those_that_died_twice_come_one_by_one_beside_the_lanes() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        queue(&server, tenant, 3).await;
        assert_eq!([die(&server, LONG).await, die(&server, LONG).await], [3, 3]);
        queue(&server, tenant, 20).await;
        let (_, jobs) = take(&server, LONG).await;
        let of = |slot: Slot| jobs.iter().filter(|job| job.slot() == slot).count();
        assert_eq!((of(Slot::Of(crate::jobs::Lane::Mail)), of(Slot::Apart), jobs.len()), (8, 1, 9));
        // Two wait and one runs.
        assert_eq!([told(&server, tenant, 9).await, told(&server, tenant, 1).await], [[3, 0], [2, 0]]);
    })
    .await;
}

#[tokio::test]
async fn a_stop_is_no_death_and_an_attempt_that_ends_forgets_those_before() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        queue(&server, tenant, 1).await;
        assert_eq!([die(&server, LONG).await, die(&server, LONG).await], [1, 1]);
        let (owner, jobs) = take(&server, LONG).await;
        assert_eq!(jobs.len(), 1);
        let mut tx = server.write().await.expect("a transaction");
        assert_eq!(store::hand_back(&mut tx, owner).await.expect("an answer"), 1);
        tx.commit().await.expect("a commit");
        assert_eq!(deaths(&server, tenant).await, [2]);
        assert_eq!(states(&server, tenant).await, [("waiting".to_owned(), 0)]);
        assert_eq!(run_due(&server, only(fail)).await.expect("the queue"), 1);
        assert_eq!(deaths(&server, tenant).await, [0]);
        assert_eq!(states(&server, tenant).await, [("waiting".to_owned(), 1)]);
    })
    .await;
}
