//! The SQL of sponsors and of guests without one.

use super::assign::Unsponsored;
use crate::platform::ids::{PrincipalId, TenantId, UserId};
use crate::users::User;
use crate::users::store::columns;
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

/// Guests whose sponsor has left and who have no other: the table of the edges, the column that names the sponsor, the table of
/// the sponsors, and which edges are meant. The plus sign keeps SQLite from seeking sponsors among all users who are not deleted.
macro_rules! flagging {
    ($edges:literal, $key:literal, $sponsors:literal, $condition:literal) => {
        sql!(concat!(
            "INSERT INTO unsponsored_guest (tenant_id, user_id, former_sponsor_id, former_sponsor_name, since)
             SELECT s.tenant_id, s.user_id, p.id, p.display_name, $3
             FROM ",
            $edges,
            " s
             JOIN user_account g ON g.tenant_id = s.tenant_id AND g.id = s.user_id
             JOIN ",
            $sponsors,
            " p ON p.tenant_id = s.tenant_id AND p.id = s.",
            $key,
            " WHERE s.tenant_id = $1 AND ",
            $condition,
            " AND g.deleted_at IS NULL
              AND NOT EXISTS
                  (SELECT 1 FROM user_sponsor o
                   JOIN user_account q ON q.tenant_id = o.tenant_id AND q.id = o.sponsor_id
                   WHERE o.tenant_id = s.tenant_id AND o.user_id = s.user_id AND +q.deleted_at IS NULL)
              AND NOT EXISTS
                  (SELECT 1 FROM user_sponsor_group o
                   JOIN directory_group q ON q.tenant_id = o.tenant_id AND q.id = o.group_id
                   WHERE o.tenant_id = s.tenant_id AND o.user_id = s.user_id AND q.deleted_at IS NULL)
              ON CONFLICT DO NOTHING"
        ))
    };
}
pub(super) use flagging;

/// A guest was brought back, whose sponsors may have left in between.
pub async fn guest_came_back(tx: &mut Transaction, tenant: TenantId, guest: UserId, at: Timestamp) -> Result<()> {
    for statement in [
        flagging!("user_sponsor", "sponsor_id", "user_account", "s.user_id = $2"),
        flagging!("user_sponsor_group", "group_id", "directory_group", "s.user_id = $2"),
    ] {
        tx.query(statement).bind(tenant).bind(guest).bind(at).execute().await?;
    }
    Ok(())
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

/// Flags one guest for whom nobody answers: with whoever did last, or the program that invited them.
pub async fn flag(
    tx: &mut Transaction,
    guest: &User,
    (former, former_name): (PrincipalId, &str),
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

/// How many sponsors a guest has who are there, people and groups together. The plus sign as above.
pub(super) async fn count(tx: &mut Transaction, tenant: TenantId, guest: UserId) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM
             (SELECT s.sponsor_id FROM user_sponsor s
              JOIN user_account u ON u.tenant_id = s.tenant_id AND u.id = s.sponsor_id
              WHERE s.tenant_id = $1 AND s.user_id = $2 AND +u.deleted_at IS NULL
              UNION ALL
              SELECT s.group_id FROM user_sponsor_group s
              JOIN directory_group g ON g.tenant_id = s.tenant_id AND g.id = s.group_id
              WHERE s.tenant_id = $1 AND s.user_id = $2 AND g.deleted_at IS NULL) found"
    ))
    .bind(tenant)
    .bind(guest)
    .fetch_value()
    .await
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
    former: Option<PrincipalId>,
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

/// How many guests have no sponsor, counted up to `most`. The plus sign as above.
pub async fn count_unsponsored(tx: &mut Transaction, tenant: TenantId, most: i64) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM unsponsored_guest f
             JOIN user_account u ON u.tenant_id = f.tenant_id AND u.id = f.user_id
             WHERE f.tenant_id = $1 AND +u.deleted_at IS NULL LIMIT $2) found"
    ))
    .bind(tenant)
    .bind(most)
    .fetch_value()
    .await
}
