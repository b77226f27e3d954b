//! Removing a user for good.

use super::find::{find_deleted, list_old};
use super::{Deed, Outcome, UserError};
use crate::Server;
use crate::audit::Activity;
use crate::changes::{self, Change, Kind};
use crate::graph::Caller;
use crate::platform::ids::{TenantId, UserId};
use crate::tenants;
use crate::users::operations::{record, target};
use crate::users::{User, rights, terms};
use database::{Result, Timestamp, Transaction, sql};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Removes what others keep of a user; the rows of the user themselves are still there.
pub type Forget = for<'a> fn(&'a mut Transaction, TenantId, UserId, Timestamp) -> BoxFuture<'a, Result<()>>;

/// Users of a tenant that are looked for at a time.
const AT_ONCE: i64 = 100;

/// Removes a deleted user for good; `None` if there is no such one.
pub fn purge<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, forget: Forget) -> Outcome<'a, ()> {
    Box::pin(async move { Ok(purge_one(server, caller, UserId(id), forget).await?) })
}

/// Removes the users of every tenant that were deleted before an instant, one transaction each; how many those were.
pub fn purge_old(server: &Server, before: Timestamp, forget: Forget) -> BoxFuture<'_, Result<u64>> {
    Box::pin(async move {
        let tenants = tenants::store::list(&mut server.read().await?).await?;
        let mut users = 0;
        for tenant in tenants {
            let caller = Caller::system(tenant.id);
            loop {
                let ids = list_old(&mut server.read().await?, tenant.id, before, AT_ONCE).await?;
                for id in &ids {
                    match purge_one(server, &caller, *id, forget).await {
                        Ok(_) => users += 1,
                        Err(UserError::Storage(error)) => return Err(error),
                        Err(other) => return Err(database::Error::Conflict(other.to_string())),
                    }
                }
                if ids.is_empty() {
                    break;
                }
            }
        }
        Ok(users)
    })
}

async fn purge_one(
    server: &Server,
    caller: &Caller,
    id: UserId,
    forget: Forget,
) -> std::result::Result<Option<()>, UserError> {
    if !Deed::Delete.is_allowed(caller) {
        return Err(UserError::Denied);
    }
    let mut tx = server.write().await?;
    let Some(user) = find_deleted(&mut tx, caller.tenant, id).await? else { return Ok(None) };
    rights::check_deed(&mut tx, caller, &user, Deed::Delete).await?;
    let now = server.clock.now();
    forget(&mut tx, caller.tenant, id, now).await?;
    delete(&mut tx, &user).await?;
    changes::note(&mut tx, caller.tenant, now, Change::purged(Kind::User, id.0)).await?;
    record(&mut tx, server, caller, Activity::PurgeUser, &target(&user)).await?;
    tx.commit().await?;
    Ok(Some(()))
}

/// The rows of the user themselves.
async fn delete(tx: &mut Transaction, user: &User) -> Result<()> {
    terms::delete(tx, user).await?;
    for statement in [
        sql!("DELETE FROM user_identity WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_sponsor WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_sponsor WHERE tenant_id = $1 AND sponsor_id = $2"),
        sql!("DELETE FROM user_sponsor_group WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM unsponsored_guest WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_manager WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_manager WHERE tenant_id = $1 AND manager_id = $2"),
        sql!("DELETE FROM user_photo WHERE tenant_id = $1 AND user_id = $2"),
        sql!("DELETE FROM user_account WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL"),
    ] {
        tx.query(statement).bind(user.tenant_id).bind(user.id).execute().await?;
    }
    Ok(())
}
