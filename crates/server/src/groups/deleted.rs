//! Deleted groups: for thirty days they can be brought back with everything that hung on them; then they are gone for good.

mod find;
mod purge;
mod restore;

pub use find::{count, list, page};
pub use purge::{Forget, purge, purge_old};
pub use restore::restore;

use super::graph::wire;
use super::rights::{may_change_deleted, may_read_deleted};
use super::{GROUP, Group};
use crate::Server;
use crate::deleted_items::{KEPT, Outcome, Owner, Written};
use crate::graph::Caller;
use crate::graph::body::Object;
use crate::graph::query::Selection;
use crate::platform::ids::GroupId;
use axum::http::Uri;
use database::Timestamp;
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Groups as owner of deleted objects. Purging is handed in: others keep something of a group too.
pub const fn owner(
    purge: for<'a> fn(&'a Server, &'a Caller, Uuid) -> Outcome<'a, ()>,
    purge_old: for<'a> fn(&'a Server, Timestamp) -> BoxFuture<'a, database::Result<u64>>,
) -> Owner {
    Owner {
        may_read: may_read_deleted,
        may_change: may_change_deleted,
        find: find_one,
        restore: restore_one,
        purge,
        purge_old,
    }
}

/// Whether deleted groups are there for the caller.
pub fn may_read(caller: &Caller) -> bool {
    may_read_deleted(caller)
}

/// What was deleted up to this instant cannot be brought back any more, also before it was removed.
fn since(server: &Server) -> Timestamp {
    server.clock.now().minus(KEPT)
}

fn find_one<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, uri: &'a Uri) -> Outcome<'a, Written> {
    Box::pin(async move {
        // An object of another kind has properties of its own to select.
        let Some(group) = find::find(server, caller, GroupId(id)).await? else { return Ok(None) };
        Ok(Some(write(&group, &Selection::of_one(&GROUP, uri)?)))
    })
}

fn restore_one<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, body: Object) -> Outcome<'a, Written> {
    Box::pin(async move {
        let id = GroupId(id);
        if find::find(server, caller, id).await?.is_none() {
            return Ok(None);
        }
        body.finish()?;
        let restored = restore(server, caller, id).await?;
        Ok(restored.map(|group| write(&group, &Selection::default_of(&GROUP))))
    })
}

fn write(group: &Group, selection: &Selection) -> Written {
    let mut object = wire::group(group, selection);
    object.insert("@odata.type".to_owned(), "#microsoft.graph.group".into());
    object
}
