//! Objects by their ids alone.

use super::load;
use crate::Server;
use crate::changes::Kind;
use crate::directory_objects::directory_object::{DirectoryObject, View};
use crate::graph::{Caller, Error, Permission};
use crate::groups::store::find_object;
use database::Transaction;
use uuid::Uuid;

/// What lets a caller ask for objects of any kind.
const READ: [Permission; 2] = [Permission::DirectoryReadAll, Permission::DirectoryReadWriteAll];

/// The object with this id (Graph: get directoryObject).
pub async fn find(server: &Server, caller: &Caller, id: &str) -> Result<DirectoryObject, Error> {
    check_may_read(caller)?;
    let missing = || Error::not_found(id);
    let parsed: Uuid = id.parse().map_err(|_| missing())?;
    find_all(server, caller, &[parsed], None).await?.pop().ok_or_else(missing)
}

/// The objects with these ids, in their order (Graph: directoryObjects/getByIds); of these kinds only, if some are given. What
/// is not there, or not for the caller, is left out.
pub async fn find_all(
    server: &Server,
    caller: &Caller,
    ids: &[Uuid],
    kinds: Option<&[Kind]>,
) -> Result<Vec<DirectoryObject>, Error> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    let mut named = Vec::new();
    for id in ids {
        let found = find_object(&mut tx, caller.tenant, *id).await?;
        named.extend(found.map(|(kind, _)| (kind, *id)));
    }
    named.retain(|(kind, _)| kinds.is_none_or(|kinds| kinds.contains(kind)));
    named.dedup();
    let mut objects = load(&mut tx, caller.tenant, View::of(caller), &named).await?;
    show_self(&mut tx, caller, &mut objects).await?;
    objects.retain(|object| !matches!(object, DirectoryObject::Hidden(..)));
    Ok(objects)
}

/// Everybody sees themselves, unless the app they use may not.
async fn show_self(tx: &mut Transaction, caller: &Caller, objects: &mut [DirectoryObject]) -> Result<(), Error> {
    let Some(person) = caller.user() else { return Ok(()) };
    let Ok(sight) = crate::users::Sight::of_self(caller) else { return Ok(()) };
    for object in objects.iter_mut().filter(|object| object.id() == person.id.0) {
        if let Some(user) = crate::users::store::find(tx, caller.tenant, person.id).await? {
            *object = DirectoryObject::User(Box::new(user), sight);
        }
    }
    Ok(())
}

/// Refuses whoever may not ask for objects of any kind.
pub(super) fn check_may_read(caller: &Caller) -> Result<(), Error> {
    if caller.has_any(&READ) { Ok(()) } else { Err(Error::denied()) }
}
