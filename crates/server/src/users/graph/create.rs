//! `POST /users`

use super::{properties, wire};
use crate::Server;
use crate::extensions::{self, TargetObject, ValueChange};
use crate::graph::body::{Object, UnreadBody};
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, Preference, Reference, resource};
use crate::platform::ids::UserId;
use crate::users::operations::{self, NewUser};
use crate::users::{Change, Sight, USER};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;

/// What a new user needs (Graph: create user).
const REQUIRED: [&str; 5] = ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"];

/// `POST /users`
pub async fn create(
    State(server): State<Arc<Server>>,
    caller: Caller,
    preference: Preference,
    sent: UnreadBody,
) -> Result<Response, Error> {
    // Who may add nobody learns nothing about what was sent.
    if !operations::may_create(&caller) {
        return Err(Error::denied());
    }
    let mut body = sent.object()?;
    let extensions = extensions::take(&server, caller.tenant, TargetObject::User, &mut body).await?;
    let user = operations::create(&server, &caller, read(body, extensions)?).await?;
    let sight = Sight::of_other(&caller, &user.id.to_string())?;
    let body = wire::user(&user, &[], &Selection::default_of(&USER), sight);
    let whole = resource::entity(&server, StatusCode::CREATED, "users/$entity", body);
    Ok(preference.created(&server, &format!("users/{}", user.id), whole))
}

fn read(mut body: Object, extensions: Vec<ValueChange>) -> Result<NewUser, Error> {
    let is_missing = |name: &&str| body.0.get(*name).is_none_or(Value::is_null);
    if let Some(name) = REQUIRED.into_iter().find(is_missing) {
        return Err(Error::invalid_property(name, "it is required"));
    }
    let password = properties::password(&mut body)?;
    let password = password.filter(|profile| profile.password.is_some());
    let password = password.ok_or_else(|| Error::invalid_property("passwordProfile", "it holds a password"))?;
    let changes = properties::read(&mut body)?;
    let manager = bound(&mut body, "manager@odata.bind")?;
    let sponsors = Reference::take_bound(&mut body, "sponsors@odata.bind")?;
    body.finish()?;
    let said = |name: &'static str| text(&changes, name).ok_or_else(|| Error::invalid_property(name, "it is required"));
    let (principal_name, display_name) = (said("userPrincipalName")?, said("displayName")?);
    Ok(NewUser { principal_name, display_name, changes, extensions, password, manager, sponsors })
}

/// A user named by their address, if one is.
fn bound(body: &mut Object, name: &'static str) -> Result<Option<UserId>, Error> {
    body.take::<String>(name)?.map(|address| user(&address, name)).transpose()
}

fn user(address: &str, name: &'static str) -> Result<UserId, Error> {
    match Reference::parse(address) {
        Some(Reference { set: "directoryObjects" | "users", id }) => Ok(UserId(id)),
        _ => Err(Error::invalid_property(name, format!("{address} is not the address of a user"))),
    }
}

/// The checked form of a name that was sent.
fn text(changes: &[Change], name: &str) -> Option<String> {
    changes.iter().find(|change| change.property() == name)?.name().map(str::to_owned)
}
