//! Removing an application for good.

use super::since;
use crate::Server;
use crate::applications::operations::{audit, may_write, target};
use crate::applications::{Application, ApplicationError, deleted_store};
use crate::audit::Activity;
use crate::deleted_items::Outcome;
use crate::graph::Caller;
use crate::platform::ids::ApplicationId;
use crate::tenants;
use database::{Result, Timestamp, Transaction};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Removes what others keep of an application, its service principals among it, which are gone for everybody from then on; the rows
/// of the application itself are still there.
pub type Forget = for<'a> fn(&'a mut Transaction, &'a Server, &'a Application, Timestamp) -> BoxFuture<'a, Result<()>>;

/// Applications of a tenant that are looked for at a time.
const AT_ONCE: i64 = 100;

/// What was deleted behind this instant: at whatever time.
const EVER: Timestamp = Timestamp::from_microseconds(0);

/// Removes a deleted application for good; `None` if there is no such one.
pub fn purge<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, forget: Forget) -> Outcome<'a, ()> {
    Box::pin(async move { Ok(purge_one(server, caller, ApplicationId(id), since(server), forget).await?) })
}

/// Removes the applications of every tenant that were deleted before an instant, one transaction each; how many those were.
pub fn purge_old(server: &Server, before: Timestamp, forget: Forget) -> BoxFuture<'_, Result<u64>> {
    Box::pin(async move {
        let tenants = tenants::store::list(&mut server.read().await?).await?;
        let mut applications = 0;
        for tenant in tenants {
            let caller = Caller::system(tenant.id);
            loop {
                let ids = deleted_store::list_old(&mut server.read().await?, tenant.id, before, AT_ONCE).await?;
                for id in &ids {
                    match purge_one(server, &caller, *id, EVER, forget).await {
                        Ok(_) => applications += 1,
                        Err(ApplicationError::Storage(error)) => return Err(error),
                        Err(other) => return Err(database::Error::Conflict(other.to_string())),
                    }
                }
                if ids.is_empty() {
                    break;
                }
            }
        }
        Ok(applications)
    })
}

async fn purge_one(
    server: &Server,
    caller: &Caller,
    id: ApplicationId,
    since: Timestamp,
    forget: Forget,
) -> std::result::Result<Option<()>, ApplicationError> {
    if !may_write(caller) {
        return Err(ApplicationError::Denied);
    }
    let now = server.clock.now();
    let mut tx = server.write().await?;
    let Some(application) = deleted_store::find(&mut tx, caller.tenant, id, since).await? else { return Ok(None) };
    forget(&mut tx, server, &application, now).await?;
    deleted_store::delete(&mut tx, &application, now).await?;
    audit(&mut tx, server, caller, Activity::PurgeApplication, target(&application)).await?;
    tx.commit().await?;
    Ok(Some(()))
}
