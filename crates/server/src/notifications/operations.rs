//! Making, reading, renewing and ending subscriptions.

use super::error::SubscriptionError;
use super::listed::{Filter, Listed, Place};
use super::subscription::{CLIENT_STATE, ChangeType, LONGEST, LifecycleEvent, MOST, Resource, Subscription};
use super::{creator, receiver, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::changes;
use crate::config::Retention;
use crate::graph::{Caller, Role};
use crate::platform::ids::SubscriptionId;
use crate::platform::{Entropy, MasterKey, Timestamp};
use crate::web::paging::Edge;
use database::Transaction;
use sqlx::types::Json;
use url::Url;

/// A subscription to be made, as it was written.
#[derive(Debug)]
pub struct New {
    /// `resource`
    pub resource: String,
    /// `changeType`, separated by commas.
    pub change_type: String,
    /// `notificationUrl`
    pub notification_url: String,
    /// `lifecycleNotificationUrl`
    pub lifecycle_url: Option<String>,
    /// `clientState`
    pub client_state: Option<String>,
    /// `latestSupportedTlsVersion`
    pub tls_version: Option<String>,
    /// `expirationDateTime`
    pub expires_at: Timestamp,
}

/// Makes a subscription after whoever answers at its addresses has proved to expect it.
pub async fn create(server: &Server, caller: &Caller, new: New) -> Result<Subscription, SubscriptionError> {
    let about = Resource::parse(&new.resource)
        .ok_or_else(|| invalid("resource", "it is users, users/{id}, groups, groups/{id} or groups/{id}/members"))?;
    let Some((creator_kind, creator_id, application_id)) = creator::of(caller) else {
        return Err(SubscriptionError::Denied);
    };
    if !creator::may_follow(caller, about) {
        return Err(SubscriptionError::Denied);
    }
    let change_types = change_types(&new.change_type)?;
    check_period(server, new.expires_at)?;
    if new.client_state.as_ref().is_some_and(|state| state.chars().count() > CLIENT_STATE) {
        return Err(invalid("clientState", &format!("it has at most {CLIENT_STATE} characters")));
    }
    let now = server.clock.now();
    if store::count(&mut server.read().await?, caller.tenant).await? >= MOST {
        return Err(SubscriptionError::TooMany);
    }
    let address = address(server, "notificationUrl", &new.notification_url)?;
    let lifecycle =
        new.lifecycle_url.as_deref().map(|url| self::address(server, "lifecycleNotificationUrl", url)).transpose()?;
    prove(server, "notificationUrl", &address).await?;
    if let Some(lifecycle) = lifecycle.as_ref().filter(|lifecycle| **lifecycle != address) {
        prove(server, "lifecycleNotificationUrl", lifecycle).await?;
    }
    let id = SubscriptionId(server.entropy.uuid(now));
    let sealed = |state: String| server.master_key.seal(&place(id), state.as_bytes(), &server.entropy);
    let mut subscription = Subscription {
        tenant_id: caller.tenant,
        id,
        resource: new.resource,
        kind: about.kind,
        object_id: about.object,
        tells_members: about.members,
        change_types: Json(change_types),
        notification_url: new.notification_url,
        lifecycle_url: new.lifecycle_url,
        client_state: new.client_state.map(sealed),
        tls_version: new.tls_version,
        creator_kind,
        creator_id,
        application_id,
        told: 0,
        lifecycle_event: None,
        is_asked: false,
        last_error: None,
        created_at: now,
        expires_at: new.expires_at,
    };
    let mut tx = server.write().await?;
    (subscription.told, _) = changes::store::bounds(&mut tx, caller.tenant).await?;
    store::insert(&mut tx, &subscription).await?;
    record(&mut tx, server, caller, Activity::AddSubscription, &subscription).await?;
    tx.commit().await?;
    Ok(subscription)
}

/// The subscriptions the caller may see: their own, and for a Global Administrator all.
pub async fn list(server: &Server, caller: &Caller) -> Result<Vec<Subscription>, SubscriptionError> {
    let now = server.clock.now();
    let all = store::list(&mut server.read().await?, caller.tenant).await?;
    Ok(all.into_iter().filter(|one| one.expires_at > now && may_see(caller, one)).collect())
}

/// Whether the caller looks after the subscriptions of everybody.
pub fn administers(caller: &Caller) -> bool {
    !caller.is_application() && caller.holds_any(&[Role::GlobalAdministrator])
}

/// The subscriptions of everybody from an edge on, at most `limit`, with the names of whoever made them: for those who look after
/// all of them. Before an edge they come backwards.
pub async fn list_all(
    server: &Server,
    caller: &Caller,
    filter: Filter,
    edge: Option<Edge<Place>>,
    limit: i64,
) -> Result<Vec<Listed>, SubscriptionError> {
    if !administers(caller) {
        return Err(SubscriptionError::Denied);
    }
    let now = server.clock.now();
    let mut rows = store::list_named(&mut server.read().await?, caller.tenant, (filter, now), edge, limit).await?;
    // Through an app they may read less.
    rows.retain(|row| may_see(caller, &row.subscription));
    Ok(rows)
}

/// One subscription.
pub async fn get(server: &Server, caller: &Caller, id: SubscriptionId) -> Result<Subscription, SubscriptionError> {
    find(&mut server.read().await?, server, caller, id).await
}

/// Lets a subscription last longer, or less long.
pub async fn renew(
    server: &Server,
    caller: &Caller,
    id: SubscriptionId,
    until: Timestamp,
) -> Result<Subscription, SubscriptionError> {
    check_period(server, until)?;
    let mut tx = server.write().await?;
    let subscription = find(&mut tx, server, caller, id).await?;
    if !creator::may_follow(caller, subscription.about()) {
        return Err(SubscriptionError::Denied);
    }
    store::renew(&mut tx, caller.tenant, id, until).await?;
    record(&mut tx, server, caller, Activity::UpdateSubscription, &subscription).await?;
    tx.commit().await?;
    Ok(Subscription { expires_at: until, ..subscription })
}

/// Looks again whether the caller may be told, as a receiver of lifecycle notifications asks for.
pub async fn reauthorize(server: &Server, caller: &Caller, id: SubscriptionId) -> Result<(), SubscriptionError> {
    let mut tx = server.write().await?;
    let subscription = find(&mut tx, server, caller, id).await?;
    if !creator::may_follow(caller, subscription.about()) {
        return Err(SubscriptionError::Denied);
    }
    store::answer(&mut tx, caller.tenant, id).await?;
    Ok(tx.commit().await?)
}

/// Ends a subscription. Where somebody else does than its creator, its lifecycle address is told, and it goes after that.
pub async fn delete(server: &Server, caller: &Caller, id: SubscriptionId) -> Result<(), SubscriptionError> {
    let mut tx = server.write().await?;
    let subscription = find(&mut tx, server, caller, id).await?;
    match subscription.event(LifecycleEvent::SubscriptionRemoved) {
        event @ Some(_) if !creator::is(caller, &subscription) => {
            store::renew(&mut tx, caller.tenant, id, server.clock.now()).await?;
            store::raise(&mut tx, caller.tenant, id, event).await?;
        }
        _ => {
            store::delete(&mut tx, caller.tenant, id).await?;
        }
    }
    record(&mut tx, server, caller, Activity::DeleteSubscription, &subscription).await?;
    Ok(tx.commit().await?)
}

/// Removes subscriptions that have lapsed; how many. Those with a lifecycle address go when it was told.
pub async fn purge(server: &Server) -> database::Result<u64> {
    let lapsed = store::list_lapsed(&mut server.read().await?, server.clock.now(), Retention::AT_ONCE).await?;
    for (tenant, id) in lapsed {
        let mut tx = server.write().await?;
        store::raise(&mut tx, tenant, id, Some(LifecycleEvent::SubscriptionRemoved)).await?;
        tx.commit().await?;
    }
    let mut rows = 0;
    loop {
        let mut tx = server.write().await?;
        let removed = store::purge(&mut tx, server.clock.now(), Retention::AT_ONCE).await?;
        tx.commit().await?;
        rows += removed;
        if !Retention::may_have_left(removed) {
            return Ok(rows);
        }
    }
}

/// Seals the client state of every subscription with another master key: how many those are, and how many the old key does not open.
/// These stay as they are: earlier versions left them behind when they exchanged the key, and nobody could exchange it again for them.
pub async fn reseal(
    tx: &mut Transaction,
    old: &MasterKey,
    new: &MasterKey,
    entropy: &Entropy,
) -> database::Result<(u64, u64)> {
    let (mut sealed_anew, mut left) = (0, 0);
    for (tenant, id, sealed) in store::list_sealed(tx).await? {
        let place = place(id);
        let Ok(clear) = old.open(&place, &sealed) else {
            left += 1;
            continue;
        };
        store::set_sealed(tx, tenant, id, new.seal(&place, &clear, entropy)).await?;
        sealed_anew += 1;
    }
    Ok((sealed_anew, left))
}

/// Where the client state of a subscription is sealed.
pub fn place(id: SubscriptionId) -> String {
    format!("subscription/client_state/{id}")
}

async fn find(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    id: SubscriptionId,
) -> Result<Subscription, SubscriptionError> {
    let found = store::find(tx, caller.tenant, id).await?;
    let is_there = |one: &Subscription| one.expires_at > server.clock.now() && may_see(caller, one);
    found.filter(is_there).ok_or_else(|| SubscriptionError::NotFound(id.to_string()))
}

/// An administrator sees to it that nobody is told what they should not be.
fn may_see(caller: &Caller, subscription: &Subscription) -> bool {
    creator::is(caller, subscription) || (administers(caller) && caller.has_any(subscription.about().permissions()))
}

fn change_types(text: &str) -> Result<Vec<ChangeType>, SubscriptionError> {
    let problem = "it is updated, deleted or both; what is new is told as updated";
    let mut types = Vec::new();
    for word in text.split(',') {
        let kind = ChangeType::parse(word.trim()).ok_or_else(|| invalid("changeType", problem))?;
        if !types.contains(&kind) {
            types.push(kind);
        }
    }
    Ok(types)
}

fn check_period(server: &Server, until: Timestamp) -> Result<(), SubscriptionError> {
    const NAME: &str = "expirationDateTime";
    let now = server.clock.now();
    if until <= now {
        return Err(invalid(NAME, "it is over already"));
    }
    if until > now.plus(LONGEST) {
        return Err(invalid(NAME, &format!("it is at most {} minutes from now", LONGEST.as_secs() / 60)));
    }
    Ok(())
}

fn address(server: &Server, property: &'static str, text: &str) -> Result<Url, SubscriptionError> {
    let url = Url::parse(text).map_err(|error| invalid(property, &error.to_string()))?;
    server.fetch.check(&url).map_err(|error| invalid(property, &error.to_string()))?;
    Ok(url)
}

async fn prove(server: &Server, property: &'static str, address: &Url) -> Result<(), SubscriptionError> {
    let proved = receiver::prove(server, address).await;
    proved.map_err(|problem| SubscriptionError::Unproved { property, problem })
}

fn invalid(property: &'static str, problem: &str) -> SubscriptionError {
    SubscriptionError::Invalid { property, problem: problem.to_owned() }
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    subscription: &Subscription,
) -> Result<(), SubscriptionError> {
    let target = Target::new("Subscription", subscription.id.0, subscription.resource.clone());
    let host = Url::parse(&subscription.notification_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let details = [("receiver", host.as_deref().unwrap_or_default())];
    Ok(audit::record(tx, server, caller, activity, &Outcome::Success, &target, &details).await?)
}
