//! What hangs on groups, by a condition or in an order that is asked for.
//!
//! From few edges everything is read and put in order here. Where there are many, the objects are gone through in the order of
//! an index, or by one that leads to them, and those that do not hang on the groups are passed over: many are met soon.

use super::Page;
use super::linked::Ground;
use crate::changes::Kind;
use crate::directory_objects::directory_object::{DirectoryObject, View};
use crate::directory_objects::store::{self, Edges};
use crate::graph::Error;
use crate::graph::query::{Condition, Listing, Order, Place, Resource, Slice};
use crate::groups::store::hangs_on;
use crate::groups::{self, GROUP, Relation, resource};
use crate::platform::ids::TenantId;
use crate::service_principals::{self, SERVICE_PRINCIPAL};
use crate::users::{self, USER, fold};
use database::{Result, Transaction};

/// From so many edges everything is read at once. Of a million users, a group of more is met every 500 at least.
/// Tests have smaller groups.
const FEW: u32 = if cfg!(test) { 4 } else { 2_000 };

/// What is asked of every kind has the name in common: it is their order where none is asked for.
pub(super) const COMMON: &str = "displayName";

/// The kinds that hang on groups.
static KINDS: [(Kind, &Resource); 3] =
    [(Kind::Group, &GROUP), (Kind::ServicePrincipal, &SERVICE_PRINCIPAL), (Kind::User, &USER)];

impl Ground {
    /// A page of the kind that is asked for, or of all of them.
    pub(super) async fn ask(
        &self,
        tx: &mut Transaction,
        tenant: TenantId,
        listing: &Listing,
    ) -> std::result::Result<Page, Error> {
        if let Some(kind) = self.kind {
            return Ok(self.ask_kind(tx, tenant, kind, &listing.slice).await?);
        }
        let (mut objects, mut has_more) = (Vec::new(), false);
        for (kind, resource) in KINDS {
            let slice = in_common(self.view, listing, resource)?;
            let page = self.ask_kind(tx, tenant, kind, &slice).await?;
            has_more |= page.next.is_some();
            objects.extend(page.objects);
        }
        let slice = in_common(self.view, listing, &USER)?;
        let place = |object: &DirectoryObject| place(&slice.order, object);
        let (objects, next) = slice.arrange(objects, place);
        let next = next.or_else(|| objects.last().filter(|_| has_more).map(place));
        Ok(Page { objects, next })
    }

    /// How many objects of a kind meet a condition.
    pub(super) async fn count(
        &self,
        tx: &mut Transaction,
        tenant: TenantId,
        kind: Kind,
        condition: Option<&Condition>,
    ) -> Result<i64> {
        store::count(tx, tenant, kind, self.edges(), condition).await
    }

    async fn ask_kind(&self, tx: &mut Transaction, tenant: TenantId, kind: Kind, slice: &Slice) -> Result<Page> {
        if store::are_more(tx, tenant, kind, self.edges(), FEW).await? {
            return self.pass(tx, tenant, kind, slice).await;
        }
        let objects = self.read(tx, tenant, kind, slice.condition.as_ref()).await?;
        let (objects, next) = slice.arrange(objects, |object| place(&slice.order, object));
        Ok(Page { objects, next })
    }

    /// Everything on the edges.
    async fn read(
        &self,
        tx: &mut Transaction,
        tenant: TenantId,
        kind: Kind,
        condition: Option<&Condition>,
    ) -> Result<Vec<DirectoryObject>> {
        let (edges, view) = (self.edges(), self.view);
        Ok(match kind {
            Kind::User => each(store::list_users(tx, tenant, edges, condition).await?, |user| view.user(user)),
            Kind::Group => each(store::list_groups(tx, tenant, edges, condition).await?, |group| view.group(group)),
            Kind::ServicePrincipal => {
                each(store::list_programs(tx, tenant, edges, condition).await?, |program| view.program(program))
            }
            Kind::Application | Kind::DirectoryRole | Kind::Grant => Vec::new(),
        })
    }

    /// A page of the objects that are met on another way and hang on the groups.
    async fn pass(&self, tx: &mut Transaction, tenant: TenantId, kind: Kind, slice: &Slice) -> Result<Page> {
        let (view, besides) = (self.view, self.membership(kind));
        if kind == Kind::User {
            let (users, next) = users::operations::among(tx, tenant, slice, Some(&besides)).await?;
            return Ok(Page { objects: each(users, |user| view.user(user)), next });
        }
        let slice = slice.within(besides);
        let found = match kind {
            Kind::Group => each(groups::store::list(tx, tenant, &slice).await?, |group| view.group(group)),
            _ => {
                let programs = service_principals::store::list_slice(tx, tenant, &slice).await?;
                each(programs, |program| view.program(program))
            }
        };
        let (objects, next) = slice.page(found, |object| place(&slice.order, object));
        Ok(Page { objects, next })
    }

    fn edges(&self) -> Edges<'_> {
        Edges { relation: self.relation, groups: &self.groups }
    }

    /// That an object of this kind hangs on one of the groups.
    fn membership(&self, kind: Kind) -> Condition {
        let related = match (self.relation, kind) {
            (Relation::Members, Kind::User) => &resource::MEMBER_USERS,
            (Relation::Members, Kind::Group) => &resource::MEMBER_GROUPS,
            (Relation::Members, _) => &resource::MEMBER_PROGRAMS,
            (Relation::Owners, Kind::User) => &resource::OWNER_USERS,
            (Relation::Owners, _) => &resource::OWNER_PROGRAMS,
        };
        Condition::Exists { related, condition: Box::new(hangs_on(&self.groups)) }
    }
}

/// The slice as it is asked of one kind among several: by name, and by id where names are not shown, which the order would tell of.
pub(super) fn in_common(
    view: View,
    listing: &Listing,
    resource: &'static Resource,
) -> std::result::Result<Slice, Error> {
    let slice = listing.slice_of(resource, COMMON)?;
    if view.shows(None, &[COMMON]) { Ok(slice) } else { Ok(Slice { order: Order::by_id(resource), ..slice }) }
}

fn each<T>(found: Vec<T>, show: impl Fn(T) -> DirectoryObject) -> Vec<DirectoryObject> {
    found.into_iter().map(show).collect()
}

/// Where a page in this order ends with an object.
pub(super) fn place(order: &Order, object: &DirectoryObject) -> Place {
    let name = match object {
        DirectoryObject::User(user, _) => return users::operations::place(order, user),
        DirectoryObject::Group(group) => Some(&group.display_name),
        DirectoryObject::ServicePrincipal(program) => Some(&program.display_name),
        DirectoryObject::Application(_) | DirectoryObject::Role(..) | DirectoryObject::Hidden(..) => None,
    };
    Place { key: name.filter(|_| order.property().is_some()).map(|name| fold(name)), id: object.id() }
}
