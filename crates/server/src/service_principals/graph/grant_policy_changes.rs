//! Making, changing and removing policies of what people may consent to (Graph: permissionGrantPolicy,
//! permissionGrantConditionSet).

use super::grant_policies::{POLICIES, custom, set};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::{Caller, Error, Segment, Segments, etag, resource};
use crate::platform::ids::ClientId;
use crate::tenants::grant_policies::operations::{self, NewPolicy, PolicyChange, check_exists, check_may_write};
use crate::tenants::grant_policies::{Classification, ConditionSet, MOST_ENTRIES, PermissionType, Side};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use std::str::FromStr;
use std::sync::Arc;
use uuid::Uuid;

/// Digits of the id of a publisher at most.
const LONGEST_PUBLISHER: usize = 20;

/// `POST /policies/permissionGrantPolicies`
pub async fn create(State(server): State<Arc<Server>>, caller: Caller, mut body: Object) -> Result<Response, Error> {
    check_may_write(&caller)?;
    let required = |name| move || Error::invalid_property(name, "it is required");
    let new = NewPolicy {
        id: body.take("id")?.ok_or_else(required("id"))?,
        display_name: body.take("displayName")?.ok_or_else(required("displayName"))?,
        description: body.take("description")?,
    };
    body.finish()?;
    let policy = operations::create(&server, &caller, new).await?;
    let set = format!("/v1.0/{POLICIES}");
    Ok(resource::created(&server, &set, &format!("{POLICIES}/$entity"), custom(&policy)))
}

/// `PATCH /policies/permissionGrantPolicies/{id}`: its name and its description. Sets are added and removed by themselves.
pub async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
    mut body: Object,
) -> Result<Response, Error> {
    check_exists(&server, &caller, &id).await?;
    body.take_own_id(&id)?;
    let expected = etag::if_match(&headers)?;
    let change = PolicyChange {
        display_name: body.take_not_null("displayName")?,
        description: body.take_change("description")?,
        of_version: expected,
    };
    body.finish()?;
    operations::change(&server, &caller, &id, change).await.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

/// `DELETE /policies/permissionGrantPolicies/{id}`
pub async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let expected = etag::if_match(&headers)?;
    operations::delete(&server, &caller, &id, expected).await.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

/// `POST /policies/permissionGrantPolicies/{id}/includes`
pub async fn include(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    body: Object,
) -> Result<Response, Error> {
    add(&server, &caller, &id, (Side::Includes, body)).await
}

/// `POST /policies/permissionGrantPolicies/{id}/excludes`
pub async fn exclude(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    body: Object,
) -> Result<Response, Error> {
    add(&server, &caller, &id, (Side::Excludes, body)).await
}

/// `DELETE /policies/permissionGrantPolicies/{id}/includes/{id}`
pub async fn include_no_more(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
) -> Result<Response, Error> {
    operations::remove_set(&server, &caller, segments.get(0), (Side::Includes, segments.get(1))).await?;
    Ok(resource::no_content())
}

/// `DELETE /policies/permissionGrantPolicies/{id}/excludes/{id}`
pub async fn exclude_no_more(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
) -> Result<Response, Error> {
    operations::remove_set(&server, &caller, segments.get(0), (Side::Excludes, segments.get(1))).await?;
    Ok(resource::no_content())
}

async fn add(server: &Server, caller: &Caller, id: &str, (side, mut body): (Side, Object)) -> Result<Response, Error> {
    check_exists(server, caller, id).await?;
    let new = read(server, &mut body)?;
    body.finish()?;
    operations::add_set(server, caller, id, (side, new.clone())).await?;
    let id = id.to_lowercase();
    let context = format!("{POLICIES}('{id}')/{side}/$entity");
    let path = format!("/v1.0/{POLICIES}/{id}/{side}");
    Ok(resource::created(server, &path, &context, set(&new)))
}

/// A set of conditions. What is left out means any.
fn read(server: &Server, body: &mut Object) -> Result<ConditionSet, Error> {
    Ok(ConditionSet {
        id: server.entropy.uuid(server.clock.now()),
        permission_type: permission_type(body)?,
        resource: resource_application(body)?,
        permissions: ids::<Uuid>(body, "permissions")?,
        classification: classification(body)?,
        clients: ids(body, "clientApplicationIds")?,
        tenants: ids(body, "clientApplicationTenantIds")?,
        publishers: publishers(body)?,
        verified_publishers_only: body.take("clientApplicationsFromVerifiedPublisherOnly")?.unwrap_or_default(),
    })
}

fn permission_type(body: &mut Object) -> Result<PermissionType, Error> {
    const NAME: &str = "permissionType";
    let refused = |problem| Error::invalid_property(NAME, problem);
    let kind: String = body.take(NAME)?.ok_or_else(|| refused("it is required"))?;
    if kind == "delegatedUserConsentable" {
        return Err(refused("only policies that come with the server have this one"));
    }
    PermissionType::parse(&kind).ok_or_else(|| refused("it is delegated or application"))
}

/// What the permissions have to be classified as; none for `all`, which those meet, too, that nobody has classified.
fn classification(body: &mut Object) -> Result<Option<Classification>, Error> {
    const NAME: &str = "permissionClassification";
    match body.take::<String>(NAME)?.as_deref() {
        None | Some("all") => Ok(None),
        Some(word) => {
            let refused = || Error::invalid_property(NAME, "it is all, low, medium or high");
            Classification::parse(word).map(Some).ok_or_else(refused)
        }
    }
}

fn resource_application(body: &mut Object) -> Result<Option<ClientId>, Error> {
    const NAME: &str = "resourceApplication";
    match body.take::<String>(NAME)?.as_deref() {
        None | Some("any") => Ok(None),
        Some(id) => {
            let refused = |_| Error::invalid_property(NAME, "it is any, or the appId of a resource");
            id.parse::<ClientId>().map(Some).map_err(refused)
        }
    }
}

/// A list of ids; none for the single word `all`, and where there is no list.
fn ids<T: FromStr>(body: &mut Object, property: &'static str) -> Result<Option<Vec<T>>, Error> {
    let Some(texts) = texts(body, property)? else { return Ok(None) };
    let id = |text: &String| {
        text.parse::<T>().map_err(|_| Error::invalid_property(property, format!("'{text}' is no id, nor is it all")))
    };
    texts.iter().map(id).collect::<Result<_, _>>().map(Some)
}

fn publishers(body: &mut Object) -> Result<Option<Vec<String>>, Error> {
    const NAME: &str = "clientApplicationPublisherIds";
    let Some(texts) = texts(body, NAME)? else { return Ok(None) };
    let is_id =
        |text: &String| (1..=LONGEST_PUBLISHER).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit());
    match texts.iter().find(|text| !is_id(text)) {
        Some(text) => Err(Error::invalid_property(NAME, format!("'{text}' is no id of a publisher, nor is it all"))),
        None => Ok(Some(texts)),
    }
}

fn texts(body: &mut Object, property: &'static str) -> Result<Option<Vec<String>>, Error> {
    let Some(texts) = body.take::<Vec<String>>(property)? else { return Ok(None) };
    if texts.len() == 1 && texts[0] == "all" {
        return Ok(None);
    }
    if !(1..=MOST_ENTRIES).contains(&texts.len()) {
        return Err(Error::invalid_property(property, format!("it has 1 to {MOST_ENTRIES} entries, or the one all")));
    }
    Ok(Some(texts))
}
