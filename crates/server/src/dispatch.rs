//! Every kind of job, one line each, and the worker that runs them.

use crate::Server;
use crate::jobs::{self, Job, Kind, Outcome};
use crate::outbox;
use crate::sign_in;
use crate::{
    audit, authorization, bulk_invitations, changes, consent_requests, deleted, deleted_items, extensions, groups,
    invitations, notifications, tenants, users, words,
};
use futures_util::future::BoxFuture;
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

/// Runs one job.
pub fn perform(server: Arc<Server>, job: Job) -> BoxFuture<'static, Outcome> {
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

/// Works off the queue until `stop` resolves; see [`jobs::run`].
pub async fn work(server: Arc<Server>, stop: impl Future<Output = ()>) {
    let tidying = tokio::spawn(tidy(Arc::clone(&server)));
    let counting = tokio::spawn(keep_counting(Arc::clone(&server)));
    let following = tokio::spawn(follow(Arc::clone(&server)));
    let deciding = tokio::spawn(keep_deciding(Arc::clone(&server)));
    let rotating = tokio::spawn(keep_rotating(Arc::clone(&server)));
    let reviewing = tokio::spawn(keep_reviewing(Arc::clone(&server)));
    jobs::run(server, perform, stop).await;
    // Where it stands does not matter: what was not committed is removed another time.
    tidying.abort();
    counting.abort();
    following.abort();
    deciding.abort();
    rotating.abort();
    reviewing.abort();
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

/// Counts for every tenant what is too much to count whenever somebody looks at the overview.
pub async fn count(server: &Server) -> database::Result<()> {
    let mut tx = server.read().await?;
    let tenants = tenants::store::list(&mut tx).await?;
    drop(tx);
    for tenant in tenants {
        audit::tally::settle(server, tenant.id).await?;
        users::census::settle(server, tenant.id).await?;
        users::terms::settle(server, tenant.id).await?;
        users::name_parts::settle(server, tenant.id).await?;
        words::settle(server, tenant.id).await?;
    }
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
