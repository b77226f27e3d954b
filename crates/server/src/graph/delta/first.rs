//! The first round: the whole collection by id, and who belongs to its groups.

use super::query::Query;
use super::written::member;
use super::{Edge, Found, Item, Members, Source, Token, among, bounds, page, with_id};
use crate::Server;
use crate::graph::query::{Place, Slice};
use crate::graph::{Caller, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Members on a page, those of all its groups together. A group with more comes again on the next page, with further ones.
const MEMBERS: u32 = 1_000;

/// Where a page begins.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Start {
    /// Behind this object.
    after: Option<Uuid>,
    /// Behind this member of the object that follows.
    within: Option<Edge>,
}

/// A page of the first round.
pub(super) async fn first(
    server: &Server,
    caller: &Caller,
    source: &Source,
    query: &Query,
    place: Option<(i64, Start)>,
) -> Result<Option<Found>, Error> {
    // The number is read before the objects: what changes in between comes again in the next round.
    let (from, start) = match place {
        Some(place) => place,
        None => (bounds(server, caller).await?.0, Start::default()),
    };
    let after = start.after.map(|id| Place { key: None, id });
    let condition = query.ids.as_deref().map(|ids| among(source.resource.id, ids));
    let written = (source.read)(server, caller, &query.listing(Slice { condition, ..page(source, after) })).await?;
    let last = written.items.last().filter(|_| written.more).map(|(id, _)| *id);
    let mut next = last.map(|id| Start { after: Some(id), within: None });
    let mut items: Vec<Item> = written.items.into_iter().map(|item| with_id(source, item)).collect();
    if let (Some(members), true) = (source.members, query.with_members) {
        next = attach(server, caller, members, start, &mut items).await?.or(next);
    }
    let next = match next {
        Some(start) => Token::First { from, start },
        None => Token::Since { number: from, at: server.clock.now().microseconds() },
    };
    Ok(Some(Found { items: items.into_iter().map(|(_, item)| item).collect(), next }))
}

/// Puts the members into the groups, as many as a page holds; where the next page begins if there are more. What comes behind
/// that is taken off.
async fn attach(
    server: &Server,
    caller: &Caller,
    members: Members,
    start: Start,
    items: &mut Vec<Item>,
) -> Result<Option<Start>, Error> {
    let ids: Vec<Uuid> = items.iter().map(|(id, _)| *id).collect();
    let mut found = members(server, caller, &ids, start.within, MEMBERS + 1).await?;
    let surplus = if found.len() > usize::try_from(MEMBERS).unwrap_or(usize::MAX) { found.pop() } else { None };
    let mut lists: HashMap<Uuid, Vec<Value>> = HashMap::new();
    for edge in &found {
        lists.entry(edge.group).or_default().push(member(edge.kind, edge.member, true));
    }
    for (id, item) in items.iter_mut() {
        if let Some(list) = lists.remove(id) {
            item.insert("members@delta".to_owned(), list.into());
        }
    }
    let (Some(surplus), Some(last)) = (surplus, found.last()) else { return Ok(None) };
    let at = ids.iter().position(|id| *id == last.group).unwrap_or_default();
    items.truncate(at + 1);
    Ok(Some(if surplus.group == last.group {
        let before = at.checked_sub(1).and_then(|at| ids.get(at)).copied();
        Start { after: before.or(start.after), within: Some(*last) }
    } else {
        Start { after: Some(last.group), within: None }
    }))
}
