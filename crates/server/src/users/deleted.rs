//! Deleted users: for thirty days they can be brought back with everything that hung on them; then they are gone for good.

mod find;
mod purge;
mod restore;

pub use find::{Deleted, count, list, page};
pub use purge::{Others, clear, purge, purge_old};
pub use restore::{Wish, restore};

use super::graph::wire;
use super::rights::Deed;
use super::{Sight, USER, UserError};
use crate::Server;
use crate::deleted_items::{Outcome, Owner, Written};
use crate::graph::body::Object;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error};
use crate::platform::ids::UserId;
use axum::http::Uri;
use database::Timestamp;
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Users as owner of deleted objects. Purging is handed in: others keep something of a user too.
pub const fn owner(
    purge: for<'a> fn(&'a Server, &'a Caller, Uuid) -> Outcome<'a, ()>,
    purge_old: for<'a> fn(&'a Server, Timestamp) -> BoxFuture<'a, database::Result<u64>>,
) -> Owner {
    Owner { may_read, may_change, find: find_one, restore: restore_one, purge, purge_old }
}

/// Deleted users are for those who administer users; what is enough to bring one back is enough to look.
pub fn may_read(caller: &Caller) -> bool {
    may_change(caller) || find::may_read(caller)
}

fn may_change(caller: &Caller) -> bool {
    Deed::Delete.is_allowed(caller)
}

fn find_one<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, uri: &'a Uri) -> Outcome<'a, Written> {
    Box::pin(async move {
        // An object of another kind has properties of its own to select.
        let Some(found) = find::find(server, caller, UserId(id)).await? else { return Ok(None) };
        Ok(Some(write(&found, &Selection::of_one(&USER, uri)?)))
    })
}

fn restore_one<'a>(server: &'a Server, caller: &'a Caller, id: Uuid, body: Object) -> Outcome<'a, Written> {
    Box::pin(async move {
        let wish = read_wish(body)?;
        let restored = restore(server, caller, UserId(id), wish).await?;
        Ok(restored.map(|user| {
            let found = Deleted { user, identities: Vec::new(), sight: find::sight(caller) };
            write(&found, &Selection::default_of(&USER))
        }))
    })
}

fn read_wish(mut body: Object) -> Result<Wish, Error> {
    let wish = Wish {
        principal_name: body.take("newUserPrincipalName")?,
        drops_taken_addresses: body.take("autoReconcileProxyConflict")?.unwrap_or(false),
    };
    body.finish()?;
    Ok(wish)
}

fn write(found: &Deleted, selection: &Selection) -> Written {
    let mut object = wire::user(&found.user, &found.identities, selection, found.sight);
    object.insert("@odata.type".to_owned(), "#microsoft.graph.user".into());
    object
}
