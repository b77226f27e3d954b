//! The portal's list of users.

use super::read::{Page, page, place};
use crate::Server;
use crate::graph::Caller;
use crate::graph::query::{Condition, Order, Place, Slice};
use crate::platform::ids::TenantId;
use crate::users::resource::USER;
use crate::users::rights::Sight;
use crate::users::search::Search;
use crate::users::{User, UserError, fold, store};
use database::Transaction;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// So many hits in one place are sorted here; more are read in the order of the database.
const FEW: u32 = 200;

/// Hits by the order of the list: folded name, then id.
type Hits = BTreeMap<(String, Uuid), User>;

/// Users by display name, at most `size` of them behind `after`.
pub async fn search(
    server: &Server,
    caller: &Caller,
    search: &Search,
    after: Option<Place>,
    size: u32,
) -> Result<Page, UserError> {
    let sight = Sight::of_all(caller)?;
    let order = Order::by(&USER, "displayName");
    let mut tx = server.read().await?;
    let (mut conditions, places) = (search.filters(), search.places());
    if !places.is_empty() {
        if let Some(hits) = find_few(&mut tx, caller.tenant, &places, &conditions).await? {
            return Ok(cut(hits, sight, &order, after, size));
        }
        conditions.push(Condition::Or(places));
    }
    let condition = if conditions.is_empty() { None } else { Some(Condition::And(conditions)) };
    page(&mut tx, caller, sight, &Slice { condition, order, after, size }).await
}

/// Whoever is found in one of these places; `None` if they are many. Each place has an index of its own, but no index has
/// all of them in the order of names: the few must be sought place by place, the many are met soon on the way through
/// the names.
async fn find_few(
    tx: &mut Transaction,
    tenant: TenantId,
    places: &[Condition],
    filters: &[Condition],
) -> Result<Option<Hits>, UserError> {
    let mut hits = Hits::new();
    for place in places {
        let condition = Some(Condition::And([std::slice::from_ref(place), filters].concat()));
        let slice = Slice { condition, order: Order::by_id(&USER), after: None, size: FEW };
        let mut found = store::list(tx, tenant, &slice).await?;
        if slice.cut(&mut found) {
            return Ok(None);
        }
        hits.extend(found.into_iter().map(|user| ((fold(&user.display_name), user.id.0), user)));
    }
    Ok(Some(hits))
}

fn cut(hits: Hits, sight: Sight, order: &Order, after: Option<Place>, size: u32) -> Page {
    let behind = after.map(|place| (place.key.unwrap_or_default(), place.id));
    let rest = hits.into_iter().filter(|(key, _)| behind.as_ref().is_none_or(|behind| key > behind));
    let limit = usize::try_from(size).unwrap_or(usize::MAX);
    let mut users: Vec<User> = rest.map(|(_, user)| user).take(limit.saturating_add(1)).collect();
    let more = users.len() > limit;
    users.truncate(limit);
    let next = users.last().filter(|_| more).map(|last| place(order, last));
    Page { users, identities: HashMap::new(), sight, next, count: None }
}
