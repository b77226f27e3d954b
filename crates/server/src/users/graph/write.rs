//! Changing users.

use super::read::own_key;
use super::wire;
use crate::Server;
use crate::graph::body::Object;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, etag, resource};
use crate::users::operations::{self, Key};
use crate::users::{Change, Sight, TEXTS, USER, UserType};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

/// `PATCH /users/{id | userPrincipalName}`
pub async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
    body: Object,
) -> Result<Response, Error> {
    if !caller.may_administer_users() {
        return Err(Error::denied());
    }
    let changes = read_changes(body)?;
    let user = operations::change(&server, &caller, &key, &changes, etag::if_match(&headers)?).await?;
    if !wants_representation(&headers) {
        return Ok(resource::no_content());
    }
    let sight = Sight::of_other(&caller, &key.to_string())?;
    let selection = Selection::default_of(&USER);
    let body = wire::user(&user, &[], &selection, sight);
    let mut response = resource::entity(&server, StatusCode::OK, "users/$entity", body);
    response.headers_mut().insert("preference-applied", HeaderValue::from_static("return=representation"));
    Ok(response)
}

/// `DELETE /users/{id | userPrincipalName}`
pub async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::delete(&server, &caller, &key, etag::if_match(&headers)?).await?;
    Ok(resource::no_content())
}

/// `POST /users/{id | userPrincipalName}/revokeSignInSessions`
pub async fn revoke_sessions(State(server): State<Arc<Server>>, caller: Caller, key: Key) -> Result<Response, Error> {
    operations::revoke_sessions(&server, &caller, &key).await?;
    let context = resource::context_url(&server, "Edm.Boolean");
    Ok(resource::json(StatusCode::OK, &json!({ "@odata.context": context, "value": true })))
}

/// `POST /me/revokeSignInSessions`
pub async fn revoke_own_sessions(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    revoke_sessions(State(server), caller, key).await
}

/// Reads every property that can be changed and refuses the others by name.
fn read_changes(mut body: Object) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    changes.extend(take(&mut body, "accountEnabled")?.map(Change::account_enabled));
    changes.extend(take::<UserType>(&mut body, "userType")?.map(Change::user_type));
    if let Some(name) = take::<String>(&mut body, "displayName")? {
        changes.push(Change::display_name(&name)?);
    }
    if let Some(address) = body.take_change::<String>("mail")? {
        changes.push(Change::mail(address.as_deref())?);
    }
    if let Some(addresses) = take::<Vec<String>>(&mut body, "otherMails")? {
        changes.push(Change::other_mails(&addresses)?);
    }
    if let Some(numbers) = take(&mut body, "businessPhones")? {
        changes.push(Change::business_phones(numbers)?);
    }
    for property in TEXTS {
        if let Some(text) = body.take_change(property.name)? {
            changes.push(Change::text(property, text)?);
        }
    }
    body.finish()?;
    Ok(changes)
}

/// Takes a property that cannot be cleared.
fn take<T: DeserializeOwned>(body: &mut Object, name: &'static str) -> Result<Option<T>, Error> {
    if body.0.get(name).is_some_and(Value::is_null) {
        return Err(Error::invalid_property(name, "it may not be null"));
    }
    body.take(name)
}

/// Whether the caller wants to see the result (RFC 7240 section 4.2).
fn wants_representation(headers: &HeaderMap) -> bool {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferences.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case("return=representation"))
}
