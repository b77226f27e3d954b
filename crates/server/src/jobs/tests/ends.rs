//! Jobs that panic, and those that take their process along.

use super::{DONE, count, queue, states};
use crate::Server;
use crate::jobs::{Hands, Job, LAST_ATTEMPT, Outcome, run_due};
use crate::testing::on_both_engines;
use database::sql;
use futures_util::future::BoxFuture;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// What was noted of jobs that were given up.
static NOTED: LazyLock<Mutex<Vec<(Uuid, &'static str)>>> = LazyLock::new(Mutex::default);

#[expect(clippy::needless_pass_by_value, reason = "the signature of what a worker runs")]
fn note(_: Arc<Server>, job: Job, reason: &'static str) -> BoxFuture<'static, database::Result<()>> {
    NOTED.lock().expect("the notes").push((job.subject, reason));
    Box::pin(async { Ok(()) })
}

fn noted(subject: Uuid) -> Vec<&'static str> {
    let notes = NOTED.lock().expect("the notes");
    notes.iter().filter(|(of, _)| *of == subject).map(|(_, reason)| *reason).collect()
}

fn stumble(_: Arc<Server>, job: Job) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        assert!(job.attempts > 1_000, "it stumbles whenever it is tried");
        Outcome::Done
    })
}

#[tokio::test]
async fn a_job_that_panics_waits_as_one_that_fails_and_is_given_up_at_last() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let subject = queue(&server, tenant, 1).await[0];
        let hands = Hands { perform: stumble, give_up: note };
        assert_eq!(run_due(&server, hands).await.expect("the queue"), 1);
        assert_eq!(states(&server, tenant).await, [("waiting".to_owned(), 1)], "its lease is not waited for");
        assert_eq!(run_due(&server, hands).await.expect("the queue"), 0, "it has a pause");
        for _ in 1..LAST_ATTEMPT {
            assert!(noted(subject).is_empty());
            server.clock.advance(Duration::from_hours(2));
            assert_eq!(run_due(&server, hands).await.expect("the queue"), 1);
        }
        assert_eq!(states(&server, tenant).await, [("failed".to_owned(), LAST_ATTEMPT)]);
        assert_eq!(noted(subject), ["The server stumbled over it; its log says where."]);
    })
    .await;
}

/// Leaves the jobs of a tenant as a process does that dies over their attempt.
async fn die(server: &Server, tenant: crate::platform::ids::TenantId, attempt: i64) {
    let mut tx = server.write().await.expect("a transaction");
    tx.query(sql!(
        "UPDATE job SET state = 'running', attempts = $2, lease_owner = $3, lease_until = $4 WHERE tenant_id = $1"
    ))
    .bind(tenant)
    .bind(attempt)
    .bind(server.entropy.random_uuid())
    .bind(server.clock.now().plus(Duration::from_secs(20)))
    .execute()
    .await
    .expect("a lease");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_job_that_kills_every_process_is_given_up_after_the_last() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let subject = queue(&server, tenant, 1).await[0];
        let hands = Hands { perform: count, give_up: note };
        die(&server, tenant, LAST_ATTEMPT).await;
        assert_eq!(run_due(&server, hands).await.expect("the queue"), 0, "the process may live");
        server.clock.advance(Duration::from_secs(20));
        assert_eq!(run_due(&server, hands).await.expect("the queue"), 1);
        assert_eq!(states(&server, tenant).await, [("failed".to_owned(), LAST_ATTEMPT)]);
        assert!(!DONE.lock().expect("the counts").contains_key(&subject), "it is not tried once more");
        assert_eq!(noted(subject), ["The process that tried it last came to its end before."]);
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_end_kills_too_is_given_up_without_telling_anybody() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let subject = queue(&server, tenant, 1).await[0];
        die(&server, tenant, LAST_ATTEMPT + 3).await;
        server.clock.advance(Duration::from_secs(20));
        let hands = Hands { perform: count, give_up: note };
        assert_eq!(run_due(&server, hands).await.expect("the queue"), 1);
        assert_eq!(states(&server, tenant).await, [("failed".to_owned(), LAST_ATTEMPT)]);
        assert!(noted(subject).is_empty());
    })
    .await;
}
