//! Deleted objects that can be brought back for a while, whatever their kind (Graph: directory/deletedItems).
//!
//! Owns no table. A feature whose objects are deleted softly describes what it does with them by an [`Owner`], and serves the
//! list of its own kind; what puts the features together hands the owners to [`routes`] and [`purge`].

mod graph;

pub use graph::routes;

use crate::Server;
use crate::graph::body::Object;
use crate::graph::{Caller, Error};
use axum::http::Uri;
use database::Timestamp;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use std::time::Duration;
use uuid::Uuid;

/// How long a deleted object can be brought back (Graph: deleted items).
pub const KEPT: Duration = Duration::from_hours(30 * 24);

/// What came of looking for a deleted object among those of one kind; `None` if it is none of them.
pub type Outcome<'a, T> = BoxFuture<'a, Result<Option<T>, Error>>;

/// A deleted object as it is written, with its `@odata.type`.
pub type Written = Map<String, Value>;

/// What a feature does with its deleted objects. Every function decides about rights by itself.
pub struct Owner {
    /// Whether the caller may see deleted objects of this kind.
    pub may_read: fn(&Caller) -> bool,
    /// Whether the caller may bring them back and purge them.
    pub may_change: fn(&Caller) -> bool,
    /// One of them, with the query of the request.
    pub find: for<'a> fn(&'a Server, &'a Caller, Uuid, &'a Uri) -> Outcome<'a, Written>,
    /// Brings one back. The body may say how a conflict is solved.
    pub restore: for<'a> fn(&'a Server, &'a Caller, Uuid, Object) -> Outcome<'a, Written>,
    /// Removes one for good.
    pub purge: for<'a> fn(&'a Server, &'a Caller, Uuid) -> Outcome<'a, ()>,
    /// Removes for good what was deleted before an instant, in every tenant; how many objects that were.
    pub purge_old: for<'a> fn(&'a Server, Timestamp) -> BoxFuture<'a, database::Result<u64>>,
}

/// Those who own deleted objects.
pub type Owners = &'static [&'static Owner];

/// A deleted object of whatever kind, if the caller may see it. The first owner that has it answers.
pub async fn find_any(
    server: &Server,
    owners: Owners,
    caller: &Caller,
    id: Uuid,
    uri: &Uri,
) -> Result<Option<Written>, Error> {
    for owner in owners {
        if !(owner.may_read)(caller) {
            continue;
        }
        if let Some(object) = (owner.find)(server, caller, id, uri).await? {
            return Ok(Some(object));
        }
    }
    Ok(None)
}

/// Removes a deleted object for good, whatever its kind; `None` if it is none of those that the caller looks after.
pub async fn purge_any(server: &Server, owners: Owners, caller: &Caller, id: Uuid) -> Result<Option<()>, Error> {
    for owner in owners {
        if (owner.may_change)(caller) && (owner.purge)(server, caller, id).await?.is_some() {
            return Ok(Some(()));
        }
    }
    Ok(None)
}

/// Removes for good what can no longer be brought back; how many objects that were.
pub async fn purge(server: &Server, owners: &[&Owner]) -> database::Result<u64> {
    let before = server.clock.now().minus(KEPT);
    let mut objects = 0;
    for owner in owners {
        objects += (owner.purge_old)(server, before).await?;
    }
    Ok(objects)
}
