//! Service principals that were deleted by themselves, while their registration stayed: for thirty days they can be brought back with
//! everything that hung on them, then they are gone for good.

mod find;
mod purge;
mod restore;

pub use find::{count, list};
pub use purge::{clear, purge, purge_old};
pub use restore::restore;

use super::resource::SERVICE_PRINCIPAL;
use super::{ServicePrincipal, wire};
use crate::Server;
use crate::applications::deleted::may_read;
use crate::applications::operations::may_write;
use crate::deleted_items::{KEPT, Outcome, Owner, Written};
use crate::graph::Caller;
use crate::graph::body::Object;
use crate::graph::query::Selection;
use crate::platform::ids::ServicePrincipalId;
use axum::http::Uri;
use database::Timestamp;
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Service principals as owner of deleted objects. They are for whom deleted registrations are for. Purging is handed in: others keep
/// something of a service principal too.
pub const fn owner(
    purge: for<'a> fn(&'a Server, &'a Caller, Uuid) -> Outcome<'a, ()>,
    purge_old: for<'a> fn(&'a Server, Timestamp) -> BoxFuture<'a, database::Result<u64>>,
) -> Owner {
    Owner { may_read, may_change: may_write, find: find_one, restore: restore_one, purge, purge_old }
}

/// What was deleted up to this instant cannot be brought back any more, also before it was removed.
fn since(server: &Server) -> Timestamp {
    server.clock.now().minus(KEPT)
}

fn find_one<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, uri: &'a Uri) -> Outcome<'a, Written> {
    Box::pin(async move {
        let Some(principal) = find::find(server, caller, ServicePrincipalId(id)).await? else { return Ok(None) };
        Ok(Some(write(&principal, &Selection::of_one(&SERVICE_PRINCIPAL, uri)?)))
    })
}

fn restore_one<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, body: Object) -> Outcome<'a, Written> {
    Box::pin(async move {
        let id = ServicePrincipalId(id);
        if find::find(server, caller, id).await?.is_none() {
            return Ok(None);
        }
        body.finish()?;
        let restored = restore(server, caller, id).await?;
        Ok(restored.map(|principal| write(&principal, &Selection::default_of(&SERVICE_PRINCIPAL))))
    })
}

fn write(principal: &ServicePrincipal, selection: &Selection) -> Written {
    let mut object = wire::without_secrets(principal, selection);
    object.insert("@odata.type".to_owned(), "#microsoft.graph.servicePrincipal".into());
    object
}
