//! Making, changing and deleting groups.

use super::wire;
use crate::Server;
use crate::extensions::{self, TargetObject, ValueChange};
use crate::graph::body::Object;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, Preference, Reference, etag, resource};
use crate::groups::change::{self, Changes, Named, NewGroup};
use crate::groups::operations::{self, Key, Sight};
use crate::groups::rights;
use crate::groups::{GROUP, Group};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// Where a body names members to be added.
const MEMBERS: &str = "members@odata.bind";

/// Where a body names owners to be added.
const OWNERS: &str = "owners@odata.bind";

/// `POST /groups`
pub async fn create(
    State(server): State<Arc<Server>>,
    caller: Caller,
    preference: Preference,
    mut body: Object,
) -> Result<Response, Error> {
    rights::check_create(&caller, false).or_else(|_| rights::check_create(&caller, true))?;
    let extensions = extensions::take(&server, caller.tenant, TargetObject::Group, &mut body).await?;
    let group = operations::create(&server, &caller, &read_new(body, extensions)?).await?;
    let body = wire::group(&group, &Selection::default_of(&GROUP));
    let whole = resource::entity(&server, StatusCode::CREATED, "groups/$entity", body);
    Ok(preference.created(&server, &format!("groups/{}", group.id), whole))
}

/// `PATCH /groups/{id}`
pub async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
    preference: Preference,
    mut body: Object,
) -> Result<Response, Error> {
    let names_members_only =
        body.0.contains_key(MEMBERS) && body.0.keys().all(|name| [MEMBERS, "id"].contains(&name.as_str()));
    let permissions = if names_members_only { rights::WRITE_MEMBERS.as_slice() } else { &rights::WRITE };
    let mut tx = server.read().await?;
    let group = operations::get_to_change(&mut tx, &caller, &key, permissions).await?;
    drop(tx);
    let extensions = extensions::take(&server, caller.tenant, TargetObject::Group, &mut body).await?;
    let (changes, members) = read_changes(body, extensions, &group)?;
    let changes = (!names_members_only).then_some(&changes);
    operations::change(&server, &caller, &key, (changes, &members), etag::if_match(&headers)?).await?;
    if !preference.wants_representation() {
        return Ok(preference.applied(resource::no_content()));
    }
    // Whoever may change more than they may see is not refused for it afterwards, and what was done has not failed because it
    // cannot be read.
    match operations::see(&mut server.read().await?, &caller, &key).await {
        Ok((group, Sight::Whole)) => {
            let body = wire::group(&group, &Selection::default_of(&GROUP));
            Ok(preference.applied(resource::entity(&server, StatusCode::OK, "groups/$entity", body)))
        }
        Ok((_, Sight::Id)) | Err(_) => Ok(resource::no_content()),
    }
}

/// `DELETE /groups/{id}`
pub async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::delete(&server, &caller, &key, etag::if_match(&headers)?).await?;
    Ok(resource::no_content())
}

fn read_new(mut body: Object, extensions: Vec<ValueChange>) -> Result<NewGroup, Error> {
    for name in ["mailEnabled", "securityEnabled"] {
        change::enabled(name, required(&mut body, name)?)?;
    }
    let name: String = required(&mut body, "displayName")?;
    let nickname: String = required(&mut body, "mailNickname")?;
    let mut properties = read_properties(&mut body)?;
    properties.display_name = Some(change::display_name(&name)?);
    properties.mail_nickname = Some(change::mail_nickname(nickname)?);
    properties.extensions = extensions;
    let unique_name = body.take::<String>("uniqueName")?.map(change::unique_name).transpose()?;
    let new = NewGroup {
        properties,
        is_assignable_to_role: body.take("isAssignableToRole")?.unwrap_or(false),
        unique_name,
        members: read_references(&mut body, MEMBERS)?,
        owners: read_references(&mut body, OWNERS)?,
    };
    body.finish()?;
    Ok(new)
}

/// Reads what can be changed. What cannot may be sent along with the value it has, as programs do that write back what they
/// read.
fn read_changes(mut body: Object, extensions: Vec<ValueChange>, group: &Group) -> Result<(Changes, Vec<Named>), Error> {
    body.take_own_id(&group.id)?;
    let name: Option<String> = body.take_not_null("displayName")?;
    let nickname: Option<String> = body.take_not_null("mailNickname")?;
    let mut changes = read_properties(&mut body)?;
    changes.display_name = name.as_deref().map(change::display_name).transpose()?;
    changes.mail_nickname = nickname.map(change::mail_nickname).transpose()?;
    changes.extensions = extensions;
    for name in ["mailEnabled", "securityEnabled"] {
        if let Some(value) = body.take_not_null(name)? {
            change::enabled(name, value)?;
        }
    }
    keep(&mut body, "isAssignableToRole", Some(&group.is_assignable_to_role))?;
    keep(&mut body, "uniqueName", group.unique_name.as_ref())?;
    let members = read_references(&mut body, MEMBERS)?;
    body.finish()?;
    Ok((changes, members))
}

/// What groups with a mailbox or a team have. It is empty here, and programs send it so.
const EMPTY: [&str; 6] = [
    "classification",
    "preferredDataLocation",
    "preferredLanguage",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "theme",
];

/// The properties that are optional when a group is made.
fn read_properties(body: &mut Object) -> Result<Changes, Error> {
    for name in EMPTY {
        let sent = body.take::<Value>(name)?;
        if sent.is_some_and(|value| value.as_array().is_none_or(|entries| !entries.is_empty())) {
            return Err(Error::invalid_property(name, "it is empty: groups have neither a mailbox nor a team here"));
        }
    }
    let description = body.take_change("description")?.map(change::description).transpose()?;
    let visibility: Option<Option<String>> = body.take_change("visibility")?;
    let visibility = visibility.map(|text| change::visibility(text.as_deref())).transpose()?;
    let words = body.take_not_null::<Vec<String>>("groupTypes")?;
    let group_type = words.as_deref().map(change::group_types).transpose()?;
    let membership_rule = body.take_change("membershipRule")?.map(change::membership_rule).transpose()?;
    let state: Option<Option<String>> = body.take_change("membershipRuleProcessingState")?;
    let membership_rule_state = state.map(|text| change::rule_state(text.as_deref())).transpose()?;
    Ok(Changes { description, visibility, group_type, membership_rule, membership_rule_state, ..Changes::default() })
}

/// Refuses another value than the one that is there.
fn keep<T: DeserializeOwned + PartialEq>(
    body: &mut Object,
    name: &'static str,
    value: Option<&T>,
) -> Result<(), Error> {
    match body.take_change::<T>(name)? {
        Some(sent) if sent.as_ref() != value => {
            Err(Error::invalid_property(name, "it is set when the group is made and not changed"))
        }
        _ => Ok(()),
    }
}

fn required<T: DeserializeOwned>(body: &mut Object, name: &'static str) -> Result<T, Error> {
    body.take(name)?.ok_or_else(|| Error::invalid_property(name, "it is required"))
}

fn read_references(body: &mut Object, name: &'static str) -> Result<Vec<Named>, Error> {
    let found = Reference::take_bound(body, name)?;
    Ok(found.into_iter().map(|Reference { set, id }| Named { set, id }).collect())
}
