//! Whoever holds a role, with the objects that they are.

use super::identities::{Identities, identities_of};
use super::{check_names, load};
use crate::Server;
use crate::changes::Kind;
use crate::directory_objects::directory_object::{DirectoryObject, View};
use crate::directory_objects::told::is_told;
use crate::directory_roles::{Holder, operations};
use crate::graph::query::{Listing, Place, Selection};
use crate::graph::{Caller, Error, Role};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody who holds a role, as far as the caller may see them.
#[derive(Debug)]
pub struct Held {
    /// What is told of them to whoever may read roles.
    pub holder: Holder,
    /// The object, as far as the caller may see it.
    pub object: DirectoryObject,
}

/// How many there are in all if that was asked for, and where the next page begins if there is one.
pub type End = (Option<i64>, Option<Place>);

/// A page of whoever holds a role, of one kind or of any: people, then programs, then groups, each by id.
pub async fn list_holders(
    server: &Server,
    caller: &Caller,
    (role, kind): (Role, Option<Kind>),
    listing: &Listing,
) -> Result<(Vec<Holder>, End), Error> {
    let slice = &listing.slice;
    let after = slice.after.as_ref().and_then(|place| Some((Kind::parse(place.key.as_deref()?)?, place.id)));
    let found = operations::holders(server, caller, role, (kind, after), slice.size + 1).await?;
    let (holders, next) =
        slice.page(found, |last| Place { key: Some(last.kind().as_str().to_owned()), id: last.id().0 });
    let count = match listing.with_count {
        true => Some(operations::count_holders(server, caller, role, kind).await?),
        false => None,
    };
    Ok((holders, (count, next)))
}

/// These holders, in their order, with as much of them as was selected and the caller may see, and how the users among them sign
/// in.
///
/// # Errors
/// 403 where it was selected when somebody signed in last, and the caller may not see it.
pub async fn show_holders(
    server: &Server,
    caller: &Caller,
    holders: Vec<Holder>,
    selection: &Selection,
) -> Result<(Vec<Held>, Identities), Error> {
    let view = View::of(caller);
    view.check_activity(selection)?;
    let named: Vec<(Kind, Uuid)> = holders.iter().map(|holder| (holder.kind(), holder.id().0)).collect();
    let mut tx = server.read().await?;
    let found = load(&mut tx, caller.tenant, view, &named).await?;
    let identities = identities_of(&mut tx, caller.tenant, &found, selection).await?;
    let mut objects: HashMap<Uuid, DirectoryObject> = found.into_iter().map(|object| (object.id(), object)).collect();
    let held = |holder: Holder| {
        let id = holder.id().0;
        // One that went in the meantime is told of as it was.
        let object = objects.remove(&id).unwrap_or_else(|| DirectoryObject::Hidden(holder.kind(), id));
        Held { holder, object }
    };
    Ok((holders.into_iter().map(held).collect(), identities))
}

/// Refuses to be asked by what the caller may not read of whoever holds a role.
pub fn check_holders_asked(caller: &Caller, kind: Option<Kind>, names: &[&'static str]) -> Result<(), Error> {
    let further: Vec<&str> = names.iter().copied().filter(|name| !is_told(kind, name)).collect();
    check_names(View::of(caller), kind, &further)
}
