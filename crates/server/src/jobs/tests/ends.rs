//! Jobs that panic.

use super::{queue, states};
use crate::Server;
use crate::jobs::{Hands, Job, LAST_ATTEMPT, Outcome, run_due};
use crate::testing::on_both_engines;
use futures_util::future::BoxFuture;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// What was noted of jobs that were given up.
static NOTED: LazyLock<Mutex<Vec<(Uuid, &'static str)>>> = LazyLock::new(Mutex::default);

#[expect(clippy::needless_pass_by_value, reason = "the signature of what a worker runs")]
pub(super) fn note(_: Arc<Server>, job: Job, reason: &'static str) -> BoxFuture<'static, database::Result<()>> {
    NOTED.lock().expect("the notes").push((job.subject, reason));
    Box::pin(async { Ok(()) })
}

pub(super) fn noted(subject: Uuid) -> Vec<&'static str> {
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
