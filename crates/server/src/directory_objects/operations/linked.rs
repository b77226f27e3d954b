//! What hangs on a group.

use super::{Page, check_names, load};
use crate::changes::Kind;
use crate::directory_objects::directory_object::{Cast, DirectoryObject, View};
use crate::graph::query::{Condition, Count, Listing, Place, Related, Slice};
use crate::graph::{Caller, Error};
use crate::groups::store::{self, Window, hangs_on};
use crate::groups::{Relation, resource};
use crate::platform::ids::{GroupId, PrincipalId, TenantId};
use crate::users::fold;
use crate::{Server, groups, service_principals, users};
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
struct Ground {
    relation: Relation,
    groups: Vec<GroupId>,
    kind: Option<Kind>,
    view: View,
}

/// A page of what hangs on a group, by kind and id unless another order was asked for.
pub async fn list_linked(
    server: &Server,
    caller: &Caller,
    (linked, group): (Linked, GroupId),
    listing: &Listing,
) -> Result<Page, Error> {
    let mut tx = server.read().await?;
    let Some(ground) = Ground::find(&mut tx, caller, linked, group).await? else { return Ok(Page::default()) };
    check_names(ground.view, ground.kind, &listing.names)?;
    let slice = &listing.slice;
    if ground.kind.is_some() && (slice.condition.is_some() || slice.order.property().is_some()) {
        return ground.ask(&mut tx, caller.tenant, slice).await;
    }
    let window = ground.window(slice.condition.as_ref(), slice.after.as_ref());
    let mut found = ground.walk(&mut tx, caller.tenant, &window, slice.size + 1).await?;
    let more = slice.cut(&mut found);
    let next = found.last().filter(|_| more).map(store::Linked::place);
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
    check_names(ground.view, ground.kind, &count.names)?;
    let condition = count.condition.as_ref();
    if ground.kind.is_some() && condition.is_some() {
        return ground.count(&mut tx, caller.tenant, condition).await;
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

    /// A page of one kind by a condition or in an order that only this kind has.
    async fn ask(&self, tx: &mut Transaction, tenant: TenantId, slice: &Slice) -> Result<Page, Error> {
        let slice = Slice { condition: Some(self.narrowed(slice.condition.as_ref())), ..slice.clone() };
        let by_name = slice.order.property();
        let mut objects: Vec<(Option<String>, DirectoryObject)> = match (self.kind, self.view.users) {
            (Some(Kind::User), Some(sight)) => {
                let key = |user: &users::User| match by_name {
                    Some("userPrincipalName") => fold(&user.user_principal_name),
                    _ => fold(&user.display_name),
                };
                let found = users::store::list(tx, tenant, &slice).await?.into_iter();
                found.map(|user| (Some(key(&user)), DirectoryObject::User(Box::new(user), sight))).collect()
            }
            (Some(Kind::Group), _) => {
                let found = groups::store::list(tx, tenant, &slice).await?.into_iter();
                found.map(|group| (Some(fold(&group.display_name)), DirectoryObject::Group(Box::new(group)))).collect()
            }
            (Some(Kind::ServicePrincipal), _) => {
                let found = service_principals::store::list_slice(tx, tenant, &slice).await?.into_iter();
                let write = |program: service_principals::ServicePrincipal| {
                    (Some(fold(&program.display_name)), DirectoryObject::ServicePrincipal(Box::new(program)))
                };
                found.map(write).collect()
            }
            _ => Vec::new(),
        };
        let more = slice.cut(&mut objects);
        let place = |(key, last): &(Option<String>, DirectoryObject)| Place {
            key: key.clone().filter(|_| by_name.is_some()),
            id: last.id(),
        };
        let next = objects.last().filter(|_| more).map(place);
        Ok(Page { objects: objects.into_iter().map(|(_, object)| object).collect(), next })
    }

    async fn count(&self, tx: &mut Transaction, tenant: TenantId, condition: Option<&Condition>) -> Result<i64, Error> {
        let condition = self.narrowed(condition);
        Ok(match self.kind {
            Some(Kind::User) => users::store::count(tx, tenant, Some(&condition)).await?,
            Some(Kind::Group) => groups::store::count(tx, tenant, Some(&condition)).await?,
            Some(Kind::ServicePrincipal) => service_principals::store::count(tx, tenant, Some(&condition)).await?,
            Some(Kind::Application | Kind::DirectoryRole | Kind::Grant) | None => 0,
        })
    }

    /// The condition, and that the object hangs on one of the groups.
    fn narrowed(&self, condition: Option<&Condition>) -> Condition {
        let related = match (self.relation, self.kind) {
            (Relation::Members, Some(Kind::User)) => &resource::MEMBER_USERS,
            (Relation::Members, Some(Kind::Group)) => &resource::MEMBER_GROUPS,
            (Relation::Members, _) => &resource::MEMBER_PROGRAMS,
            (Relation::Owners, Some(Kind::User)) => &resource::OWNER_USERS,
            (Relation::Owners, _) => &resource::OWNER_PROGRAMS,
        };
        narrowed(condition, related, hangs_on(&self.groups))
    }
}

fn narrowed(condition: Option<&Condition>, related: &'static Related, edge: Condition) -> Condition {
    let edge = Condition::Exists { related, condition: Box::new(edge) };
    Condition::And(condition.cloned().into_iter().chain([edge]).collect())
}
