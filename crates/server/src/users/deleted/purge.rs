//! Removing a user for good. Somebody may answer for very many guests and belong to very many groups, so the user is marked first, in
//! one transaction with everything that is few, and from then on they are gone for everybody; the rest follows in small steps. Where
//! one step is enough it is the same transaction.

use super::find::{GOING, find_deleted, list_old};
use super::{Deed, Outcome, UserError};
use crate::Server;
use crate::audit::Activity;
use crate::changes::{self, Change, Kind, What, aftermath};
use crate::graph::Caller;
use crate::platform::ids::{TenantId, UserId};
use crate::tenants;
use crate::users::operations::{record, target};
use crate::users::{User, rights, sponsors, terms};
use database::{Result, Timestamp, Transaction, sql};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// What others keep of a user, and how it goes.
#[derive(Debug, Clone, Copy)]
pub struct Others {
    /// Removes what is few, in the transaction that decides; the row of the user is still there.
    pub few: for<'a> fn(&'a mut Transaction, TenantId, UserId, Timestamp) -> BoxFuture<'a, Result<()>>,
    /// Removes some of what may be many, of each kind at most [`aftermath::AT_ONCE`] rows; how many rows those were. It is called until
    /// few are left.
    pub many: for<'a> fn(&'a mut Transaction, TenantId, UserId, Timestamp) -> BoxFuture<'a, Result<u64>>,
}

/// Users of a tenant that are looked for at a time.
const AT_ONCE: i64 = 100;

/// Removes a deleted user for good; `None` if there is no such one. Of what hangs on them a job may have something left to do.
pub fn purge<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, others: &'a Others) -> Outcome<'a, ()> {
    Box::pin(async move {
        let is_found = begin(server, caller, UserId(id), others).await?;
        Ok(is_found.then_some(()))
    })
}

/// Removes the users of every tenant that were deleted before an instant, and what is left of those whom somebody purged; how many
/// those were.
pub fn purge_old<'a>(server: &'a Server, before: Timestamp, others: &'a Others) -> BoxFuture<'a, Result<u64>> {
    Box::pin(async move {
        let tenants = tenants::store::list(&mut server.read().await?).await?;
        let mut users = 0;
        for tenant in tenants {
            let caller = Caller::system(tenant.id);
            loop {
                let ids = list_old(&mut server.read().await?, tenant.id, before, AT_ONCE).await?;
                for id in &ids {
                    match begin(server, &caller, *id, others).await {
                        Ok(_) => {
                            while clear(server, tenant.id, *id, others).await? {}
                        }
                        Err(UserError::Storage(error)) => return Err(error),
                        Err(other) => return Err(database::Error::Conflict(other.to_string())),
                    }
                    users += 1;
                }
                if ids.is_empty() {
                    break;
                }
            }
        }
        Ok(users)
    })
}

/// Marks the user, and removes what one transaction does; `false` if there is no such deleted user.
async fn begin(server: &Server, caller: &Caller, id: UserId, others: &Others) -> std::result::Result<bool, UserError> {
    if !Deed::Delete.is_allowed(caller) {
        return Err(UserError::Denied);
    }
    let (mut tx, tenant) = (server.write().await?, caller.tenant);
    let Some(user) = find_deleted(&mut tx, tenant, id).await? else { return Ok(false) };
    rights::check_deed(&mut tx, caller, &user, Deed::Delete).await?;
    let now = server.clock.now();
    if !retire(&mut tx, &user, now).await? {
        return Err(UserError::Changed);
    }
    (others.few)(&mut tx, tenant, id, now).await?;
    delete_few(&mut tx, &user).await?;
    if clear_some(&mut tx, tenant, id, now, others).await? {
        aftermath::leave(&mut tx, server, tenant, (Kind::User, id.0), (What::Purged, Uuid::nil())).await?;
    } else {
        delete(&mut tx, tenant, id).await?;
    }
    record(&mut tx, server, caller, Activity::PurgeUser, &target(&user)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Takes the next step with a user who is going, in a transaction of its own; `false` when they are gone.
pub async fn clear(server: &Server, tenant: TenantId, id: UserId, others: &Others) -> Result<bool> {
    let mut tx = server.write().await?;
    if !is_going(&mut tx, tenant, id).await? {
        return Ok(false);
    }
    let is_more = clear_some(&mut tx, tenant, id, server.clock.now(), others).await?;
    if !is_more {
        delete(&mut tx, tenant, id).await?;
    }
    tx.commit().await?;
    Ok(is_more)
}

/// Removes some of what may be many; whether more may be left.
async fn clear_some(
    tx: &mut Transaction,
    tenant: TenantId,
    id: UserId,
    at: Timestamp,
    others: &Others,
) -> Result<bool> {
    let mut rows = (others.many)(tx, tenant, id, at).await?;
    rows += sponsors::forget_some(tx, tenant, id, at).await?;
    rows += tx
        .query(sql!(
            "DELETE FROM user_manager WHERE tenant_id = $1 AND user_id IN
                 (SELECT m.user_id FROM user_manager m WHERE m.tenant_id = $1 AND m.manager_id = $2 LIMIT $3)"
        ))
        .bind(tenant)
        .bind(id)
        .bind(aftermath::AT_ONCE)
        .execute()
        .await?;
    Ok(rows >= aftermath::AT_ONCE.unsigned_abs())
}

/// Marks a deleted user as going, and notes that they are gone for good; `false` if somebody changed them since they were read. What
/// they are found by is not made anew.
async fn retire(tx: &mut Transaction, user: &User, at: Timestamp) -> Result<bool> {
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

async fn is_going(tx: &mut Transaction, tenant: TenantId, id: UserId) -> Result<bool> {
    let found: Option<(UserId,)> = tx
        .query(sql!(
            "SELECT id FROM user_account
             WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL AND deleted_at = $3"
        ))
        .bind(tenant)
        .bind(id)
        .bind(GOING)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// The rows of the user themselves, as far as they are few.
async fn delete_few(tx: &mut Transaction, user: &User) -> Result<()> {
    terms::delete(tx, user).await?;
    for statement in [
        sql!("DELETE FROM user_identity WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_sponsor WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM unsponsored_guest WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_manager WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_photo WHERE tenant_id = $1 AND user_id = $2"),
    ] {
        tx.query(statement).bind(user.tenant_id).bind(user.id).execute().await?;
    }
    Ok(())
}

/// The row of a user who is going and on whom nothing hangs any more.
async fn delete(tx: &mut Transaction, tenant: TenantId, id: UserId) -> Result<()> {
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
