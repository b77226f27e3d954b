//! The SQL of subscriptions.

use super::listed::{Filter, Listed, Place};
use super::subscription::{LifecycleEvent, Subscription};
use crate::platform::ids::{SubscriptionId, TenantId};
use crate::web::paging::Edge;
use database::{Result, Timestamp, Transaction, sql, sql_across};

macro_rules! columns {
    () => {
        "s.tenant_id, s.id, s.resource, s.kind, s.object_id, s.tells_members, s.change_types, s.notification_url,
         s.lifecycle_url, s.client_state, s.tls_version, s.creator_kind, s.creator_id, s.application_id, s.told,
         s.lifecycle_event, s.is_asked, s.last_error, s.created_at, s.expires_at"
    };
}

/// Adds a subscription.
pub async fn insert(tx: &mut Transaction, subscription: &Subscription) -> Result<()> {
    let new = subscription.clone();
    tx.query(sql!(
        "INSERT INTO subscription (tenant_id, id, resource, kind, object_id, tells_members, change_types,
             notification_url, lifecycle_url, client_state, tls_version, creator_kind, creator_id, application_id, told,
             is_queued, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, FALSE, $16, $17)"
    ))
    .bind(new.tenant_id)
    .bind(new.id)
    .bind(new.resource)
    .bind(new.kind)
    .bind(new.object_id)
    .bind(new.tells_members)
    .bind(new.change_types)
    .bind(new.notification_url)
    .bind(new.lifecycle_url)
    .bind(new.client_state)
    .bind(new.tls_version)
    .bind(new.creator_kind)
    .bind(new.creator_id)
    .bind(new.application_id)
    .bind(new.told)
    .bind(new.created_at)
    .bind(new.expires_at)
    .execute()
    .await?;
    Ok(())
}

/// The subscription with this id.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: SubscriptionId) -> Result<Option<Subscription>> {
    tx.query(sql!(concat!("SELECT ", columns!(), " FROM subscription s WHERE s.tenant_id = $1 AND s.id = $2")))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await
}

/// Every subscription of a tenant, the first one first.
pub async fn list(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<Subscription>> {
    tx.query(sql!(concat!("SELECT ", columns!(), " FROM subscription s WHERE s.tenant_id = $1 ORDER BY s.id")))
        .bind(tenant)
        .fetch_all()
        .await
}

/// Subscriptions that have not lapsed, with the names of whoever made them, from an edge on: those that end first come first, and
/// before an edge they come backwards.
pub async fn list_named(
    tx: &mut Transaction,
    tenant: TenantId,
    (filter, now): (Filter, Timestamp),
    edge: Option<Edge<Place>>,
    limit: i64,
) -> Result<Vec<Listed>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            ", COALESCE(a.display_name, p.display_name) AS app_name, a.id AS registration_id, p.id AS principal_id,
                u.display_name AS person_name
             FROM subscription s
             LEFT JOIN service_principal p
                 ON p.tenant_id = s.tenant_id AND p.app_id = s.application_id AND p.deleted_at IS NULL
             LEFT JOIN application a
                 ON a.tenant_id = s.tenant_id AND a.app_id = s.application_id AND a.deleted_at IS NULL
             LEFT JOIN user_account u
                 ON u.tenant_id = s.tenant_id AND u.id = s.creator_id AND u.deleted_at IS NULL
             WHERE s.tenant_id = $1 AND s.expires_at > $2"
        )))
        .bind(tenant)
        .bind(now);
    if let Some(is_failing) = filter.is_failing {
        query.push(if is_failing { " AND s.last_error IS NOT NULL" } else { " AND s.last_error IS NULL" });
    }
    if let Some(kind) = filter.kind {
        query.push(" AND s.kind = ").value(kind);
    }
    let is_backwards = edge.is_some_and(|edge| edge.is_before());
    if let Some(place) = edge.map(Edge::row) {
        query.push(" AND (s.expires_at, s.id) ").push(if is_backwards { "< (" } else { "> (" });
        query.value(place.expires_at).push(", ").value(place.id).push(")");
    }
    query.push(if is_backwards {
        " ORDER BY s.expires_at DESC, s.id DESC LIMIT "
    } else {
        " ORDER BY s.expires_at, s.id LIMIT "
    });
    query.value(limit);
    query.fetch_all().await
}

/// How many a tenant has.
pub async fn count(tx: &mut Transaction, tenant: TenantId) -> Result<i64> {
    let (count,): (i64,) =
        tx.query(sql!("SELECT COUNT(*) FROM subscription WHERE tenant_id = $1")).bind(tenant).fetch_one().await?;
    Ok(count)
}

/// Lets a subscription last until another time, as if it had never been asked to; `false` if it is gone.
pub async fn renew(tx: &mut Transaction, tenant: TenantId, id: SubscriptionId, until: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!("UPDATE subscription SET expires_at = $3, is_asked = FALSE WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .bind(until)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes a subscription; `false` if it is gone already.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, id: SubscriptionId) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM subscription WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes that whoever made it is still there.
pub async fn answer(tx: &mut Transaction, tenant: TenantId, id: SubscriptionId) -> Result<()> {
    tx.query(sql!("UPDATE subscription SET is_asked = FALSE WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Lets the lifecycle address be told something. That a subscription is removed is told, whatever else was to be.
pub async fn raise(
    tx: &mut Transaction,
    tenant: TenantId,
    id: SubscriptionId,
    event: Option<LifecycleEvent>,
) -> Result<()> {
    let Some(event) = event else { return Ok(()) };
    tx.query(sql!(
        "UPDATE subscription SET lifecycle_event = $3, is_asked = (is_asked OR $3 = 'reauthorizationRequired')
         WHERE tenant_id = $1 AND id = $2 AND (lifecycle_event IS NULL OR lifecycle_event <> 'subscriptionRemoved')"
    ))
    .bind(tenant)
    .bind(id)
    .bind(event)
    .execute()
    .await?;
    Ok(())
}

/// Notes that the lifecycle address was told this, or will not be. What else was raised meanwhile is told next.
pub async fn settle_event(
    tx: &mut Transaction,
    tenant: TenantId,
    id: SubscriptionId,
    told: Option<LifecycleEvent>,
) -> Result<()> {
    tx.query(sql!(
        "UPDATE subscription
         SET lifecycle_event = CASE WHEN lifecycle_event = $3 THEN NULL ELSE lifecycle_event END, is_event_queued = FALSE
         WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(tenant)
    .bind(id)
    .bind(told)
    .execute()
    .await?;
    Ok(())
}

/// Subscriptions with a lifecycle address that end between two instants and were not asked to be renewed.
pub async fn list_ending(
    tx: &mut Transaction,
    now: Timestamp,
    soon: Timestamp,
    limit: i64,
) -> Result<Vec<(TenantId, SubscriptionId)>> {
    tx.query(sql_across!(
        "one process looks for what ends soon in every tenant",
        "SELECT s.tenant_id, s.id FROM subscription s
         WHERE s.expires_at > $1 AND s.expires_at <= $2 AND s.lifecycle_url IS NOT NULL AND NOT s.is_asked
             AND s.lifecycle_event IS NULL
         ORDER BY s.tenant_id, s.id LIMIT $3"
    ))
    .bind(now)
    .bind(soon)
    .bind(limit)
    .fetch_all()
    .await
}

/// Subscriptions with a lifecycle address that have lapsed and are not yet to be told so.
pub async fn list_lapsed(tx: &mut Transaction, now: Timestamp, limit: i64) -> Result<Vec<(TenantId, SubscriptionId)>> {
    tx.query(sql_across!(
        "lapsed subscriptions of every tenant are removed",
        "SELECT s.tenant_id, s.id FROM subscription s
         WHERE s.expires_at < $1 AND s.lifecycle_url IS NOT NULL
             AND (s.lifecycle_event IS NULL OR s.lifecycle_event <> 'subscriptionRemoved')
         ORDER BY s.tenant_id, s.id LIMIT $2"
    ))
    .bind(now)
    .bind(limit)
    .fetch_all()
    .await
}

/// Subscriptions for which nothing is queued and that were not told the last change of their tenant.
pub async fn list_behind(tx: &mut Transaction, now: Timestamp, limit: i64) -> Result<Vec<(TenantId, SubscriptionId)>> {
    tx.query(sql_across!(
        "one process looks for what is to be told in every tenant",
        "SELECT s.tenant_id, s.id FROM subscription s JOIN change_turn t ON t.tenant_id = s.tenant_id
         WHERE NOT s.is_queued AND s.told < t.number AND s.expires_at > $1
         ORDER BY s.tenant_id, s.id LIMIT $2"
    ))
    .bind(now)
    .bind(limit)
    .fetch_all()
    .await
}

/// Subscriptions whose lifecycle address is to be told something and for which no job does so yet.
pub async fn list_raised(tx: &mut Transaction, limit: i64) -> Result<Vec<(TenantId, SubscriptionId)>> {
    tx.query(sql_across!(
        "one process looks for what is to be told in every tenant",
        "SELECT s.tenant_id, s.id FROM subscription s WHERE s.lifecycle_event IS NOT NULL AND NOT s.is_event_queued
         ORDER BY s.tenant_id, s.id LIMIT $1"
    ))
    .bind(limit)
    .fetch_all()
    .await
}

/// Marks that a job will tell its lifecycle address; `false` if one does already.
pub async fn queue_event(tx: &mut Transaction, tenant: TenantId, id: SubscriptionId) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE subscription SET is_event_queued = TRUE WHERE tenant_id = $1 AND id = $2 AND NOT is_event_queued"
        ))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Marks that a job will tell it; `false` if one does already.
pub async fn queue(tx: &mut Transaction, tenant: TenantId, id: SubscriptionId) -> Result<bool> {
    let rows = tx
        .query(sql!("UPDATE subscription SET is_queued = TRUE WHERE tenant_id = $1 AND id = $2 AND NOT is_queued"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes how far it was told, or why not, and whether its job goes on.
pub async fn note(
    tx: &mut Transaction,
    tenant: TenantId,
    id: SubscriptionId,
    told: i64,
    error: Option<String>,
    is_queued: bool,
) -> Result<()> {
    tx.query(sql!(
        "UPDATE subscription SET told = $3, last_error = $4, is_queued = $5 WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(tenant)
    .bind(id)
    .bind(told)
    .bind(error)
    .bind(is_queued)
    .execute()
    .await?;
    Ok(())
}

/// The sealed client state of every subscription that has one.
pub async fn list_sealed(tx: &mut Transaction) -> Result<Vec<(TenantId, SubscriptionId, Vec<u8>)>> {
    tx.query(sql_across!(
        "every sealed value gets the new master key",
        "SELECT tenant_id, id, client_state FROM subscription WHERE client_state IS NOT NULL"
    ))
    .fetch_all()
    .await
}

/// Exchanges the sealed form of a client state.
pub async fn set_sealed(tx: &mut Transaction, tenant: TenantId, id: SubscriptionId, sealed: Vec<u8>) -> Result<()> {
    tx.query(sql!("UPDATE subscription SET client_state = $3 WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .bind(sealed)
        .execute()
        .await?;
    Ok(())
}

/// Removes those that lapsed before this instant, at most `limit`; one with a lifecycle address goes when that was told.
pub async fn purge(tx: &mut Transaction, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(sql_across!(
        "lapsed subscriptions of every tenant are removed",
        "DELETE FROM subscription WHERE (tenant_id, id) IN
             (SELECT s.tenant_id, s.id FROM subscription s
              WHERE s.expires_at < $1 AND s.lifecycle_url IS NULL LIMIT $2)"
    ))
    .bind(before)
    .bind(limit)
    .execute()
    .await
}
