//! Some of what hangs on each of several objects, for answers that include it ($expand).

use super::above::{Above, list_above};
use super::identities::{Identities, identities_of};
use super::{Who, load};
use crate::Server;
use crate::applications::{self, Owned, owner_store};
use crate::changes::Kind;
use crate::directory_objects::directory_object::{DirectoryObject, View};
use crate::graph::query::{Listing, Order, Selection, Slice};
use crate::graph::{Caller, Error};
use crate::groups::store::{self, Above as Edges, Window};
use crate::groups::{self, GROUP, Relation};
use crate::platform::ids::{GroupId, PrincipalId};
use crate::users::Sight;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Groups whose members are read at once, so that few objects are held at a time.
const AT_ONCE: usize = 50;

/// Calls `write` with some groups and what hangs on them, by kind and id, at most `limit` objects on each, and with how the users
/// among these sign in if that was selected, until every group had its turn.
pub async fn linked_to(
    server: &Server,
    caller: &Caller,
    (relation, groups): (Relation, &[Uuid]),
    (limit, selection): (u32, &Selection),
    mut write: impl FnMut(Uuid, Vec<&DirectoryObject>, &Identities) + Send,
) -> Result<(), Error> {
    if !groups::may_read(caller) {
        return Err(Error::denied());
    }
    let (view, window) = (View::of(caller), Window { kind: None, condition: None, after: None });
    let mut tx = server.read().await?;
    for some in groups.chunks(AT_ONCE) {
        let mut lists: Vec<(Uuid, Vec<Uuid>)> = Vec::with_capacity(some.len());
        let mut named: BTreeSet<(Kind, Uuid)> = BTreeSet::new();
        for group in some {
            let edge = (relation, GroupId(*group));
            let linked = store::list_linked(&mut tx, caller.tenant, edge, &window, limit).await?;
            lists.push((*group, linked.iter().map(|object| object.id).collect()));
            named.extend(linked.into_iter().map(|object| (object.kind, object.id)));
        }
        let named: Vec<(Kind, Uuid)> = named.into_iter().collect();
        let objects = load(&mut tx, caller.tenant, view, &named).await?;
        let identities = identities_of(&mut tx, caller.tenant, &objects, selection).await?;
        let objects: HashMap<Uuid, &DirectoryObject> = objects.iter().map(|object| (object.id(), object)).collect();
        for (group, ids) in lists {
            write(group, ids.iter().filter_map(|id| objects.get(id).copied()).collect(), &identities);
        }
    }
    Ok(())
}

/// The same of registrations or of service principals and who answers for them.
pub async fn owners_of(
    server: &Server,
    caller: &Caller,
    (kind, owned): (Kind, &[Uuid]),
    (limit, selection): (usize, &Selection),
    mut write: impl FnMut(Uuid, Vec<&DirectoryObject>, &Identities) + Send,
) -> Result<(), Error> {
    if !applications::operations::may_read(caller) || !caller.sees_others() {
        return Err(Error::denied());
    }
    let view = View::of(caller);
    let mut tx = server.read().await?;
    for some in owned.chunks(AT_ONCE) {
        let mut lists: Vec<(Uuid, Vec<Uuid>)> = Vec::with_capacity(some.len());
        let mut named: BTreeSet<(Kind, Uuid)> = BTreeSet::new();
        for id in some {
            let mut owners = owner_store::list(&mut tx, caller.tenant, Owned { kind, id: *id }).await?;
            owners.truncate(limit);
            lists.push((*id, owners.iter().map(|(_, owner)| *owner).collect()));
            named.extend(owners);
        }
        let named: Vec<(Kind, Uuid)> = named.into_iter().collect();
        let objects = load(&mut tx, caller.tenant, view, &named).await?;
        let identities = identities_of(&mut tx, caller.tenant, &objects, selection).await?;
        let objects: HashMap<Uuid, &DirectoryObject> = objects.iter().map(|object| (object.id(), object)).collect();
        for (id, owners) in lists {
            write(id, owners.iter().filter_map(|owner| objects.get(owner).copied()).collect(), &identities);
        }
    }
    Ok(())
}

/// What an object belongs to, roles first, at most `limit`; for whoever may read everybody's memberships, and for the caller
/// themselves. What a group belongs to is for those who read groups, what a program belongs to for those who read programs and
/// see others.
pub async fn above_one(
    server: &Server,
    caller: &Caller,
    (edges, kind, object): (Edges, Kind, Uuid),
    limit: u32,
) -> Result<Vec<DirectoryObject>, Error> {
    let view = View::of(caller);
    let is_self = caller.user().is_some_and(|person| person.id.0 == object);
    let may = match kind {
        Kind::Group => view.groups,
        Kind::ServicePrincipal => view.programs && caller.sees_others(),
        _ if is_self => Sight::of_self(caller).is_ok(),
        _ => view.users.is_some_and(|sight| sight.shows("memberOf")),
    };
    if !may {
        return Err(Error::denied());
    }
    let slice = Slice { condition: None, order: Order::by_id(&GROUP), after: None, size: limit };
    let listing = Listing::plain(Selection::default_of(&GROUP), slice);
    let who = Who { id: PrincipalId(object), is_self };
    Ok(list_above(server, caller, (Above { edges, cast: None }, who), &listing).await?.objects)
}
