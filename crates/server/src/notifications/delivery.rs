//! Telling what changed.

use super::subscription::{ChangeType, LifecycleEvent, Subscription};
use super::{creator, operations, receiver, store};
use crate::Server;
use crate::changes::{self, Logged, What};
use crate::jobs::{self, Job, Kind, Outcome};
use crate::platform::clock::rfc3339;
use crate::platform::ids::SubscriptionId;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Changes looked at for one message. So a message names no more members that came and went, and each of them is named.
const PAGE: i64 = 200;

/// Subscriptions queued at a time.
const AT_ONCE: i64 = 100;

/// Attempts at one message before it is given up: with the pauses of [`jobs::pause`], the last comes about four hours after
/// the first (Graph: webhook delivery).
pub(super) const ATTEMPTS: i64 = 10;

/// How long before its end a subscription is asked to be renewed.
const SOON: Duration = Duration::from_mins(15);

/// Why nothing is told to somebody who may not read it.
const NOT_ALLOWED: &str = "whoever made this subscription may not read what it tells any more";

/// One item of a message: the last change of an object.
struct Told {
    object: Uuid,
    change: ChangeType,
    /// The number of that change in the tenant.
    number: i64,
    /// Who came to the group (`true`) or left it, each with what happened last.
    members: Vec<(Uuid, bool)>,
}

/// Queues a job for every subscription that is behind, and one for every lifecycle address that is to be told something; how
/// many. Any process may do so at any time.
pub async fn settle(server: &Server) -> database::Result<usize> {
    let now = server.clock.now();
    let ending = store::list_ending(&mut server.read().await?, now, now.plus(SOON), AT_ONCE).await?;
    for (tenant, id) in ending {
        let mut tx = server.write().await?;
        store::raise(&mut tx, tenant, id, Some(LifecycleEvent::ReauthorizationRequired)).await?;
        tx.commit().await?;
    }
    let behind = store::list_behind(&mut server.read().await?, server.clock.now(), AT_ONCE).await?;
    let mut queued = 0;
    for (tenant, id) in behind {
        let mut tx = server.write().await?;
        if store::queue(&mut tx, tenant, id).await? {
            jobs::enqueue(&mut tx, server, tenant, Kind::Notify, id.0, server.clock.now()).await?;
            queued += 1;
        }
        tx.commit().await?;
    }
    let raised = store::list_raised(&mut server.read().await?, AT_ONCE).await?;
    for (tenant, id) in raised {
        let mut tx = server.write().await?;
        if store::queue_event(&mut tx, tenant, id).await? {
            jobs::enqueue(&mut tx, server, tenant, Kind::NotifyLifecycle, id.0, server.clock.now()).await?;
            queued += 1;
        }
        tx.commit().await?;
    }
    if queued > 0 {
        server.jobs.ring();
    }
    Ok(queued)
}

/// Tells one subscription the next page of changes.
pub async fn deliver(server: &Server, job: &Job) -> Outcome {
    match attempt(server, job).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// Tells one lifecycle address what happened to its subscription. It knows nothing of changes, and telling changes nothing of it:
/// an address that does not answer holds back its own messages only.
pub async fn deliver_event(server: &Server, job: &Job) -> Outcome {
    match attempt_event(server, job).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

async fn attempt(server: &Server, job: &Job) -> database::Result<Outcome> {
    let (tenant, id) = (job.tenant_id, SubscriptionId(job.subject));
    let mut tx = server.read().await?;
    let found = store::find(&mut tx, tenant, id).await?;
    let Some(subscription) = found.filter(|one| one.expires_at > server.clock.now()) else {
        return Ok(Outcome::Done);
    };
    if !creator::still_may(&mut tx, server, &subscription).await? {
        drop(tx);
        let event = subscription.event(LifecycleEvent::ReauthorizationRequired).filter(|_| !subscription.is_asked);
        let last = last(server, &subscription).await?;
        note(server, &subscription, last, (Some(NOT_ALLOWED.to_owned()), event), false).await?;
        return Ok(Outcome::Done);
    }
    let (until, from) = changes::store::bounds(&mut tx, tenant).await?;
    let after = subscription.told.max(from);
    // What the log has dropped, and what passed while the creator might not read, is not told any more.
    let is_whole = subscription.told >= from && subscription.last_error.as_deref() != Some(NOT_ALLOWED);
    let missed = subscription.event(LifecycleEvent::Missed);
    let event = missed.filter(|_| !is_whole);
    let rows = changes::store::list(&mut tx, tenant, subscription.kind, after, until, PAGE).await?;
    drop(tx);
    let is_page = i64::try_from(rows.len()).is_ok_and(|length| length == PAGE);
    let end = rows.last().filter(|_| is_page).map_or(until, |row| row.number);
    let told = fold(&subscription, &rows);
    if !told.is_empty()
        && let Err(problem) = tell(server, &subscription, &told).await
    {
        if job.attempts >= ATTEMPTS {
            // The receiver finds out by a delta query; what comes next is told again.
            note(server, &subscription, end, (Some(problem), missed), false).await?;
            return Ok(Outcome::Done);
        }
        // Why something is missing is not forgotten for another reason.
        let error = subscription.last_error.clone().filter(|_| !is_whole).unwrap_or_else(|| problem.clone());
        note(server, &subscription, subscription.told, (Some(error), None), true).await?;
        return Ok(Outcome::Failed(problem));
    }
    note(server, &subscription, end, (None, event), false).await?;
    Ok(Outcome::Done)
}

/// Several changes of one object are one item about it, in the place of the last of them: the receiver reads the object as it is now.
/// Who belongs to a group is too much to read again for each change, so the item names those who came and went.
fn fold(subscription: &Subscription, rows: &[Logged]) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    for row in rows {
        let Some(change) = subscription.tells(row) else { continue };
        let before = told.iter().position(|one| one.object == row.object_id);
        let mut members = before.map(|place| told.remove(place).members).unwrap_or_default();
        if let (What::MemberAdded | What::MemberRemoved, Some(member)) = (row.what, row.related_id) {
            members.retain(|(one, _)| *one != member);
            members.push((member, row.what == What::MemberAdded));
        }
        told.push(Told { object: row.object_id, change, number: row.number, members });
    }
    told
}

async fn tell(server: &Server, subscription: &Subscription, told: &[Told]) -> Result<(), String> {
    let body = message(server, subscription, told)?;
    receiver::tell(server, subscription, &subscription.notification_url, &body).await
}

/// One that is removed goes when that was told, or will not be.
async fn attempt_event(server: &Server, job: &Job) -> database::Result<Outcome> {
    let (tenant, id) = (job.tenant_id, SubscriptionId(job.subject));
    let Some(subscription) = store::find(&mut server.read().await?, tenant, id).await? else {
        return Ok(Outcome::Done);
    };
    if let Some(event) = subscription.lifecycle_event {
        if let Err(problem) = tell_event(server, &subscription, event).await
            && job.attempts < ATTEMPTS
        {
            return Ok(Outcome::Failed(problem));
        }
        if event == LifecycleEvent::SubscriptionRemoved {
            let mut tx = server.write().await?;
            store::delete(&mut tx, tenant, id).await?;
            tx.commit().await?;
            return Ok(Outcome::Done);
        }
    }
    let mut tx = server.write().await?;
    store::settle_event(&mut tx, tenant, id, subscription.lifecycle_event).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

async fn tell_event(server: &Server, subscription: &Subscription, event: LifecycleEvent) -> Result<(), String> {
    let body = json!({ "value": [{
        "clientState": client_state(server, subscription)?,
        "lifecycleEvent": event,
        "organizationId": subscription.tenant_id,
        "resource": subscription.resource,
        "subscriptionExpirationDateTime": rfc3339(subscription.expires_at),
        "subscriptionId": subscription.id,
        "tenantId": subscription.tenant_id,
    }] });
    let address = subscription.lifecycle_url.as_deref().unwrap_or(&subscription.notification_url);
    receiver::tell(server, subscription, address, &body).await
}

async fn last(server: &Server, subscription: &Subscription) -> database::Result<i64> {
    Ok(changes::store::bounds(&mut server.read().await?, subscription.tenant_id).await?.0)
}

async fn note(
    server: &Server,
    subscription: &Subscription,
    told: i64,
    (error, event): (Option<String>, Option<LifecycleEvent>),
    is_queued: bool,
) -> database::Result<()> {
    let mut tx = server.write().await?;
    store::raise(&mut tx, subscription.tenant_id, subscription.id, event).await?;
    store::note(&mut tx, subscription.tenant_id, subscription.id, told, error, is_queued).await?;
    tx.commit().await
}

/// What a receiver knows our messages by; nothing if it wanted nothing. It would take a message without it for somebody else's, and
/// pass it over.
fn client_state(server: &Server, subscription: &Subscription) -> Result<Option<String>, String> {
    let Some(sealed) = &subscription.client_state else { return Ok(None) };
    let unreadable = |error: &dyn std::fmt::Display| format!("the clientState that is kept cannot be read: {error}");
    let clear = server.master_key.open(&operations::place(subscription.id), sealed);
    let clear = clear.map_err(|error| unreadable(&error))?;
    String::from_utf8(clear.to_vec()).map(Some).map_err(|error| unreadable(&error))
}

/// The `id` of an item. It is made of what the item tells, so that a receiver knows one again that it was sent twice.
fn item_id(subscription: &Subscription, told: &Told) -> Uuid {
    let (id, object) = (subscription.id.0.as_bytes(), told.object.as_bytes());
    let text = [id.as_slice(), object.as_slice(), &told.number.to_be_bytes()].concat();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &text);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn message(server: &Server, subscription: &Subscription, told: &[Told]) -> Result<Value, String> {
    let client_state = client_state(server, subscription)?;
    let about = subscription.about();
    let type_name = if about.set() == "Groups" { "#Microsoft.Graph.Group" } else { "#Microsoft.Graph.User" };
    let one = |told: &Told| {
        let address = format!("{}/{}", about.set(), told.object);
        let mut data = json!({
            "@odata.type": type_name,
            "@odata.id": address,
            "id": told.object,
            "organizationId": subscription.tenant_id,
        });
        // Whoever may follow groups may read who belongs to them, see `Resource::permissions`. What is gone has no members.
        if told.change == ChangeType::Updated && !told.members.is_empty() {
            data["members@delta"] = told.members.iter().map(member).collect();
        }
        json!({
            "changeType": told.change,
            "clientState": client_state,
            "id": item_id(subscription, told),
            "resource": address,
            "resourceData": data,
            "subscriptionExpirationDateTime": rfc3339(subscription.expires_at),
            "subscriptionId": subscription.id,
            "tenantId": subscription.tenant_id,
        })
    };
    Ok(json!({ "value": told.iter().map(one).collect::<Value>() }))
}

/// A member as Graph's notifications name one: without a type, and with a word where a delta query has an object.
fn member(&(id, is_added): &(Uuid, bool)) -> Value {
    if is_added { json!({ "id": id }) } else { json!({ "id": id, "@removed": "deleted" }) }
}
