//! Deleted objects that can be brought back for a while, whatever their kind (Graph: directory/deletedItems).
//!
//! Owns no table. A feature whose objects are deleted softly says by [`Recoverable`] what is different about them; everything else
//! is said here, for all of them. What puts the features together adds what others keep of the objects ([`Kept`]), and hands the
//! kinds to [`routes`] and [`purge`].

mod graph;
mod kept;
mod operations;
mod recoverable;
pub mod store;

pub use graph::{count, list, routes};
pub use kept::{Kept, Owner, Owners};
pub use operations::{clear, page, restore};
pub use recoverable::{Forget, Others, Recoverable};

use crate::Server;
use crate::graph::{Caller, Error};
use axum::http::Uri;
use database::Timestamp;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use std::time::Duration;
use uuid::Uuid;

/// How long a deleted object can be brought back (Graph: deleted items).
pub const KEPT: Duration = Duration::from_hours(30 * 24);

/// What `deleted_at` is while that goes which hangs on an object that is removed for good: it is older than whatever can be brought
/// back, so that the object is found nowhere.
pub const GOING: Timestamp = Timestamp::from_microseconds(0);

/// What was deleted up to this instant cannot be brought back any more `now`, also before it was removed.
pub fn since(now: Timestamp) -> Timestamp {
    now.minus(KEPT)
}

/// What came of looking for a deleted object among those of one kind; `None` if it is none of them.
pub type Outcome<'a, T> = BoxFuture<'a, Result<Option<T>, Error>>;

/// A deleted object as it is written, with its `@odata.type`.
pub type Written = Map<String, Value>;

/// A deleted object of whatever kind, if the caller may see it. The first owner that has it answers.
pub async fn find_any(
    server: &Server,
    owners: Owners,
    caller: &Caller,
    id: Uuid,
    uri: &Uri,
) -> Result<Option<Written>, Error> {
    for owner in owners {
        if !owner.may_read(caller) {
            continue;
        }
        if let Some(object) = owner.find(server, caller, id, uri).await? {
            return Ok(Some(object));
        }
    }
    Ok(None)
}

/// Removes a deleted object for good, whatever its kind; `None` if it is none of those that the caller looks after.
pub async fn purge_any(server: &Server, owners: Owners, caller: &Caller, id: Uuid) -> Result<Option<()>, Error> {
    for owner in owners {
        if owner.may_change(caller) && owner.purge(server, caller, id).await?.is_some() {
            return Ok(Some(()));
        }
    }
    Ok(None)
}

/// Removes for good what can no longer be brought back; how many objects that were.
pub async fn purge(server: &Server, owners: Owners) -> database::Result<u64> {
    let before = since(server.clock.now());
    let mut objects = 0;
    for owner in owners {
        objects += owner.purge_old(server, before).await?;
    }
    Ok(objects)
}
