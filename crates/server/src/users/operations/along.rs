//! A page of users who are found by the beginnings of texts.

use super::read::place;
use crate::graph::query::{Condition, Order, Place, Slice};
use crate::platform::ids::TenantId;
use crate::users::access_path::Access;
use crate::users::{USER, User, store};
use database::{Result, Transaction};
use std::collections::BTreeMap;
use uuid::Uuid;

/// So many users are put in another order here; more are read in the order of the database.
const FEW: u32 = 200;

/// How often hits are read for one page.
const ROUNDS: u32 = 20;

/// Where somebody comes in the order of all paths.
type Position = (String, Uuid);

/// Users, and where the next page begins, if there is one.
type Found = (Vec<User>, Option<Place>);

/// The users of a slice, if texts lead to them. Without an order they come by the first text that leads to each of them, at the
/// same cost whether they are few or many. In another order only few are sought so: many are met soon on the way through
/// everybody in that order. `besides` is a further condition, that many meet.
pub(super) async fn page(
    tx: &mut Transaction,
    tenant: TenantId,
    slice: &Slice,
    besides: Option<&Condition>,
) -> Result<Option<Found>> {
    let Some(access) = slice.condition.as_ref().and_then(Access::to) else { return Ok(None) };
    let access = access.and(besides);
    if !slice.order.is_asked() {
        return by_text(tx, tenant, &access, slice).await.map(Some);
    }
    let all = Slice { condition: None, order: Order::by_id(&USER), after: None, size: FEW };
    match by_text(tx, tenant, &access, &all).await? {
        (users, None) => Ok(Some(slice.arrange(users, |user| place(&slice.order, user)))),
        _ => Ok(None),
    }
}

/// The users of a slice, by the first text that leads to each of them.
async fn by_text(tx: &mut Transaction, tenant: TenantId, access: &Access, slice: &Slice) -> Result<Found> {
    let size = usize::try_from(slice.size).unwrap_or(usize::MAX);
    let mut after = slice.after.clone();
    let limit = (slice.size + 1).max(FEW);
    let mut found: Vec<(String, User)> = Vec::new();
    for round in 0.. {
        if found.len() > size {
            break;
        }
        if round == ROUNDS {
            // Behind them may be more, or only whom several words lead to: the next page goes on from here.
            return Ok((found.into_iter().map(|(_, user)| user).collect(), after));
        }
        let (hits, end) = read(tx, tenant, access, after.as_ref(), limit).await?;
        // Whom several words lead to, or several paths, comes once.
        let firsts = hits.into_iter().filter(|((text, _), user)| access.first(user).as_ref() == Some(text));
        found.extend(firsts.map(|((text, _), user)| (text, user)));
        let Some((text, id)) = end else { break };
        after = Some(Place { key: Some(text), id });
    }
    let has_more = found.len() > size;
    found.truncate(size);
    let place = |(text, user): &(String, User)| Place { key: Some(text.clone()), id: user.id.0 };
    let next = found.last().filter(|_| has_more).map(place);
    Ok((found.into_iter().map(|(_, user)| user).collect(), next))
}

/// Hits behind a place, as far as every path has been followed, and how far that is; nothing if all were followed to their
/// ends.
async fn read(
    tx: &mut Transaction,
    tenant: TenantId,
    access: &Access,
    after: Option<&Place>,
    limit: u32,
) -> Result<(BTreeMap<Position, User>, Option<Position>)> {
    let (mut hits, mut end) = (BTreeMap::new(), None::<Position>);
    for path in &access.paths {
        let found = store::list_along(tx, tenant, (path, access.rest.as_ref()), after, limit).await?;
        let is_cut = u32::try_from(found.len()).unwrap_or(u32::MAX) >= limit;
        if let Some((text, last)) = found.last().filter(|_| is_cut) {
            let position = (text.clone(), last.id.0);
            end = Some(match end.take() {
                Some(end) if end < position => end,
                _ => position,
            });
        }
        hits.extend(found.into_iter().map(|(text, user)| ((text, user.id.0), user)));
    }
    if let Some(end) = &end {
        hits.retain(|position, _| position <= end);
    }
    Ok((hits, end))
}
