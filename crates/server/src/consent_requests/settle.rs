//! What happens by itself: reviewers are told, told again, and requests lapse.

use super::consent_request::{ConsentRequest, Status};
use super::letter::{self, Said};
use super::operations::MOST_OPEN;
use super::policy::Policy;
use super::{DecideError, policy_store, reviewers, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::config::Retention;
use crate::graph::Caller;
use crate::outbox::{self, Prepared};
use crate::platform::ids::TenantId;
use crate::service_principals::store as principals;
use crate::users;
use crate::web::mails::Waiting;
use database::{Result, Timestamp, Transaction};
use std::time::Duration;

/// Between two mails about new requests: what is asked meanwhile comes in the next one.
const GATHERING: Duration = Duration::from_hours(1);

/// How long a request is kept after its answer.
const KEPT: Duration = Duration::from_hours(90 * 24);

/// Tells reviewers and lets requests lapse, in every tenant where something is due; how many requests it was about. Several
/// processes may do so beside each other: each request is taken by one of them.
pub async fn settle(server: &Server) -> Result<usize> {
    let due = store::list_due(&mut server.read().await?, server.clock.now()).await?;
    let mut count = 0;
    for tenant in due {
        match settle_one(server, tenant).await {
            Ok(requests) => count += requests,
            // What another process was first with, or what was answered meanwhile, is looked at again.
            Err(DecideError::Changed) => {}
            Err(DecideError::Storage(error)) => return Err(error),
            Err(error) => tracing::error!(%tenant, %error, "requests for consent could not be looked after"),
        }
    }
    Ok(count)
}

async fn settle_one(server: &Server, tenant: TenantId) -> std::result::Result<usize, DecideError> {
    let now = server.clock.now();
    let mut tx = server.read().await?;
    let policy = policy_store::get(&mut tx, tenant).await?;
    let waiting = store::list_waiting(&mut tx, tenant, MOST_OPEN).await?;
    let last_told = store::last_told(&mut tx, tenant).await?;
    drop(tx);
    let (lapsed, open): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|request| request.expires_at <= now);
    for request in &lapsed {
        lapse(server, request, now).await?;
    }
    let is_time = last_told.is_none_or(|at| at.plus(GATHERING) <= now);
    let new: Vec<_> = open.iter().filter(|request| is_time && request.told_at.is_none()).cloned().collect();
    tell(server, (tenant, &policy), &new, false).await?;
    let is_late = |request: &&ConsentRequest| request.reminded_at.is_none() && request.remind_at <= now;
    let late: Vec<_> = open.iter().filter(is_late).cloned().collect();
    tell(server, (tenant, &policy), &late, true).await?;
    Ok(lapsed.len() + new.len() + late.len())
}

/// Ends a request that nobody answered, and tells who asked.
async fn lapse(server: &Server, request: &ConsentRequest, now: Timestamp) -> std::result::Result<(), DecideError> {
    let tenant = request.tenant_id;
    let mut tx = server.read().await?;
    let client = principals::find(&mut tx, tenant, request.client_id).await?;
    let requests = std::slice::from_ref(request);
    let mails = match &client {
        Some(client) => letter::answers(&mut tx, server, client, requests, &Said::Lapsed).await?,
        None => Vec::new(),
    };
    drop(tx);
    let mut tx = server.write().await?;
    if !store::complete(&mut tx, request, (Status::Expired, None), now).await? {
        return Err(DecideError::Changed);
    }
    let name = client.map_or_else(String::new, |client| client.display_name);
    let target = Target::new("ServicePrincipal", request.client_id.0, name);
    let (id, user) = (request.id.to_string(), request.user_id.to_string());
    let details = [("ConsentRequest.Id", id.as_str()), ("ConsentRequest.CreatedBy", user.as_str())];
    let (caller, activity) = (Caller::system(tenant), Activity::ExpireConsentRequest);
    audit::record(&mut tx, server, &caller, activity, &Outcome::Success, &target, &details).await?;
    hand_over(server, tx, mails).await
}

/// Tells the reviewers of requests in one mail each, or notes that nobody is to be told.
async fn tell(
    server: &Server,
    (tenant, policy): (TenantId, &Policy),
    requests: &[ConsentRequest],
    is_reminder: bool,
) -> std::result::Result<(), DecideError> {
    if requests.is_empty() {
        return Ok(());
    }
    let is_told = if is_reminder { policy.has_reminders } else { policy.notifies_reviewers };
    let mut tx = server.read().await?;
    let mails = if is_told {
        let reviewers = reviewers::to_tell(&mut tx, tenant, &policy.reviewers()).await?;
        let waiting = named(&mut tx, requests).await?;
        letter::digests(&mut tx, server, tenant, &reviewers, (&waiting, is_reminder)).await?
    } else {
        Vec::new()
    };
    drop(tx);
    let mut tx = server.write().await?;
    for request in requests {
        let now = server.clock.now();
        let is_first = if is_reminder {
            store::note_reminded(&mut tx, request, now).await?
        } else {
            store::note_told(&mut tx, request, now).await?
        };
        if !is_first {
            return Err(DecideError::Changed);
        }
    }
    hand_over(server, tx, mails).await
}

/// Who asks for what, without what is gone.
async fn named(tx: &mut Transaction, requests: &[ConsentRequest]) -> Result<Vec<Waiting>> {
    let mut waiting = Vec::new();
    for request in requests {
        let app = principals::find(tx, request.tenant_id, request.client_id).await?;
        let person = users::store::find(tx, request.tenant_id, request.user_id).await?;
        if let (Some(app), Some(person)) = (app, person) {
            let reason = request.reason.clone();
            waiting.push(Waiting { person: person.display_name, app: app.display_name, reason });
        }
    }
    Ok(waiting)
}

async fn hand_over(server: &Server, mut tx: Transaction, mails: Vec<Prepared>) -> std::result::Result<(), DecideError> {
    for mail in mails {
        outbox::enqueue(&mut tx, server, mail).await?;
    }
    tx.commit().await?;
    server.jobs.ring();
    Ok(())
}

/// Removes requests that were answered long ago; how many those were.
pub async fn purge(server: &Server) -> Result<u64> {
    let before = server.clock.now().minus(KEPT);
    let mut rows = 0;
    loop {
        let mut tx = server.write().await?;
        let removed = store::purge(&mut tx, before, Retention::AT_ONCE).await?;
        tx.commit().await?;
        rows += removed;
        if !Retention::may_have_left(removed) {
            return Ok(rows);
        }
    }
}
