//! What hangs on a group.

use super::{Page, check_names, load};
use crate::Server;
use crate::applications::operations::may_ask_by;
use crate::changes::Kind;
use crate::directory_objects::directory_object::{Cast, DirectoryObject, View};
use crate::graph::query::{Condition, Count, Listing, Place};
use crate::graph::{Caller, Error};
use crate::groups::Relation;
use crate::groups::store::{self, Window};
use crate::platform::ids::{GroupId, PrincipalId, TenantId};
use database::Transaction;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How far down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What hangs on the group itself.
    Direct,
    /// Also what hangs on the groups below it.
    Transitive,
}

/// Which edges of which group.
#[derive(Debug, Clone, Copy)]
pub struct Linked {
    /// Members or owners.
    pub relation: Relation,
    /// How far down.
    pub depth: Depth,
    /// Of this kind only.
    pub cast: Option<Cast>,
}

/// The edges that are looked at, and what of them may be seen.
pub(super) struct Ground {
    pub(super) relation: Relation,
    pub(super) groups: Vec<GroupId>,
    pub(super) kind: Option<Kind>,
    pub(super) view: View,
}

/// A page of what hangs on a group, by kind and id. By a condition, or in an order that is asked for, see [`super::narrowed`].
pub async fn list_linked(
    server: &Server,
    caller: &Caller,
    (linked, group): (Linked, GroupId),
    listing: &Listing,
) -> Result<Page, Error> {
    let mut tx = server.read().await?;
    let Some(ground) = Ground::find(&mut tx, caller, linked, group).await? else { return Ok(Page::default()) };
    ground.check_names(caller, &listing.names)?;
    let slice = &listing.slice;
    if slice.condition.is_some() || slice.order.is_asked() {
        return ground.ask(&mut tx, caller.tenant, listing).await;
    }
    let window = ground.window(None, slice.after.as_ref());
    let found = ground.walk(&mut tx, caller.tenant, &window, slice.size + 1).await?;
    let (found, next) = slice.page(found, store::Linked::place);
    let ids: Vec<(Kind, Uuid)> = found.iter().map(|object| (object.kind, object.id)).collect();
    Ok(Page { objects: load(&mut tx, caller.tenant, ground.view, &ids).await?, next })
}

/// How many objects hang on a group.
pub async fn count_linked(
    server: &Server,
    caller: &Caller,
    (linked, group): (Linked, GroupId),
    count: &Count,
) -> Result<i64, Error> {
    let mut tx = server.read().await?;
    let Some(ground) = Ground::find(&mut tx, caller, linked, group).await? else { return Ok(0) };
    ground.check_names(caller, &count.names)?;
    let condition = count.condition.as_ref();
    if let Some(kind) = ground.kind.filter(|_| condition.is_some()) {
        return Ok(ground.count(&mut tx, caller.tenant, kind, condition).await?);
    }
    let window = ground.window(condition, None);
    Ok(store::count_linked(&mut tx, caller.tenant, ground.relation, &ground.groups, &window).await?)
}

/// One object that hangs on a group itself, with as much of it as the list shows.
///
/// # Errors
/// 404 also for an object of another type, and for one that belongs to the group only through another one.
pub async fn find_linked(
    server: &Server,
    caller: &Caller,
    (relation, group): (Relation, GroupId),
    (cast, id): (Cast, &str),
) -> Result<DirectoryObject, Error> {
    let missing = || Error::not_found(id);
    let Cast::Kind(wanted) = cast else { return Err(missing()) };
    let parsed: Uuid = id.parse().map_err(|_| missing())?;
    let mut tx = server.read().await?;
    let found = store::find_object(&mut tx, caller.tenant, parsed).await?;
    let is_wanted = found.is_some_and(|(kind, _)| kind == wanted);
    if !is_wanted || !store::is_linked(&mut tx, caller.tenant, relation, group, PrincipalId(parsed)).await? {
        return Err(missing());
    }
    load(&mut tx, caller.tenant, View::of(caller), &[(wanted, parsed)]).await?.pop().ok_or_else(missing)
}

impl Ground {
    /// Nothing for a type that hangs on no group.
    async fn find(
        tx: &mut Transaction,
        caller: &Caller,
        Linked { relation, depth, cast }: Linked,
        group: GroupId,
    ) -> Result<Option<Self>, Error> {
        let kind = match cast {
            None => None,
            Some(Cast::Kind(kind @ (Kind::User | Kind::Group | Kind::ServicePrincipal))) => Some(kind),
            Some(_) => return Ok(None),
        };
        let groups = match depth {
            Depth::Direct => vec![group],
            Depth::Transitive => store::list_nested(tx, caller.tenant, group).await?,
        };
        if groups.is_empty() || (relation == Relation::Owners && kind == Some(Kind::Group)) {
            return Ok(None);
        }
        Ok(Some(Self { relation, groups, kind, view: View::of(caller) }))
    }

    /// Refuses to be asked by what the caller may not read. Who answers for an app is not for everybody who reads apps.
    fn check_names(&self, caller: &Caller, names: &[&str]) -> Result<(), Error> {
        if self.kind == Some(Kind::ServicePrincipal) && !may_ask_by(caller, names) {
            return Err(Error::denied());
        }
        check_names(self.view, self.kind, names)
    }

    const fn window<'a>(&self, condition: Option<&'a Condition>, after: Option<&'a Place>) -> Window<'a> {
        Window { kind: self.kind, condition, after }
    }

    /// The next objects by kind and id. Each group is read from where the last page ended, so that a page costs by the groups
    /// and not by how many hang on them.
    async fn walk(
        &self,
        tx: &mut Transaction,
        tenant: TenantId,
        window: &Window<'_>,
        limit: u32,
    ) -> database::Result<Vec<store::Linked>> {
        let mut merged = BTreeMap::new();
        for group in &self.groups {
            for object in store::list_linked(tx, tenant, (self.relation, *group), window, limit).await? {
                merged.insert((object.kind.as_str(), object.id), object);
            }
            while merged.len() > usize::try_from(limit).unwrap_or(usize::MAX) {
                merged.pop_last();
            }
        }
        Ok(merged.into_values().collect())
    }
}
