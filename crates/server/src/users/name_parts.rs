//! The words inside of words of names that a version wrote which kept none ([`crate::graph::query::parts`]).
//!
//! Nothing but the name tells who has any, so every name of a tenant is read once. Rows are written for the few who have some.

use super::terms::{add, parts_of};
use crate::Server;
use crate::platform::ids::{TenantId, UserId};
use database::{Result, Transaction, sql};

/// Names that are read at a time.
const AT_ONCE: usize = 2_000;

/// Looks through the names of a tenant that are still to be looked through; how many users got rows.
pub async fn settle(server: &Server, tenant: TenantId) -> Result<usize> {
    let mut settled = 0;
    loop {
        let mut tx = server.read().await?;
        let Some((after,)) = find_place(&mut tx, tenant).await? else { return Ok(settled) };
        let users = list(&mut tx, tenant, after).await?;
        drop(tx);
        let mut tx = server.write().await?;
        for (id, name) in &users {
            if parts_of(name).next().is_some() && keep(&mut tx, tenant, *id).await? {
                settled += 1;
            }
        }
        match users.last().filter(|_| users.len() == AT_ONCE) {
            Some((last, _)) => go_on(&mut tx, tenant, *last).await?,
            None => finish(&mut tx, tenant).await?,
        }
        tx.commit().await?;
    }
}

/// Behind whom names are still to be looked through; none where that is done.
async fn find_place(tx: &mut Transaction, tenant: TenantId) -> Result<Option<(Option<UserId>,)>> {
    tx.query(sql!("SELECT after_id FROM name_part_backlog WHERE tenant_id = $1")).bind(tenant).fetch_optional().await
}

/// Users and their names in the order of their ids, deleted ones too.
async fn list(tx: &mut Transaction, tenant: TenantId, after: Option<UserId>) -> Result<Vec<(UserId, String)>> {
    let mut query =
        tx.query(sql!("SELECT u.id, u.display_name FROM user_account u WHERE u.tenant_id = $1")).bind(tenant);
    if let Some(after) = after {
        query.push(" AND u.id > ").value(after);
    }
    query.push(" ORDER BY u.id LIMIT ").value(i64::try_from(AT_ONCE).unwrap_or(i64::MAX));
    query.fetch_all().await
}

/// Adds the rows of a user, whose row is held meanwhile so that nobody renames them; `false` if they are gone.
async fn keep(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<bool> {
    let named: Option<(String,)> = tx
        .query(sql!(
            "UPDATE user_account SET version = version WHERE tenant_id = $1 AND id = $2 RETURNING display_name"
        ))
        .bind(tenant)
        .bind(user)
        .fetch_optional()
        .await?;
    let Some((name,)) = named else { return Ok(false) };
    add(tx, tenant, user, parts_of(&name).collect()).await?;
    Ok(true)
}

async fn go_on(tx: &mut Transaction, tenant: TenantId, after: UserId) -> Result<()> {
    tx.query(sql!("UPDATE name_part_backlog SET after_id = $2 WHERE tenant_id = $1"))
        .bind(tenant)
        .bind(after)
        .execute()
        .await?;
    Ok(())
}

async fn finish(tx: &mut Transaction, tenant: TenantId) -> Result<()> {
    tx.query(sql!("DELETE FROM name_part_backlog WHERE tenant_id = $1")).bind(tenant).execute().await?;
    Ok(())
}
