//! Delta queries: what changed since a caller looked last (Graph: delta query overview).
//!
//! The first round is the whole collection by id; its last page carries a link with the number of the last change before the
//! round began. Following that link costs by the changes in [`crate::changes`], whatever the directory holds. Every page is
//! read as the objects are now, so an object may come twice, never not at all.

mod first;
mod query;
mod written;

use first::{Start, first};
use query::{Query, check};
use written::{Member, Seen, removed};

use super::page::{read_skip_token, skip_token};
use super::query::{Condition, Listing, Order, Place, Resource, Slice};
use super::resource::{context_url, json};
use super::{Caller, Error};
use crate::Server;
use crate::changes::{self, KEPT, Kind, Logged};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use database::Timestamp;
use futures_util::future::BoxFuture;
use odata::QueryOptions;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

/// Objects, or changes, on a page.
const PAGE: u32 = 200;

/// How long a link to the next changes is good for (Graph: delta query, token duration). The changes are kept longer.
const GOOD_FOR: Duration = Duration::from_hours(7 * 24);

const _: () = assert!(GOOD_FOR.as_secs() < KEPT.as_secs(), "no link outlives what it leads to");

/// An object as it is written, with its id.
pub type Item = (Uuid, Map<String, Value>);

/// Some objects as they are written.
#[derive(Debug, Default)]
pub struct Written {
    /// The objects in order.
    pub items: Vec<Item>,
    /// Whether more follow.
    pub more: bool,
}

/// Reads a page of objects as the caller may see them; whoever may not list them at all is refused, also when there are
/// none.
pub type Read = for<'a> fn(&'a Server, &'a Caller, &'a Listing) -> BoxFuture<'a, Result<Written, Error>>;

/// A member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The group.
    pub group: Uuid,
    /// What the member is.
    pub kind: Kind,
    /// The member.
    pub member: Uuid,
}

/// The members of some groups, group by group in the order of the ids, each in an order of its own; those of the first group from
/// behind an edge, if it is one of this group. At most as many as the number says.
pub type Members =
    for<'a> fn(&'a Server, &'a Caller, &'a [Uuid], Option<Edge>, u32) -> BoxFuture<'a, Result<Vec<Edge>, Error>>;

/// How a collection writes the ids of its objects.
#[derive(Debug, Clone, Copy)]
pub struct IdForm {
    /// The id as it is written.
    pub write: fn(Uuid) -> String,
    /// Reads what `write` wrote, and nothing else.
    pub read: fn(&str) -> Option<Uuid>,
}

impl IdForm {
    /// The form of directory objects.
    pub const OBJECT: Self = Self { write: |id| id.to_string(), read: |text| text.parse().ok() };
}

/// A collection that tells its changes.
#[derive(Debug)]
pub struct Source {
    /// Its name in contexts: `users`.
    pub set: &'static str,
    /// What changes.
    pub kind: Kind,
    /// Objects of another kind that these ones show a part of, and the column that refers to them.
    pub also: Option<(Kind, &'static str)>,
    /// Its properties.
    pub resource: &'static Resource,
    /// How their ids are written.
    pub ids: IdForm,
    /// Reads objects.
    pub read: Read,
    /// Reads members, where the objects have any.
    pub members: Option<Members>,
}

/// Where a caller stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Token {
    /// In the first round, which began after this change, at this place.
    First { from: i64, start: Start },
    /// Among the changes up to `until`, behind `after`.
    Changes { after: i64, until: i64 },
    /// Behind this change, since then.
    Since { number: i64, at: i64 },
}

/// What a page holds and where it leads.
struct Found {
    items: Vec<Map<String, Value>>,
    next: Token,
}

/// Answers `GET /{set}/delta`.
///
/// # Errors
/// 400 for an option that delta queries do not have, 410 for a link whose changes are gone.
pub async fn answer(server: &Server, caller: &Caller, source: &'static Source, uri: &Uri) -> Result<Response, Error> {
    let options = QueryOptions::parse(uri.query().unwrap_or_default())?;
    check(&options)?;
    let query = Query::read(server, caller.tenant, source, uri, &options).await?;
    let written = options.skip_token.as_deref().or(options.delta_token.as_deref());
    // What is refused is named as the caller wrote it.
    let refused = |error: Error| match options.skip_token {
        Some(_) => error,
        None => Error::bad_request("The delta token is not valid for this request.").with_target("$deltatoken"),
    };
    let found = match written {
        None => first(server, caller, source, &query, None).await?,
        Some("latest") if options.delta_token.is_some() => latest(server, caller, source, &query).await?,
        Some(token) => match read_skip_token(server, caller.tenant, &query.binding, token).map_err(refused)? {
            Token::First { from, start } => first(server, caller, source, &query, Some((from, start))).await?,
            Token::Changes { after, until } => since(server, caller, source, &query, after, Some(until)).await?,
            Token::Since { at, .. } if is_over(server, at) => return Ok(gone(server, &query)),
            Token::Since { number, .. } => since(server, caller, source, &query, number, None).await?,
        },
    };
    match found {
        Some(found) => Ok(respond(server, caller, source, &query, found)),
        None => Ok(gone(server, &query)),
    }
}

/// Nothing but a link to what changes from now on.
async fn latest(server: &Server, caller: &Caller, source: &Source, query: &Query) -> Result<Option<Found>, Error> {
    let nothing = Slice { condition: Some(Condition::Never), ..page(source, None) };
    (source.read)(server, caller, &query.listing(nothing)).await?;
    let (number, _) = bounds(server, caller).await?;
    Ok(Some(Found { items: Vec::new(), next: Token::Since { number, at: server.clock.now().microseconds() } }))
}

/// A page of changes behind a number; `None` if they are not all there any more.
async fn since(
    server: &Server,
    caller: &Caller,
    source: &Source,
    query: &Query,
    after: i64,
    until: Option<i64>,
) -> Result<Option<Found>, Error> {
    let mut tx = server.read().await?;
    let (last, from) = changes::store::bounds(&mut tx, caller.tenant).await?;
    if after < from || after > last {
        return Ok(None);
    }
    let (until, limit) = (until.unwrap_or(last), i64::from(PAGE));
    let mut rows = changes::store::list(&mut tx, caller.tenant, source.kind, after, until, limit).await?;
    let mut also = match source.also {
        Some((kind, _)) => changes::store::list(&mut tx, caller.tenant, kind, after, until, limit).await?,
        None => Vec::new(),
    };
    drop(tx);
    // Either list may end early: what is complete reaches up to the smaller of the two ends.
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let end = |rows: &[Logged]| rows.last().filter(|_| rows.len() == size).map_or(until, |row| row.number);
    let end = end(&rows).min(end(&also));
    rows.retain(|row| row.number <= end && query.is_asked(row.object_id));
    also.retain(|row| row.number <= end);
    let items = write(server, caller, source, query, &rows, &also).await?;
    let next = match end < until {
        true => Token::Changes { after: end, until },
        false => Token::Since { number: until, at: server.clock.now().microseconds() },
    };
    Ok(Some(Found { items, next }))
}

/// The objects of some changes as they are now, in the order in which they changed first.
async fn write(
    server: &Server,
    caller: &Caller,
    source: &Source,
    query: &Query,
    rows: &[Logged],
    also: &[Logged],
) -> Result<Vec<Map<String, Value>>, Error> {
    let mut order: Vec<Uuid> = Vec::new();
    let mut last: HashMap<Uuid, Seen> = HashMap::new();
    for row in rows {
        let seen = last.entry(row.object_id).or_insert_with(|| {
            order.push(row.object_id);
            Seen::default()
        });
        seen.add(row);
    }
    let mut wanted = vec![among(source.resource.id, &order)];
    if let Some((_, column)) = source.also.filter(|_| !also.is_empty()) {
        let others: Vec<Uuid> = also.iter().map(|row| row.object_id).collect();
        wanted.push(among(column, &others));
    }
    let most = u32::try_from(rows.len() + also.len()).unwrap_or(PAGE);
    let mut found: HashMap<Uuid, Map<String, Value>> = HashMap::new();
    // One after the other: each is led by an index, both together would be sought among all.
    for condition in wanted {
        let slice = Slice { condition: Some(condition), size: most, ..page(source, None) };
        let written = (source.read)(server, caller, &query.listing(slice)).await?;
        found.extend(written.items.into_iter().map(|item| with_id(source, item)));
    }
    let mut items = Vec::with_capacity(order.len());
    for id in order {
        let seen = last.remove(&id).unwrap_or_default();
        match found.remove(&id) {
            Some(mut item) => {
                if query.with_members && !seen.members.is_empty() {
                    item.insert("members@delta".to_owned(), seen.members.into_iter().map(Member::write).collect());
                }
                items.push(item);
            }
            None => items.push(removed((source.ids.write)(id), seen.is_purged)),
        }
    }
    items.extend(found.into_iter().filter(|(id, _)| query.is_asked(*id)).map(|(_, item)| item));
    Ok(items)
}

/// Whatever was selected: without its id, nobody knows which object changed.
fn with_id(source: &Source, (id, mut item): Item) -> Item {
    item.insert("id".to_owned(), (source.ids.write)(id).into());
    (id, item)
}

fn among(column: &'static str, ids: &[Uuid]) -> Condition {
    match ids {
        [] => Condition::Never,
        ids => Condition::one_of(column, ids.iter().copied()),
    }
}

fn page(source: &Source, after: Option<Place>) -> Slice {
    Slice { condition: None, order: Order::by_id(source.resource), after, size: PAGE }
}

async fn bounds(server: &Server, caller: &Caller) -> Result<(i64, i64), Error> {
    Ok(changes::store::bounds(&mut server.read().await?, caller.tenant).await?)
}

fn is_over(server: &Server, at: i64) -> bool {
    server.clock.now() > Timestamp::from_microseconds(at).plus(GOOD_FOR)
}

fn respond(server: &Server, caller: &Caller, source: &Source, query: &Query, found: Found) -> Response {
    let token = skip_token(server, caller.tenant, &query.binding, &found.next);
    let (name, link) = match found.next {
        Token::Since { .. } => ("@odata.deltaLink", query.link("deltatoken", &token)),
        Token::First { .. } | Token::Changes { .. } => ("@odata.nextLink", query.link("skiptoken", &token)),
    };
    let mut body = Map::new();
    let context = context_url(server, &query.selection.context(source.set));
    body.insert("@odata.context".to_owned(), context.into());
    body.insert(name.to_owned(), format!("{}{link}", server.settings.public_address()).into());
    body.insert("value".to_owned(), found.items.into_iter().map(Value::Object).collect());
    json(StatusCode::OK, &Value::Object(body))
}

/// 410 with the address at which to begin anew (Graph: delta query, synchronization reset).
fn gone(server: &Server, query: &Query) -> Response {
    let message =
        "The delta link is too old, or its changes are not kept any more. Begin anew at the address in Location.";
    let mut response = Error::new(StatusCode::GONE, "resyncRequired", message).into_response();
    // What came as an address can stand in a header.
    let address = format!("{}{}", server.settings.public_address(), query.link);
    if let Ok(value) = HeaderValue::from_str(&address) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}
