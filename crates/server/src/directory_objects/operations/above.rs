//! The groups and roles an object belongs to.

use super::{Page, check_names};
use crate::Server;
use crate::changes::Kind;
use crate::directory_objects::directory_object::{Cast, DirectoryObject, View};
use crate::directory_objects::operations::Who;
use crate::directory_roles;
use crate::graph::query::{Count, Listing, Place, Slice};
use crate::graph::{Caller, Error, Role};
use crate::groups::store::{self, Above as Edges};
use crate::platform::ids::TenantId;
use crate::users::fold;
use database::Transaction;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The kind of a role in the order of a collection, where it comes before `Group`.
const ROLE: &str = "DirectoryRole";

/// What an object belongs to or answers for.
#[derive(Debug, Clone, Copy)]
pub struct Above {
    /// Which edges.
    pub edges: Edges,
    /// Of this kind only.
    pub cast: Option<Cast>,
}

impl Above {
    fn has_groups(self) -> bool {
        matches!(self.cast, None | Some(Cast::Kind(Kind::Group)))
    }

    /// Roles are held, not owned.
    fn has_roles(self) -> bool {
        self.edges != Edges::Owned && matches!(self.cast, None | Some(Cast::Role))
    }
}

/// A page of what an object belongs to: roles, then groups, each by id, unless another order was asked for. By a condition or
/// in an order of groups there are only groups.
pub async fn list_above(
    server: &Server,
    caller: &Caller,
    (above, who): (Above, Who),
    listing: &Listing,
) -> Result<Page, Error> {
    let view = View::of(caller);
    check_names(view, Some(Kind::Group), &listing.names)?;
    let mut tx = server.read().await?;
    let slice = &listing.slice;
    let mut objects = Vec::new();
    if slice.condition.is_none() && !slice.order.is_asked() && !is_behind_roles(slice.after.as_ref()) {
        let roles = roles(&mut tx, caller.tenant, (above, who), view).await?;
        let behind = slice.after.as_ref().map(|place| place.id);
        let roles = roles.into_iter().filter(|(id, _)| behind.is_none_or(|behind| *id > behind));
        objects.extend(roles.map(|(id, role)| DirectoryObject::Role(id, role)));
    }
    let mut next = None;
    if slice.cut(&mut objects) {
        next = objects.last().map(|last| Place { key: Some(ROLE.to_owned()), id: last.id() });
    } else if above.has_groups() {
        let taken = u32::try_from(objects.len()).unwrap_or(slice.size);
        let last_role = objects.last().map(|last| Place { key: Some(ROLE.to_owned()), id: last.id() });
        let after = slice.after.clone().filter(|place| place.key.as_deref() != Some(ROLE));
        let rest = Slice { size: slice.size - taken, after, ..slice.clone() };
        let mut groups = store::list_above(&mut tx, caller.tenant, (above.edges, who.id), &rest).await?;
        if rest.cut(&mut groups) {
            let by_name = slice.order.property().is_some();
            let key = |name: &str| if by_name { fold(name) } else { Kind::Group.as_str().to_owned() };
            let last = groups.last().map(|last| Place { key: Some(key(&last.display_name)), id: last.id.0 });
            next = last.or(last_role);
        }
        let show = |group: Box<_>| DirectoryObject::Group(group);
        objects.extend(groups.into_iter().map(|group| {
            if view.groups { show(Box::new(group)) } else { DirectoryObject::Hidden(Kind::Group, group.id.0) }
        }));
    }
    Ok(Page { objects, next })
}

/// How many groups and roles an object belongs to.
pub async fn count_above(
    server: &Server,
    caller: &Caller,
    (above, who): (Above, Who),
    count: &Count,
) -> Result<i64, Error> {
    let view = View::of(caller);
    check_names(view, Some(Kind::Group), &count.names)?;
    let mut tx = server.read().await?;
    let condition = count.condition.as_ref();
    let mut all = 0;
    if above.has_groups() {
        all += store::count_above(&mut tx, caller.tenant, (above.edges, who.id), condition).await?;
    }
    if condition.is_none() {
        let roles = roles(&mut tx, caller.tenant, (above, who), view).await?;
        all += i64::try_from(roles.len()).unwrap_or(i64::MAX);
    }
    Ok(all)
}

/// The ids of everything an object belongs to, directly or through groups: groups by id, then roles if they are asked for.
pub async fn memberships(server: &Server, caller: &Caller, who: Who, with_roles: bool) -> Result<Vec<Uuid>, Error> {
    let mut tx = server.read().await?;
    let groups = store::list_transitive_above(&mut tx, caller.tenant, who.id).await?;
    let mut ids: Vec<Uuid> = groups.into_iter().map(|group| group.0).collect();
    if with_roles {
        let above = Above { edges: Edges::Transitive, cast: None };
        ids.extend(roles(&mut tx, caller.tenant, (above, who), View::of(caller)).await?.into_keys());
    }
    Ok(ids)
}

/// Which of these ids an object belongs to, in their order.
pub async fn check_within(
    server: &Server,
    caller: &Caller,
    who: Who,
    ids: &[Uuid],
    with_roles: bool,
) -> Result<Vec<Uuid>, Error> {
    let held = memberships(server, caller, who, with_roles).await?;
    Ok(ids.iter().copied().filter(|id| held.contains(id)).collect())
}

fn is_behind_roles(after: Option<&Place>) -> bool {
    after.is_some_and(|place| place.key.as_deref() != Some(ROLE))
}

/// The roles somebody holds, by id, if the caller may know: their own, or everybody's with the right to read roles.
async fn roles(
    tx: &mut Transaction,
    tenant: TenantId,
    (above, who): (Above, Who),
    view: View,
) -> database::Result<BTreeMap<Uuid, Role>> {
    if !above.has_roles() || !(who.is_self || view.roles) {
        return Ok(BTreeMap::new());
    }
    let held = match above.edges {
        Edges::Transitive => directory_roles::effective(tx, tenant, who.id).await?,
        Edges::Direct | Edges::Owned => directory_roles::store::list(tx, tenant, who.id).await?,
    };
    Ok(held.into_iter().map(|role| (directory_roles::object_id(tenant, role), role)).collect())
}
