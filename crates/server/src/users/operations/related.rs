//! Users who stand in a relation to one: sponsors, manager, those who report to them, those they answer for.

use super::Key;
use super::read::{Page, among, attach_identities, check_combination, check_names, place, see};
use crate::Server;
use crate::graph::Caller;
use crate::graph::query::{Listing, Place};
use crate::platform::ids::{TenantId, UserId};
use crate::users::edges::Edge;
use crate::users::rights::{self, Sight};
use crate::users::sponsors::SponsorGroup;
use crate::users::{User, UserError, manager, sponsors, store};
use database::Transaction;
use uuid::Uuid;

/// From so many edges everybody is read at once. Of a million users, a relation to more is met every 500 at least. Tests have fewer
/// people.
const FEW: u32 = if cfg!(test) { 3 } else { 2_000 };

/// The relations of a user to other users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Those who answer for a guest. A guest may see who answers for them.
    Sponsors,
    /// Those whom the user answers for.
    SponsorOf,
    /// The one they report to.
    Manager,
    /// Those who report to them.
    DirectReports,
}

impl Relation {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sponsors => "sponsors",
            Self::SponsorOf => "sponsorOf",
            Self::Manager => "manager",
            Self::DirectReports => "directReports",
        }
    }

    /// The way to many users; none for a relation to few.
    const fn edge(self) -> Option<Edge> {
        match self {
            Self::SponsorOf => Some(Edge::Guests),
            Self::DirectReports => Some(Edge::Reports),
            Self::Sponsors | Self::Manager => None,
        }
    }
}

/// The users in a relation to one, at most `limit` of many, and what the caller may see of them. How they sign in is read where
/// `with_identities` says so.
pub async fn related(
    server: &Server,
    caller: &Caller,
    key: &Key,
    relation: Relation,
    (limit, with_identities): (i64, bool),
) -> Result<Page, UserError> {
    let mut tx = server.read().await?;
    let user = check(&mut tx, caller, key, relation).await?;
    let users = list(&mut tx, caller.tenant, user.id, relation, None, limit).await?;
    let mut page = Page::of(users, Sight::of_all(caller).unwrap_or(Sight::PUBLIC));
    attach_identities(&mut tx, caller, &mut page, with_identities).await?;
    Ok(page)
}

/// A page of the users in a relation to one (Graph: list directReports), by id unless another order is asked for.
pub async fn list_related(
    server: &Server,
    caller: &Caller,
    key: &Key,
    relation: Relation,
    listing: &Listing,
) -> Result<Page, UserError> {
    let mut tx = server.read().await?;
    let user = check(&mut tx, caller, key, relation).await?;
    let sight = Sight::of_all(caller).unwrap_or(Sight::PUBLIC);
    check_names(sight, &listing.names)?;
    check_combination(&listing.names)?;
    let (users, next) = page(&mut tx, (caller.tenant, user.id), relation, listing).await?;
    let mut page = Page { next, ..Page::of(users, sight) };
    attach_identities(&mut tx, caller, &mut page, listing.selection.has("identities")).await?;
    if let Some(edge) = relation.edge().filter(|_| listing.with_count) {
        let from = (caller.tenant, user.id);
        page.count = Some(edge.count(&mut tx, from, listing.slice.condition.as_ref()).await?);
    }
    Ok(page)
}

/// Where nothing is asked, a page costs what it shows; by a condition or in an order see [`crate::users::edges`].
async fn page(
    tx: &mut Transaction,
    from: (TenantId, UserId),
    relation: Relation,
    listing: &Listing,
) -> database::Result<(Vec<User>, Option<Place>)> {
    let (slice, (tenant, user)) = (&listing.slice, from);
    let Some(edge) = relation.edge().filter(|_| slice.condition.is_some() || slice.order.is_asked()) else {
        let after = slice.after.as_ref().map(|place| place.id);
        let found = list(tx, tenant, user, relation, after, i64::from(slice.size) + 1).await?;
        return Ok(slice.page(found, |last| Place { key: None, id: last.id.0 }));
    };
    if edge.are_more(tx, from, FEW).await? {
        return among(tx, tenant, slice, Some(&edge.leads_from(user))).await;
    }
    let found = edge.list(tx, from, slice.condition.as_ref()).await?;
    Ok(slice.arrange(found, |user| place(&slice.order, user)))
}

/// The groups that answer for a user, for whoever may see the people who do.
pub async fn sponsoring_groups(server: &Server, caller: &Caller, key: &Key) -> Result<Vec<SponsorGroup>, UserError> {
    let mut tx = server.read().await?;
    let user = check(&mut tx, caller, key, Relation::Sponsors).await?;
    Ok(sponsors::list_groups(&mut tx, caller.tenant, user.id).await?)
}

/// The user whose relation the caller may see.
async fn check(tx: &mut Transaction, caller: &Caller, key: &Key, relation: Relation) -> Result<User, UserError> {
    rights::check_relations(caller)?;
    let (user, sight) = see(tx, caller, key).await?;
    if !rights::shows_relations(caller, user.id) || !sight.shows(relation.name()) {
        return Err(UserError::Denied);
    }
    // Whoever sees nobody else sees nobody through their own relations either, but who answers for them.
    if rights::sees_nobody(caller) && relation != Relation::Sponsors {
        return Err(UserError::Denied);
    }
    Ok(user)
}

async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    relation: Relation,
    after: Option<Uuid>,
    limit: i64,
) -> database::Result<Vec<User>> {
    match relation {
        Relation::Sponsors => store::list_sponsors(tx, tenant, user).await,
        Relation::SponsorOf => sponsors::list_of(tx, tenant, user, after, limit).await,
        Relation::Manager => Ok(manager::find(tx, tenant, user).await?.into_iter().collect()),
        Relation::DirectReports => manager::list_reports(tx, tenant, user, after, limit).await,
    }
}
