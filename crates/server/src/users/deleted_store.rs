//! The SQL of deleted users. One who is removed for good and on whom something hangs yet is marked by [`GOING`]: they are found nowhere
//! any more.

use super::store::columns;
use super::{User, terms};
use crate::changes::{self, Change, Kind, aftermath};
use crate::deleted_items::GOING;
use crate::deleted_items::store::{Statements, lock_going, select_deleted, select_old};
use crate::platform::ids::{TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql};

/// What reads them.
pub static DELETED: Statements = Statements {
    find: sql!(concat!(select_deleted!(columns!(), "user_account u", "u"), " AND u.id = $3")),
    list: sql!(select_deleted!(columns!(), "user_account u", "u")),
    count: sql!(select_deleted!("COUNT(*)", "user_account u", "u")),
    list_old: sql!(select_old!("user_account")),
    lock_going: Some(sql!(lock_going!("user_account"))),
};

/// Marks a deleted user as going, and notes that they are gone for good; `false` if somebody changed them since they were read. What
/// they are found by is not made anew.
pub async fn retire(tx: &mut Transaction, user: &User, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE user_account SET deleted_at = $4, terms_kept = TRUE, version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $3"
        ))
        .bind(user.tenant_id)
        .bind(user.id)
        .bind(user.version)
        .bind(GOING)
        .execute()
        .await?;
    if rows == 1 {
        changes::note(tx, user.tenant_id, at, Change::purged(Kind::User, user.id.0)).await?;
    }
    Ok(rows == 1)
}

/// Removes what belongs to a user who is going, as far as it is little; their row is still there.
pub async fn delete_few(tx: &mut Transaction, user: &User) -> Result<()> {
    terms::delete(tx, user).await?;
    for statement in [
        sql!("DELETE FROM user_identity WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_sponsor WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_sponsor_group WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM unsponsored_guest WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_manager WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_photo WHERE tenant_id = $1 AND user_id = $2"),
    ] {
        tx.query(statement).bind(user.tenant_id).bind(user.id).execute().await?;
    }
    Ok(())
}

/// Takes a user who is going away from those they manage, at most `limit`; how many those were.
pub async fn delete_reports(tx: &mut Transaction, tenant: TenantId, manager: UserId, limit: i64) -> Result<u64> {
    tx.query(sql!(
        "DELETE FROM user_manager WHERE tenant_id = $1 AND user_id IN
             (SELECT m.user_id FROM user_manager m WHERE m.tenant_id = $1 AND m.manager_id = $2 LIMIT $3)"
    ))
    .bind(tenant)
    .bind(manager)
    .bind(limit)
    .execute()
    .await
}

/// Removes the row of a user who is going and on whom nothing hangs any more.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, id: UserId) -> Result<()> {
    aftermath::forget(tx, tenant, id.0).await?;
    tx.query(sql!(
        "DELETE FROM user_account WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL AND deleted_at = $3"
    ))
    .bind(tenant)
    .bind(id)
    .bind(GOING)
    .execute()
    .await?;
    Ok(())
}
