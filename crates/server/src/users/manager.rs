//! Who somebody reports to (Graph: manager, directReports).

use super::operations::{Key, get_for, record, target};
use super::rights::Deed;
use super::store::{self, columns};
use super::{User, UserError};
use crate::Server;
use crate::audit::Activity;
use crate::changes::{self, Change, Kind};
use crate::graph::Caller;
use crate::platform::ids::{TenantId, UserId};
use database::{Result, Transaction, sql};
use serde_json::Value;
use uuid::Uuid;

/// How far up a chain of managers is followed. Nobody has a longer one.
const LONGEST_CHAIN: usize = 100;

/// Names the manager of a user, in place of another.
///
/// # Errors
/// `Invalid` for somebody who is nobody, the user themselves, or somebody who reports to them.
pub async fn set(server: &Server, caller: &Caller, key: &Key, manager: UserId) -> std::result::Result<(), UserError> {
    let refused = |problem: String| UserError::Invalid { property: "manager", problem };
    let mut tx = server.write().await?;
    let user = get_for(&mut tx, caller, key, Deed::Change, None).await?;
    if store::find(&mut tx, caller.tenant, manager).await?.is_none() {
        return Err(refused(format!("there is no user {manager}")));
    }
    if reports_to(&mut tx, caller.tenant, manager, user.id).await? {
        return Err(refused("nobody reports to themselves, or to somebody who reports to them".to_owned()));
    }
    let before = find(&mut tx, caller.tenant, user.id).await?.map(|manager| manager.id);
    if before == Some(manager) {
        return Ok(());
    }
    put(&mut tx, caller.tenant, user.id, manager).await?;
    note(&mut tx, server, caller, &user, before, Some(manager)).await?;
    Ok(tx.commit().await?)
}

/// Takes the manager of a user away.
pub async fn remove(server: &Server, caller: &Caller, key: &Key) -> std::result::Result<(), UserError> {
    let mut tx = server.write().await?;
    let user = get_for(&mut tx, caller, key, Deed::Change, None).await?;
    let before = find(&mut tx, caller.tenant, user.id).await?;
    let before = before.ok_or_else(|| UserError::NotFound("manager".to_owned()))?;
    delete(&mut tx, caller.tenant, user.id).await?;
    note(&mut tx, server, caller, &user, Some(before.id), None).await?;
    Ok(tx.commit().await?)
}

async fn note(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    user: &User,
    before: Option<UserId>,
    after: Option<UserId>,
) -> std::result::Result<(), UserError> {
    changes::note(tx, caller.tenant, server.clock.now(), Change::set(Kind::User, user.id.0)).await?;
    let text = |id: Option<UserId>| id.map_or(Value::Null, |id| id.to_string().into());
    record(tx, server, caller, Activity::UpdateUser, &target(user).change("manager", text(before), text(after))).await
}

/// Whether somebody is `above` or reports to them over however many others.
async fn reports_to(tx: &mut Transaction, tenant: TenantId, somebody: UserId, above: UserId) -> Result<bool> {
    let mut at = somebody;
    for _ in 0..LONGEST_CHAIN {
        if at == above {
            return Ok(true);
        }
        match find_id(tx, tenant, at).await? {
            Some(next) => at = next,
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// The manager of a user, unless they are deleted.
pub async fn find(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Option<User>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM user_manager m JOIN user_account u ON u.tenant_id = m.tenant_id AND u.id = m.manager_id
         WHERE m.tenant_id = $1 AND m.user_id = $2 AND u.deleted_at IS NULL"
    )))
    .bind(tenant)
    .bind(user)
    .fetch_optional()
    .await
}

async fn find_id(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Option<UserId>> {
    let row: Option<(UserId,)> = tx
        .query(sql!("SELECT manager_id FROM user_manager WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(user)
        .fetch_optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Those who report to somebody, by id, at most `limit`, from behind `after`.
pub async fn list_reports(
    tx: &mut Transaction,
    tenant: TenantId,
    manager: UserId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<User>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM user_manager m JOIN user_account u ON u.tenant_id = m.tenant_id AND u.id = m.user_id
             WHERE m.tenant_id = $1 AND m.manager_id = $2 AND u.deleted_at IS NULL"
        )))
        .bind(tenant)
        .bind(manager);
    if let Some(id) = after {
        query.push(" AND m.user_id > ").value(id);
    }
    query.push(" ORDER BY m.user_id LIMIT ").value(limit);
    query.fetch_all().await
}

/// Names the manager of a user, in place of another. Whether it makes a circle is not looked at.
pub(super) async fn put(tx: &mut Transaction, tenant: TenantId, user: UserId, manager: UserId) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO user_manager (tenant_id, user_id, manager_id) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, user_id) DO UPDATE SET manager_id = excluded.manager_id"
    ))
    .bind(tenant)
    .bind(user)
    .bind(manager)
    .execute()
    .await?;
    Ok(())
}

async fn delete(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    tx.query(sql!("DELETE FROM user_manager WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(user)
        .execute()
        .await?;
    Ok(())
}
