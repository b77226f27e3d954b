//! Who answers for an app. They are a hundred at most, so that everybody is read by their id, and what is asked is asked of them.

use super::narrowed::{self, COMMON, in_common};
use super::{Page, check_names, load};
use crate::Server;
use crate::applications::{self, Owned, owner_store};
use crate::changes::Kind;
use crate::directory_objects::directory_object::{Cast, DirectoryObject, View};
use crate::directory_objects::selection;
use crate::graph::query::{Condition, Count, Listing, Place, Resource, Slice};
use crate::graph::{Caller, Error};
use crate::platform::ids::TenantId;
use crate::service_principals::{self, SERVICE_PRINCIPAL};
use crate::users::{self, USER};
use axum::http::{HeaderMap, Uri};
use database::Transaction;
use uuid::Uuid;

/// The kinds that answer for apps, in the order in which they are listed.
static KINDS: [(Kind, &Resource); 2] = [(Kind::ServicePrincipal, &SERVICE_PRINCIPAL), (Kind::User, &USER)];

/// Which owners are asked for: of each kind those that meet a condition, and the properties it looks at.
#[derive(Debug)]
pub struct Wanted {
    kind: Option<Kind>,
    conditions: Vec<(Kind, Option<Condition>)>,
    names: Vec<&'static str>,
}

impl Wanted {
    /// What the number behind `/$count` is about.
    ///
    /// # Errors
    /// 400 as [`Count::read`].
    pub fn of_count(cast: Option<Cast>, uri: &Uri, headers: &HeaderMap) -> Result<Self, Error> {
        let count = Count::read(selection::linked(cast), uri, headers)?;
        Self::of_each(cast, count.names, |resource| match cast {
            None => Ok(Count::read(resource, uri, headers)?.condition),
            Some(_) => Ok(count.condition.clone()),
        })
    }

    /// What a page is about.
    ///
    /// # Errors
    /// 400 as [`Listing::read`].
    pub fn of_listing(cast: Option<Cast>, listing: &Listing) -> Result<Self, Error> {
        Self::of_each(cast, listing.names.clone(), |resource| match cast {
            None => Ok(listing.slice_of(resource, COMMON)?.condition),
            Some(_) => Ok(listing.slice.condition.clone()),
        })
    }

    /// Without a type each kind is asked by the columns of its own.
    fn of_each(
        cast: Option<Cast>,
        names: Vec<&'static str>,
        condition: impl Fn(&'static Resource) -> Result<Option<Condition>, Error>,
    ) -> Result<Self, Error> {
        let kind = cast.and_then(|cast| KINDS.iter().map(|(kind, _)| *kind).find(|kind| Cast::Kind(*kind) == cast));
        let mut conditions = Vec::new();
        for (one, resource) in KINDS {
            if cast.is_none_or(|cast| cast == Cast::Kind(one)) {
                conditions.push((one, condition(resource)?));
            }
        }
        Ok(Self { kind, conditions, names })
    }
}

/// A page of the owners of an app, by kind and id; by a condition, or in an order that is asked for, by name if no other is.
///
/// # Errors
/// Refused for guests below the level of members, who see nobody they cannot name, and for whoever may not see what is asked by.
pub async fn list_owners(
    server: &Server,
    caller: &Caller,
    (owned, cast): (Owned, Option<Cast>),
    listing: &Listing,
) -> Result<Page, Error> {
    let (view, slice) = (View::of(caller), &listing.slice);
    let mut found = owners(server, caller, owned).await?;
    let wanted = Wanted::of_listing(cast, listing)?;
    check_names(view, wanted.kind, &wanted.names)?;
    let mut tx = server.read().await?;
    if slice.condition.is_some() || slice.order.is_asked() {
        let objects = meeting(&mut tx, caller.tenant, view, (&found, &wanted)).await?;
        let slice = if cast.is_none() { in_common(view, listing, &USER)? } else { slice.clone() };
        let (objects, next) = slice.arrange(objects, |object| narrowed::place(&slice.order, object));
        return Ok(Page { objects, next });
    }
    found.retain(|(kind, _)| wanted.conditions.iter().any(|(of, _)| of == kind));
    if let Some(Place { key, id }) = &slice.after {
        found.retain(|(kind, one)| (Some(kind.as_str()), one) > (key.as_deref(), id));
    }
    let (found, next) = slice.page(found, |(kind, id)| Place { key: Some(kind.as_str().to_owned()), id: *id });
    Ok(Page { objects: load(&mut tx, caller.tenant, view, &found).await?, next })
}

/// How many owners of an app are asked for.
///
/// # Errors
/// As [`list_owners`].
pub async fn count_owners(server: &Server, caller: &Caller, owned: Owned, wanted: &Wanted) -> Result<i64, Error> {
    let view = View::of(caller);
    let found = owners(server, caller, owned).await?;
    check_names(view, wanted.kind, &wanted.names)?;
    let mut tx = server.read().await?;
    let met = meeting(&mut tx, caller.tenant, view, (&found, wanted)).await?;
    Ok(i64::try_from(met.len()).unwrap_or(i64::MAX))
}

/// Every owner who is not deleted.
async fn owners(server: &Server, caller: &Caller, owned: Owned) -> Result<Vec<(Kind, Uuid)>, Error> {
    if !applications::operations::may_read(caller) || !caller.sees_others() {
        return Err(Error::denied());
    }
    Ok(owner_store::list(&mut server.read().await?, caller.tenant, owned).await?)
}

/// Those of the owners who are wanted, in no order.
async fn meeting(
    tx: &mut Transaction,
    tenant: TenantId,
    view: View,
    (owners, wanted): (&[(Kind, Uuid)], &Wanted),
) -> database::Result<Vec<DirectoryObject>> {
    let mut met = Vec::new();
    for (kind, condition) in &wanted.conditions {
        let ids = owners.iter().filter(|(of, _)| of == kind).map(|(_, id)| *id).collect::<Vec<_>>();
        if ids.is_empty() {
            continue;
        }
        let slice = |resource: &'static Resource| {
            let among = Condition::one_of(resource.id, ids.iter().copied());
            Slice { condition: condition.clone(), ..Slice::of_ids(resource, &ids) }.within(among)
        };
        match kind {
            Kind::User => {
                let users = users::store::list(tx, tenant, &slice(&USER)).await?;
                met.extend(users.into_iter().map(|user| view.user(user)));
            }
            _ => {
                let slice = slice(&SERVICE_PRINCIPAL);
                let programs = service_principals::store::list_slice(tx, tenant, &slice).await?;
                met.extend(programs.into_iter().map(|program| view.program(program)));
            }
        }
    }
    Ok(met)
}
