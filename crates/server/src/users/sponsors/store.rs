//! The SQL of sponsors and of guests without one.

use super::assign::Unsponsored;
use crate::platform::ids::{TenantId, UserId};
use crate::users::User;
use crate::users::store::columns;
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

/// Guests whose sponsor has left and who have no other.
macro_rules! flag {
    ($condition:literal) => {
        sql!(concat!(
            "INSERT INTO unsponsored_guest (tenant_id, user_id, former_sponsor_id, former_sponsor_name, since)
             SELECT s.tenant_id, s.user_id, p.id, p.display_name, $3
             FROM user_sponsor s
             JOIN user_account g ON g.tenant_id = s.tenant_id AND g.id = s.user_id
             JOIN user_account p ON p.tenant_id = s.tenant_id AND p.id = s.sponsor_id
             WHERE s.tenant_id = $1 AND ",
            $condition,
            " AND g.deleted_at IS NULL AND NOT EXISTS
                  (SELECT 1 FROM user_sponsor o
                   JOIN user_account q ON q.tenant_id = o.tenant_id AND q.id = o.sponsor_id
                   WHERE o.tenant_id = s.tenant_id AND o.user_id = s.user_id AND q.deleted_at IS NULL)
             ON CONFLICT DO NOTHING"
        ))
    };
}

/// Flags those of the guests of a sponsor who was deleted whom nobody else answers for, from behind one id up to and with another; how
/// many those are.
pub(super) async fn flag_between(
    tx: &mut Transaction,
    tenant: TenantId,
    sponsor: UserId,
    (behind, last): (Uuid, Uuid),
    at: Timestamp,
) -> Result<u64> {
    tx.query(flag!("s.sponsor_id = $2 AND s.user_id > $4 AND s.user_id <= $5"))
        .bind(tenant)
        .bind(sponsor)
        .bind(at)
        .bind(behind)
        .bind(last)
        .execute()
        .await
}

/// A guest was brought back, whose sponsors may have left in between.
pub async fn guest_came_back(tx: &mut Transaction, tenant: TenantId, guest: UserId, at: Timestamp) -> Result<()> {
    tx.query(flag!("s.user_id = $2")).bind(tenant).bind(guest).bind(at).execute().await?;
    Ok(())
}

/// Takes the flags of the guests of a sponsor, from behind one id up to and with another; how many there were.
pub(super) async fn unflag_between(
    tx: &mut Transaction,
    tenant: TenantId,
    sponsor: UserId,
    (behind, last): (Uuid, Uuid),
) -> Result<u64> {
    tx.query(sql!(
        "DELETE FROM unsponsored_guest WHERE tenant_id = $1 AND user_id IN
             (SELECT s.user_id FROM user_sponsor s
              WHERE s.tenant_id = $1 AND s.sponsor_id = $2 AND s.user_id > $3 AND s.user_id <= $4)"
    ))
    .bind(tenant)
    .bind(sponsor)
    .bind(behind)
    .bind(last)
    .execute()
    .await
}

/// The ids of the guests of a sponsor, in order, deleted ones too, at most `limit`, from behind one of them.
pub(super) async fn list_ids(
    tx: &mut Transaction,
    tenant: TenantId,
    sponsor: UserId,
    behind: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = tx
        .query(sql!(
            "SELECT s.user_id FROM user_sponsor s
             WHERE s.tenant_id = $1 AND s.sponsor_id = $2 AND s.user_id > $3 ORDER BY s.user_id LIMIT $4"
        ))
        .bind(tenant)
        .bind(sponsor)
        .bind(behind)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Takes a sponsor away from their guests up to and with this one.
pub(super) async fn delete_until(tx: &mut Transaction, tenant: TenantId, sponsor: UserId, last: Uuid) -> Result<u64> {
    tx.query(sql!("DELETE FROM user_sponsor WHERE tenant_id = $1 AND sponsor_id = $2 AND user_id <= $3"))
        .bind(tenant)
        .bind(sponsor)
        .bind(last)
        .execute()
        .await
}

/// A guest has a sponsor again.
pub async fn unflag(tx: &mut Transaction, tenant: TenantId, guest: UserId) -> Result<()> {
    tx.query(sql!("DELETE FROM unsponsored_guest WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(guest)
        .execute()
        .await?;
    Ok(())
}

/// Flags one guest whose last sponsor was taken away.
pub(super) async fn flag(
    tx: &mut Transaction,
    guest: &User,
    former: UserId,
    former_name: &str,
    at: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO unsponsored_guest (tenant_id, user_id, former_sponsor_id, former_sponsor_name, since)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
    ))
    .bind(guest.tenant_id)
    .bind(guest.id)
    .bind(former)
    .bind(former_name.to_owned())
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// Takes a sponsor away; `false` if they are none.
pub(super) async fn delete(tx: &mut Transaction, tenant: TenantId, guest: UserId, sponsor: UserId) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM user_sponsor WHERE tenant_id = $1 AND user_id = $2 AND sponsor_id = $3"))
        .bind(tenant)
        .bind(guest)
        .bind(sponsor)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Those whom somebody answers for, by id, at most `limit`, from behind `after`.
pub async fn list_of(
    tx: &mut Transaction,
    tenant: TenantId,
    sponsor: UserId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<User>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM user_sponsor s JOIN user_account u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
             WHERE s.tenant_id = $1 AND s.sponsor_id = $2 AND u.deleted_at IS NULL"
        )))
        .bind(tenant)
        .bind(sponsor);
    if let Some(id) = after {
        query.push(" AND s.user_id > ").value(id);
    }
    query.push(" ORDER BY s.user_id LIMIT ").value(limit);
    query.fetch_all().await
}

/// Guests without a sponsor, by id, at most `limit`, from behind `after`.
pub(super) async fn list_unsponsored(
    tx: &mut Transaction,
    tenant: TenantId,
    former: Option<UserId>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Unsponsored>> {
    let mut query = tx
        .query(sql!(
            "SELECT f.user_id, u.display_name, u.mail, f.former_sponsor_id, f.former_sponsor_name, f.since
             FROM unsponsored_guest f JOIN user_account u ON u.tenant_id = f.tenant_id AND u.id = f.user_id
             WHERE f.tenant_id = $1 AND u.deleted_at IS NULL"
        ))
        .bind(tenant);
    if let Some(former) = former {
        query.push(" AND f.former_sponsor_id = ").value(former);
    }
    if let Some(id) = after {
        query.push(" AND f.user_id > ").value(id);
    }
    query.push(" ORDER BY f.user_id LIMIT ").value(limit);
    query.fetch_all().await
}

/// How many guests have no sponsor, counted up to `most`.
pub async fn count_unsponsored(tx: &mut Transaction, tenant: TenantId, most: i64) -> Result<i64> {
    let (count,): (i64,) = tx
        .query(sql!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM unsponsored_guest f
                 JOIN user_account u ON u.tenant_id = f.tenant_id AND u.id = f.user_id
                 WHERE f.tenant_id = $1 AND u.deleted_at IS NULL LIMIT $2) found"
        ))
        .bind(tenant)
        .bind(most)
        .fetch_one()
        .await?;
    Ok(count)
}
