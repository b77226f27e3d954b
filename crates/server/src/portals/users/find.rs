//! Who stands on a page of the list. A page costs what it shows, however many people there are.
//!
//! Where a filter or a word that was typed leads to few, these are read by their ids and put in the order of names. Where every word
//! leads to many, they come in the order of the words. Without words people are gone through by name, and those who do not meet the
//! filter are passed over: many are met soon. Where many meet each filter and hardly anybody all of them, going through ends before
//! the page is full, and the next page goes on from there.

use super::filter::Filter;
use super::store::{self, NamePlace, Span};
use crate::graph::query::{Order, Place, Slice};
use crate::platform::Timestamp;
use crate::platform::ids::{TenantId, UserId};
use crate::users::{Typed, USER, User, operations};
use crate::web::numbers::Counted;
use crate::web::paging::{Edge, Page};
use database::{Result, Transaction};

/// So many people are read by their ids; among a million, one of every 500 is met where there are more. Tests have fewer.
pub(super) const FEW: usize = if cfg!(test) { 3 } else { 2_000 };

/// So many people are looked at by name for one page. Tests have fewer.
pub(super) const LOOKED_AT: i64 = if cfg!(test) { 40 } else { 20_000 };

/// What the list is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A page for somebody to look at.
    Page,
    /// A part of the whole list, for a file.
    Part,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// With the first of all.
    First,
    /// Next to somebody, in the order of names.
    Edge(Edge<UserId>),
    /// Behind somebody, in the order of the words that people are found by; this is theirs.
    Behind(String, UserId),
}

/// A page of the list.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) users: Vec<User>,
    /// Where the page before it begins, if there is one.
    pub(super) previous: Option<Start>,
    /// Where the page behind it begins, if there is one.
    pub(super) next: Option<Start>,
    /// How many match, where that is known.
    pub(super) matching: Option<Counted>,
    /// Whether it ended before it was full.
    pub(super) is_cut: bool,
}

impl Reading {
    /// Rows that are read at once.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::Page => 25,
            Self::Part => 500,
        }
    }
}

impl Start {
    /// What the address of a page says.
    pub(super) fn of(after: Option<UserId>, before: Option<UserId>, behind: Option<String>) -> Self {
        match (after, behind) {
            (Some(user), Some(word)) => Self::Behind(word, user),
            _ => Edge::of(after, before).map_or(Self::First, Self::Edge),
        }
    }

    /// In the order of names.
    fn edge(&self) -> Option<Edge<UserId>> {
        match self {
            Self::First => None,
            Self::Edge(edge) => Some(*edge),
            Self::Behind(_, user) => Some(Edge::After(*user)),
        }
    }
}

/// Reads a page.
pub(super) async fn find(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &Filter,
    (start, reading): (&Start, Reading),
    now: Timestamp,
) -> Result<Found> {
    if let Some(ids) = few(tx, tenant, filter, now).await? {
        return among(tx, tenant, (filter, &ids), (start, reading), now).await;
    }
    match &filter.typed {
        Some(_) => by_words(tx, tenant, filter, (start, reading), now).await,
        None => by_name(tx, tenant, filter, (start, reading), now).await,
    }
}

/// Few people, of whom everybody who is listed is one, if a filter leads to so few.
async fn few(tx: &mut Transaction, tenant: TenantId, filter: &Filter, now: Timestamp) -> Result<Option<Vec<UserId>>> {
    for lead in filter.leads() {
        let ids = store::list_led(tx, tenant, &lead, now, limit(FEW)).await?;
        if ids.len() <= FEW {
            return Ok(Some(ids));
        }
    }
    Ok(None)
}

/// Those of few people who are listed.
async fn among(
    tx: &mut Transaction,
    tenant: TenantId,
    (filter, ids): (&Filter, &[UserId]),
    (start, reading): (&Start, Reading),
    now: Timestamp,
) -> Result<Found> {
    let edge = start.edge();
    let span = span(tx, tenant, edge).await?;
    let condition = filter.whole(now);
    let those = (ids, condition.as_ref());
    let users = store::list_among(tx, tenant, those, &span, limit(reading.size()) + 1).await?;
    let matching = match reading {
        Reading::Page => Some(Counted::exactly(store::count_among(tx, tenant, those).await?)),
        Reading::Part => None,
    };
    let mut found = Found::between(Page::of(users, reading.size(), edge.as_ref()));
    found.matching = matching;
    Ok(found)
}

/// People in the order of the words that what was typed leads to them by.
async fn by_words(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &Filter,
    (start, reading): (&Start, Reading),
    now: Timestamp,
) -> Result<Found> {
    let after = match start {
        Start::Behind(word, user) => Some(Place { key: Some(word.clone()), id: user.0 }),
        Start::First | Start::Edge(_) => None,
    };
    let is_first = after.is_none();
    let condition = filter.typed.as_ref().map(Typed::leading);
    let size = u32::try_from(reading.size()).unwrap_or(u32::MAX);
    let slice = Slice { condition, order: Order::by_id(&USER), after, size };
    let (users, next) = operations::among(tx, tenant, &slice, filter.condition(now).as_ref()).await?;
    let next = next.and_then(|place| place.key.map(|word| Start::Behind(word, UserId(place.id))));
    let is_all = is_first && next.is_none();
    Ok(Found {
        previous: (!is_first).then_some(Start::First),
        matching: is_all.then(|| Counted::exactly(limit(users.len()))),
        is_cut: next.is_some() && users.len() < reading.size(),
        users,
        next,
    })
}

/// People by name.
async fn by_name(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &Filter,
    (start, reading): (&Start, Reading),
    now: Timestamp,
) -> Result<Found> {
    let edge = start.edge();
    let mut span = span(tx, tenant, edge).await?;
    if reading == Reading::Page && !filter.is_met_by_name() {
        span.end = store::find_end(tx, tenant, &span, LOOKED_AT).await?;
    }
    let condition = filter.condition(now);
    let users = store::list(tx, tenant, condition.as_ref(), &span, limit(reading.size()) + 1).await?;
    let is_cut = users.len() <= reading.size() && span.end.is_some();
    let mut found = Found::between(Page::of(users, reading.size(), edge.as_ref()));
    if let Some((_, last)) = span.end.filter(|_| is_cut) {
        found.is_cut = found.users.len() < reading.size();
        if span.is_backwards {
            found.previous = Some(Start::Edge(Edge::Before(last)));
        } else {
            found.next = Some(Start::Edge(Edge::After(last)));
        }
    }
    Ok(found)
}

/// From an edge on. One that is gone for good is no edge any more.
async fn span(tx: &mut Transaction, tenant: TenantId, edge: Option<Edge<UserId>>) -> Result<Span> {
    let place: Option<NamePlace> = match edge {
        Some(edge) => store::find_place(tx, tenant, edge.row()).await?,
        None => None,
    };
    Ok(Span { place, end: None, is_backwards: edge.is_some_and(|edge| edge.is_before()) })
}

impl Found {
    /// A page in the order of names.
    fn between(page: Page<User>) -> Self {
        let (first, last) = page.ends();
        let previous = first.map(|user| Start::Edge(Edge::Before(user.id)));
        let next = last.map(|user| Start::Edge(Edge::After(user.id)));
        // Whoever stood beside an empty page has gone: the way back is to the first one.
        let previous = if page.is_lost() { Some(Start::First) } else { previous };
        Self { users: page.rows, previous, next, matching: None, is_cut: false }
    }
}

fn limit(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
