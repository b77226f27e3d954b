//! The SQL of places: when those have their turn who wait for a limit of the hour.

use super::Wait;
use crate::platform::ids::{MailId, TenantId};
use database::{Result, Timestamp, Transaction, sql, sql_across};
use uuid::Uuid;

/// The last places that are taken behind `now`, of those who wait for a limit of the hour.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct LastPlaces {
    /// For that of the organisation.
    pub(super) organization: Option<Timestamp>,
    /// For that of all that leave room for others.
    pub(super) yields: Option<Timestamp>,
    /// For that of the inviter.
    pub(super) inviter: Option<Timestamp>,
}

macro_rules! last_place {
    ($limit:literal, $of:literal) => {
        concat!(
            "(SELECT m.place_at FROM mail m
              WHERE m.tenant_id = $1 AND m.place_for = '",
            $limit,
            "' AND m.place_of = ",
            $of,
            " AND m.state = 'queued' AND m.place_at > $4 ORDER BY m.place_at DESC LIMIT 1) AS ",
            $limit
        )
    };
}

/// The last places in the queues of an organisation, and in that of an inviter.
pub(super) async fn last_places(
    tx: &mut Transaction,
    tenant: TenantId,
    inviter: Option<Uuid>,
    now: Timestamp,
) -> Result<LastPlaces> {
    tx.query(sql!(concat!(
        "SELECT ",
        last_place!("organization", "$2"),
        ", ",
        last_place!("yields", "$2"),
        ", ",
        last_place!("inviter", "$3")
    )))
    .bind(tenant)
    .bind(Uuid::nil())
    .bind(inviter.unwrap_or_default())
    .bind(now)
    .fetch_one()
    .await
}

/// Notes the place of a mail: when, for which limit, and whose that is.
pub(super) async fn mark_placed(
    tx: &mut Transaction,
    tenant: TenantId,
    id: MailId,
    at: Timestamp,
    (limit, of): (Wait, Uuid),
) -> Result<()> {
    tx.query(sql!("UPDATE mail SET place_at = $3, place_for = $4, place_of = $5 WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .bind(at)
        .bind(limit)
        .bind(of)
        .execute()
        .await?;
    Ok(())
}

/// Those who wait for one limit of the hour.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Queue {
    /// The tenant.
    pub(super) tenant_id: TenantId,
    /// The limit.
    pub(super) place_for: Wait,
    /// Whose it is: the person of a share, or the nil id.
    pub(super) place_of: Uuid,
}

/// The first queue behind another one in which somebody has a place. One look at the index for each, however many wait.
pub(super) async fn next_queue(tx: &mut Transaction, after: Queue) -> Result<Option<Queue>> {
    tx.query(sql_across!(
        "mails of every tenant move up",
        "SELECT tenant_id, place_for, place_of FROM mail
         WHERE place_at IS NOT NULL AND state = 'queued' AND (tenant_id, place_for, place_of) > ($1, $2, $3)
         ORDER BY tenant_id, place_for, place_of LIMIT 1"
    ))
    .bind(after.tenant_id)
    .bind(after.place_for)
    .bind(after.place_of)
    .fetch_optional()
    .await
}

/// The first places of a queue behind `now`, and whose they are.
pub(super) async fn list_places(
    tx: &mut Transaction,
    queue: Queue,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(MailId, Timestamp)>> {
    tx.query(sql!(
        "SELECT id, place_at FROM mail
         WHERE tenant_id = $1 AND place_for = $2 AND place_of = $3 AND state = 'queued' AND place_at > $4
         ORDER BY place_at LIMIT $5"
    ))
    .bind(queue.tenant_id)
    .bind(queue.place_for)
    .bind(queue.place_of)
    .bind(now)
    .bind(limit)
    .fetch_all()
    .await
}

/// The last place of a queue before another one.
pub(super) async fn place_before(tx: &mut Transaction, queue: Queue, place: Timestamp) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = tx
        .query(sql!(
            "SELECT place_at FROM mail
             WHERE tenant_id = $1 AND place_for = $2 AND place_of = $3 AND state = 'queued' AND place_at < $4
             ORDER BY place_at DESC LIMIT 1"
        ))
        .bind(queue.tenant_id)
        .bind(queue.place_for)
        .bind(queue.place_of)
        .bind(place)
        .fetch_optional()
        .await?;
    Ok(row.map(|(at,)| at))
}

/// How many places of a queue lie behind the first instant and not behind the second.
pub(super) async fn count_places(
    tx: &mut Transaction,
    queue: Queue,
    (after, until): (Timestamp, Timestamp),
) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM mail
         WHERE tenant_id = $1 AND place_for = $2 AND place_of = $3 AND state = 'queued' AND place_at > $4
           AND place_at <= $5"
    ))
    .bind(queue.tenant_id)
    .bind(queue.place_for)
    .bind(queue.place_of)
    .bind(after)
    .bind(until)
    .fetch_value()
    .await
}

/// Gives a mail that waits another place in its queue; `false` if it waits no more, or has another one than `from` already.
pub(super) async fn move_place(
    tx: &mut Transaction,
    tenant: TenantId,
    id: MailId,
    (from, to): (Timestamp, Timestamp),
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE mail SET place_at = $4 WHERE tenant_id = $1 AND id = $2 AND state = 'queued' AND place_at = $3"
        ))
        .bind(tenant)
        .bind(id)
        .bind(from)
        .bind(to)
        .execute()
        .await?;
    Ok(rows == 1)
}
