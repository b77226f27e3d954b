//! Deleted applications: for thirty days they can be brought back with everything that hung on them; then they are gone for
//! good, and their service principals with them.

mod find;
mod purge;
mod restore;

pub use find::{count, list, page};
pub use purge::{Forget, purge, purge_old};
pub use restore::restore;

use super::operations::may_write;
use super::resource::APPLICATION;
use super::{Application, wire};
use crate::Server;
use crate::deleted_items::{KEPT, Outcome, Owner, Written};
use crate::graph::Caller;
use crate::graph::body::Object;
use crate::graph::query::Selection;
use crate::platform::ids::ApplicationId;
use axum::http::Uri;
use database::Timestamp;
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Applications as owner of deleted objects. Purging is handed in: others keep something of an application too.
pub const fn owner(
    purge: for<'a> fn(&'a Server, &'a Caller, Uuid) -> Outcome<'a, ()>,
    purge_old: for<'a> fn(&'a Server, Timestamp) -> BoxFuture<'a, database::Result<u64>>,
) -> Owner {
    Owner { may_read, may_change: may_write, find: find_one, restore: restore_one, purge, purge_old }
}

/// Whether deleted applications are there for the caller: for those who change every application, and for programs that read
/// them.
pub fn may_read(caller: &Caller) -> bool {
    may_write(caller) || find::may_read(caller)
}

/// What was deleted up to this instant cannot be brought back any more, also before it was removed.
fn since(server: &Server) -> Timestamp {
    server.clock.now().minus(KEPT)
}

fn find_one<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, uri: &'a Uri) -> Outcome<'a, Written> {
    Box::pin(async move {
        let Some(application) = find::find(server, caller, ApplicationId(id)).await? else { return Ok(None) };
        Ok(Some(write(&application, &Selection::of_one(&APPLICATION, uri)?)))
    })
}

fn restore_one<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, body: Object) -> Outcome<'a, Written> {
    Box::pin(async move {
        let id = ApplicationId(id);
        if find::find(server, caller, id).await?.is_none() {
            return Ok(None);
        }
        body.finish()?;
        let restored = restore(server, caller, id).await?;
        Ok(restored.map(|application| write(&application, &Selection::default_of(&APPLICATION))))
    })
}

fn write(application: &Application, selection: &Selection) -> Written {
    let mut object = wire::without_credentials(application, selection);
    object.insert("@odata.type".to_owned(), "#microsoft.graph.application".into());
    object
}
