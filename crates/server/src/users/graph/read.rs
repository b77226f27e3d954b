//! Reading users.

use super::wire;
use crate::Server;
use crate::graph::page::Page;
use crate::graph::query::{Count, Listing, Selection};
use crate::graph::{Caller, Error, resource};
use crate::users::operations::{self, Found, Key};
use crate::users::{Sight, USER, User, UserError};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `GET /users`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let listing = Listing::read(&server, caller.tenant, &USER, &uri, &headers)?;
    let page = operations::list(&server, &caller, &listing).await?;
    check_activity(&listing.selection, page.sight)?;
    let none = Vec::new();
    let write = |user: &User| {
        let identities = page.identities.get(&user.id).unwrap_or(&none);
        wire::user(user, identities, &listing.selection, page.sight)
    };
    let items = page.users.iter().map(write).collect();
    let next = page.next.map(|place| listing.next_link(&server, caller.tenant, &place));
    Ok(Page { context: listing.selection.context("users"), items, count: page.count, next }.respond(&server))
}

/// `GET /users/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let count = operations::count(&server, &caller, &Count::read(&USER, &uri, &headers)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain;charset=utf-8")], count.to_string()).into_response())
}

/// `GET /users/{id | userPrincipalName}`
pub async fn one(State(server): State<Arc<Server>>, caller: Caller, uri: Uri, key: Key) -> Result<Response, Error> {
    respond(&server, &caller, &key, &Selection::of_one(&USER, &uri)?).await
}

/// `GET /me`
pub async fn me(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    respond(&server, &caller, &key, &Selection::of_one(&USER, &uri)?).await
}

/// The signed-in person.
pub fn own_key(caller: &Caller) -> Result<Key, Error> {
    Ok(caller.user().map(|person| Key::Id(person.id)).ok_or(UserError::NoPerson)?)
}

async fn respond(server: &Server, caller: &Caller, key: &Key, selection: &Selection) -> Result<Response, Error> {
    let Found { user, identities, sight } = operations::find(server, caller, key).await?;
    check_activity(selection, sight)?;
    let context = format!("{}/$entity", selection.context("users"));
    let body = wire::user(&user, &identities, selection, sight);
    Ok(resource::entity(server, StatusCode::OK, &context, body))
}

/// A missing `signInActivity` would read as "never signed in", so it is refused instead.
fn check_activity(selection: &Selection, sight: Sight) -> Result<(), Error> {
    if selection.has("signInActivity") && !sight.shows("signInActivity") { Err(Error::denied()) } else { Ok(()) }
}

/// `GET /users/{id | userPrincipalName}/sponsors`
pub async fn sponsors(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    key: Key,
) -> Result<Response, Error> {
    let selection = Selection::of_one(&USER, &uri)?;
    let (sponsors, sight) = operations::sponsors(&server, &caller, &key).await?;
    check_activity(&selection, sight)?;
    let write = |user: &User| {
        let mut object = wire::user(user, &[], &selection, sight);
        object.insert("@odata.type".to_owned(), "#microsoft.graph.user".into());
        object
    };
    let items = sponsors.iter().map(write).collect();
    Ok(Page { context: selection.context("directoryObjects"), items, count: None, next: None }.respond(&server))
}
