//! Every kind of job, one line each, the worker that runs them, and the loops beside it.

use crate::Server;
use crate::jobs::{self, Hands, Job, Kind, Outcome};
use crate::outbox;
use crate::platform::ids::TenantId;
use crate::sign_in;
use crate::{
    audit, authorization, bulk_invitations, changes, consent_requests, deleted, deleted_items, extensions, groups,
    invitations, notifications, tenants, users, words,
};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// How often what nobody can use any more is removed.
const TIDYING: Duration = Duration::from_mins(15);

/// How often somebody looks whether a change is to be told, and whether dynamic groups have to follow one.
const FOLLOWING: Duration = Duration::from_secs(2);

/// How often what the overviews show is counted.
const COUNTING: Duration = Duration::from_mins(15);

/// How often it is looked whether reviewers are to be told of requests for consent, and whether one lapses.
const REVIEWING: Duration = Duration::from_mins(1);

/// How often it is looked whether a signing key has signed for long enough.
const ROTATING: Duration = Duration::from_mins(15);

/// How often it is looked whether the engine plans by what tables held long ago.
const PLANNING: Duration = Duration::from_secs(5);

/// How long a loop that panicked waits before it is begun again.
const REST: Duration = Duration::from_secs(5);

/// What runs beside the requests for as long as the process lives, by its name in the log and in `/metrics`.
const LOOPS: [(&str, Loop); 8] = [
    ("tidy", |server| Box::pin(tidy(server))),
    ("count", |server| Box::pin(keep_counting(server))),
    ("follow", |server| Box::pin(follow(server))),
    ("decide", |server| Box::pin(keep_deciding(server))),
    ("rotate", |server| Box::pin(keep_rotating(server))),
    ("review", |server| Box::pin(keep_reviewing(server))),
    ("move_up", |server| Box::pin(keep_moving_up(server))),
    ("plan", |server| Box::pin(keep_planning(server))),
];

type Loop = fn(Arc<Server>) -> BoxFuture<'static, ()>;

/// What the worker does with jobs.
pub const HANDS: Hands = Hands { perform, give_up };

/// Runs one job.
fn perform(server: Arc<Server>, job: Job) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        match job.kind {
            Kind::SendMail => outbox::deliver(&server, &job, invitations::mail_handed_over).await,
            Kind::InviteMany => bulk_invitations::work(&server, &job).await,
            Kind::Notify => notifications::deliver(&server, &job).await,
            Kind::NotifyLifecycle => notifications::deliver_event(&server, &job).await,
            Kind::ClearUp => deleted::clear_up(&server, &job).await,
        }
    })
}

/// Notes at what a job was about that it was given up without a word of its own. A subscription stays queued and what is left of
/// an object stays left, until somebody tries their job again.
fn give_up(server: Arc<Server>, job: Job, reason: &'static str) -> BoxFuture<'static, database::Result<()>> {
    Box::pin(async move {
        match job.kind {
            Kind::SendMail => outbox::give_up(&server, &job, reason).await,
            Kind::InviteMany => bulk_invitations::give_up(&server, &job).await,
            Kind::Notify | Kind::NotifyLifecycle | Kind::ClearUp => Ok(()),
        }
    })
}

/// Works off the queue until `stop` resolves; see [`jobs::run`].
pub async fn work(server: Arc<Server>, stop: impl Future<Output = ()>) {
    let begin = |(name, begin): (&'static str, Loop)| {
        let server = Arc::clone(&server);
        tokio::spawn(async move { watch(&server, name, REST, || begin(Arc::clone(&server))).await })
    };
    let loops = LOOPS.map(begin);
    let stop = stop.shared();
    watch(&server, "jobs", REST, || jobs::run(Arc::clone(&server), HANDS, stop.clone())).await;
    // Where they stand does not matter: what was not committed is removed another time.
    loops.iter().for_each(tokio::task::JoinHandle::abort);
}

/// Runs what `begin` begins until it ends by itself. What panics is begun again after a rest: a fault in one place must not end
/// all mail, or the exchange of keys, while everything else goes on and the process looks well.
async fn watch<F: Future<Output = ()>>(
    server: &Server,
    name: &'static str,
    rest: Duration,
    mut begin: impl FnMut() -> F,
) {
    server.measures.watched(name);
    // What a panic leaves half done is rolled back, and each beginning looks anew at what is there.
    while AssertUnwindSafe(begin()).catch_unwind().await.is_err() {
        server.measures.began_again(name);
        tracing::error!(name, "a loop beside the requests panicked; it is begun again");
        tokio::time::sleep(rest).await;
    }
}

/// Tokens go before the sessions they hang on.
async fn purge(server: &Server) -> database::Result<u64> {
    let proofs = authorization::purge(server).await? + sign_in::purge(server).await?;
    let files = bulk_invitations::purge(server).await? + notifications::purge(server).await?;
    let objects = deleted_items::purge(server, deleted::OWNERS).await?;
    Ok(objects
        + proofs
        + files
        + extensions::purge(server).await?
        + outbox::purge(server).await?
        + consent_requests::purge(server).await?
        + invitations::purge(server).await?
        + audit::purge(server).await?
        + changes::purge(server).await?)
}

/// Removes what is kept for a while only, over and over. Several processes may do so beside each other.
async fn tidy(server: Arc<Server>) {
    loop {
        tokio::time::sleep(TIDYING).await;
        match purge(&server).await {
            Ok(rows) => tracing::debug!(rows, "tidied up"),
            Err(error) => tracing::warn!(%error, "tidying up failed; it is tried again"),
        }
    }
}

/// Looks over and over whether a change is to be told. Several processes may do so beside each other.
async fn follow(server: Arc<Server>) {
    loop {
        tokio::time::sleep(FOLLOWING).await;
        if let Err(error) = notifications::settle(&server).await {
            tracing::warn!(%error, "what is to be told could not be looked for; it is tried again");
        }
    }
}

/// Counts for every tenant what is too much to count whenever somebody looks at the overview. A tenant for which it fails holds up
/// no other one.
pub async fn count(server: &Server) -> database::Result<()> {
    let mut tx = server.read().await?;
    let tenants = tenants::store::list(&mut tx).await?;
    drop(tx);
    for tenant in tenants {
        if let Err(error) = count_of(server, tenant.id).await {
            tracing::warn!(tenant = %tenant.id, %error, "the figures of a tenant could not be counted; it is tried again");
        }
    }
    Ok(())
}

async fn count_of(server: &Server, tenant: TenantId) -> database::Result<()> {
    audit::tally::settle(server, tenant).await?;
    users::census::settle(server, tenant).await?;
    users::terms::settle(server, tenant).await?;
    users::name_parts::settle(server, tenant).await?;
    words::settle(server, tenant).await?;
    Ok(())
}

/// Lets dynamic groups follow what changes, over and over. Several processes may do so beside each other: one at a time works
/// on a tenant.
async fn keep_deciding(server: Arc<Server>) {
    loop {
        if let Err(error) = groups::operations::follow_rules(&server).await {
            tracing::warn!(%error, "dynamic groups could not follow what changed; it is tried again");
        }
        tokio::time::sleep(FOLLOWING).await;
    }
}

/// Counts over and over. Several processes may do so beside each other: what one has kept the others leave alone.
async fn keep_counting(server: Arc<Server>) {
    loop {
        if let Err(error) = count(&server).await {
            tracing::warn!(%error, "the figures of the overview could not be counted; it is tried again");
        }
        tokio::time::sleep(COUNTING).await;
    }
}

/// Exchanges signing keys by their age, over and over. Several processes may do so beside each other: the first one counts.
async fn keep_rotating(server: Arc<Server>) {
    loop {
        if let Err(error) = authorization::key_rotation::rotate_old(&server).await {
            tracing::warn!(%error, "old signing keys could not be looked for; it is tried again");
        }
        tokio::time::sleep(ROTATING).await;
    }
}

/// Tells reviewers and lets requests for consent lapse, over and over. Several processes may do so beside each other.
async fn keep_reviewing(server: Arc<Server>) {
    loop {
        if let Err(error) = consent_requests::settle(&server).await {
            tracing::warn!(%error, "requests for consent could not be looked after; it is tried again");
        }
        tokio::time::sleep(REVIEWING).await;
    }
}

/// Lets mails that wait for a limit of the hour move up, over and over. Several processes may do so beside each other.
async fn keep_moving_up(server: Arc<Server>) {
    loop {
        if let Err(error) = outbox::move_up(&server).await {
            tracing::warn!(%error, "mails that wait could not move up; it is tried again");
        }
        tokio::time::sleep(outbox::MOVING).await;
    }
}

/// Tells the engine of tables that grew, over and over. Several processes may do so beside each other.
async fn keep_planning(server: Arc<Server>) {
    loop {
        tokio::time::sleep(PLANNING).await;
        match server.database.analyze_outgrown().await {
            Ok(0) => {}
            Ok(tables) => tracing::debug!(tables, "statistics were gathered of tables that grew"),
            Err(error) => tracing::warn!(%error, "statistics could not be gathered; it is tried again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::on_sqlite;
    use database::sql;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn what_panics_is_begun_again_and_counted() {
        on_sqlite(async |server| {
            let begun = AtomicUsize::new(0);
            let ended = watch(&server, "trial", Duration::from_millis(1), || async {
                assert!(begun.fetch_add(1, Ordering::Relaxed) >= 2, "it stumbles twice");
            });
            ended.await;
            assert_eq!(begun.load(Ordering::Relaxed), 3);
            let page = server.measures.page().expect("a page");
            assert!(page.contains("vestibule_loops_begun_again_total{task=\"trial\"} 2"), "{page}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_tenant_that_cannot_be_counted_holds_up_no_other() {
        on_sqlite(async |server| {
            for (name, domain) in [("Contoso", "contoso.example"), ("Fabrikam", "fabrikam.example")] {
                let tenant = server.tenant(name, domain).await;
                server.member(&tenant, "ada", &[]).await;
            }
            let mut tx = server.write().await.expect("a transaction");
            let tenants = tenants::store::list(&mut tx).await.expect("tenants");
            let (spoiled, next) = (tenants[0].id, tenants[1].id);
            let of_before = sql!("UPDATE user_account SET terms_kept = FALSE WHERE tenant_id = $1");
            for tenant in [spoiled, next] {
                tx.query(of_before).bind(tenant).execute().await.expect("users of before");
            }
            let spoil = sql!("UPDATE user_account SET user_type = 'Nobody' WHERE tenant_id = $1");
            tx.query(spoil).bind(spoiled).execute().await.expect("a user that cannot be read");
            tx.commit().await.expect("a commit");
            count(&server).await.expect("a count");
            let waiting = sql!("SELECT COUNT(*) FROM user_account WHERE tenant_id = $1 AND NOT terms_kept");
            let mut tx = server.read().await.expect("a connection");
            for (tenant, expected) in [(spoiled, 1), (next, 0)] {
                let (users,): (i64,) = tx.query(waiting).bind(tenant).fetch_one().await.expect("a number");
                assert_eq!(users, expected);
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_worker_that_is_told_to_stop_ends_with_its_loops() {
        on_sqlite(async |server| {
            tokio::time::timeout(Duration::from_secs(30), work(Arc::clone(&server), async {})).await.expect("an end");
            let page = server.measures.page().expect("a page");
            for name in LOOPS.map(|(name, _)| name).into_iter().chain(["jobs"]) {
                assert!(page.contains(&format!("vestibule_loops_begun_again_total{{task=\"{name}\"}} 0")), "{page}");
            }
        })
        .await;
    }
}
