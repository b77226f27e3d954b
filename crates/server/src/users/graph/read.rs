//! Reading users.

use super::wire;
use crate::Server;
use crate::changes::Kind;
use crate::graph::delta::{IdForm, Item, Source, Written};
use crate::graph::query::{Count, Expansions, Listing, PREFIX, Selection};
use crate::graph::{Caller, Error, delta, resource};
use crate::users::operations::{self, Found, Key};
use crate::users::{Sight, USER, User, UserError};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

/// `GET /users`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (listing, expansions) = Listing::with_expand(&server, caller.tenant, &USER, &uri, &headers).await?;
    let page = operations::list(&server, &caller, &listing).await?;
    let (ids, mut items) = write_whole(&server, &caller, &page, &listing).await?;
    expansions.attach(&server, &caller, &ids, &mut items).await?;
    Ok(listing.answer(&server, caller.tenant, "users", items, (page.count, page.next)))
}

/// The users of a page as they are written.
fn write(page: &operations::Page, listing: &Listing) -> Result<Vec<Item>, Error> {
    check_activity(&listing.selection, page.sight)?;
    let none = Vec::new();
    let write = |user: &User| {
        let identities = page.identities.get(&user.id).unwrap_or(&none);
        (user.id.0, wire::user(user, identities, &listing.selection, page.sight))
    };
    Ok(page.users.iter().map(write).collect())
}

/// The same with what the organisation added to users, each with their id.
async fn write_whole(
    server: &Server,
    caller: &Caller,
    page: &operations::Page,
    listing: &Listing,
) -> Result<(Vec<Uuid>, Vec<Map<String, Value>>), Error> {
    let (ids, mut items): (Vec<Uuid>, Vec<_>) = write(page, listing)?.into_iter().unzip();
    if page.sight.shows(PREFIX) {
        listing.selection.attach_added(server, caller.tenant, &ids, &mut items).await?;
    }
    Ok((ids, items))
}

static CHANGES: Source = Source {
    set: "users",
    kind: Kind::User,
    also: None,
    resource: &USER,
    ids: IdForm::OBJECT,
    read: read_changed,
    members: None,
};

fn read_changed<'a>(
    server: &'a Server,
    caller: &'a Caller,
    listing: &'a Listing,
) -> BoxFuture<'a, Result<Written, Error>> {
    Box::pin(async move {
        let page = operations::list(server, caller, listing).await?;
        let (ids, items) = write_whole(server, caller, &page, listing).await?;
        Ok(Written { items: ids.into_iter().zip(items).collect(), more: page.next.is_some() })
    })
}

/// `GET /users/delta`
pub async fn delta(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    delta::answer(&server, &caller, &CHANGES, &uri).await
}

/// `GET /users/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let count = Count::with_added(&server, caller.tenant, &USER, &uri, &headers).await?;
    Ok(resource::number(operations::count(&server, &caller, &count).await?))
}

/// `GET /users/{id | userPrincipalName}`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    key: Key,
) -> Result<Response, Error> {
    let asked = Expansions::of_one(&server, caller.tenant, &USER, &uri, &headers).await?;
    if matches!(key, Key::Name(_)) && asked.0.is_asked_for("signInActivity") {
        let message = "Get By Key only supports UserId and the key has to be a valid Guid.";
        return Err(Error::bad_request(message).with_target("signInActivity"));
    }
    respond(&server, &caller, &key, asked).await
}

/// `GET /me`
pub async fn me(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    let asked = Expansions::of_one(&server, caller.tenant, &USER, &uri, &headers).await?;
    respond(&server, &caller, &key, asked).await
}

/// The signed-in person.
pub fn own_key(caller: &Caller) -> Result<Key, Error> {
    Ok(caller.user().map(|person| Key::Id(person.id)).ok_or(UserError::NoPerson)?)
}

async fn respond(
    server: &Server,
    caller: &Caller,
    key: &Key,
    (selection, expansions): (Selection, Expansions),
) -> Result<Response, Error> {
    let Found { user, identities, sight } = operations::find(server, caller, key).await?;
    check_activity(&selection, sight)?;
    let context = format!("{}/$entity", selection.context("users"));
    let mut body = [wire::user(&user, &identities, &selection, sight)];
    if sight.shows(PREFIX) {
        selection.attach_added(server, caller.tenant, &[user.id.0], &mut body).await?;
    }
    expansions.attach(server, caller, &[user.id.0], &mut body).await?;
    let [body] = body;
    Ok(resource::entity(server, StatusCode::OK, &context, body))
}

/// A missing `signInActivity` would read as "never signed in", so it is refused instead.
pub fn check_activity(selection: &Selection, sight: Sight) -> Result<(), Error> {
    if selection.has("signInActivity") && !sight.shows("signInActivity") { Err(Error::denied()) } else { Ok(()) }
}
