//! The list of domains as `policies/b2bManagementPolicies` (Graph, beta): one policy, whose definition is a JSON text.

use super::change::SettingsChange;
use super::domain_list_policy::{self, DEFINITION, NAME};
use super::operations::{Part, change_settings, check_may_change, check_may_read, get_settings};
use super::{CollaborationSettings, DomainListKind, SettingsError};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::query::{Few, Property, Resource, Selection};
use crate::graph::resource::{self, object};
use crate::graph::{Caller, Error, Segment, etag};
use crate::platform::ids::TenantId;
use crate::web::Routes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::{Builder, Uuid};

const SET: &str = "policies/b2bManagementPolicies";

/// What may be selected of the policy, and what it is found by.
static POLICY: Resource = Resource {
    type_name: "b2bManagementPolicy",
    id: "id",
    properties: &[
        Property::new("definition").by_default(),
        Property::new("deletedDateTime").by_default(),
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("id").by_default(),
        Property::new("isOrganizationDefault").by_default(),
    ],
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/beta/policies/b2bManagementPolicies", get(list).post(add))
        .route("/beta/policies/b2bManagementPolicies/{policy}", get(one).patch(change).delete(remove))
}

/// `GET`: without a list there is no policy.
async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let settings = get_settings(&server, &caller, Part::DomainList).await?;
    let few = Few::read(&POLICY, &uri, &headers)?;
    few.answer(&server, caller.tenant, SET, write(caller.tenant, &settings).into_iter().collect())
}

async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    check_may_read(&caller, Part::DomainList)?;
    let found = find(&server, &caller, &id).await?;
    Ok(Selection::of_one(&POLICY, &uri)?.answer(&server, SET, found))
}

/// `POST`: an organisation has one list at most.
async fn add(State(server): State<Arc<Server>>, caller: Caller, body: Object) -> Result<Response, Error> {
    check_may_change(&caller, Part::DomainList)?;
    let change = read(body)?.ok_or_else(|| Error::invalid_property(DEFINITION, "it is required"))?;
    let before = get_settings(&server, &caller, Part::DomainList).await?;
    if before.domain_list_kind != DomainListKind::Any {
        let message = "The organization has a policy of this kind already. Change it, or remove it first.";
        return Err(Error::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", message));
    }
    let change = SettingsChange { of_version: Some(before.version), ..change };
    change_settings(&server, &caller, Part::DomainList, change).await?;
    let settings = get_settings(&server, &caller, Part::DomainList).await?;
    let made = write(caller.tenant, &settings).ok_or(SettingsError::Changed)?;
    Ok(resource::created(&server, &format!("/beta/{SET}"), &format!("{SET}/$entity"), made))
}

async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
    mut body: Object,
) -> Result<Response, Error> {
    check_may_change(&caller, Part::DomainList)?;
    find(&server, &caller, &id).await?;
    body.take_own_id(&policy_id(caller.tenant))?;
    match read(body)? {
        Some(change) => store(&server, &caller, &headers, change).await,
        None => Ok(resource::no_content()),
    }
}

/// `DELETE` lets every domain in again.
async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<Response, Error> {
    check_may_change(&caller, Part::DomainList)?;
    find(&server, &caller, &id).await?;
    let change = SettingsChange { domain_list_kind: Some(DomainListKind::Any), ..SettingsChange::default() };
    store(&server, &caller, &headers, change).await
}

/// Makes a change, of the version that the caller has read if they name one.
async fn store(
    server: &Server,
    caller: &Caller,
    headers: &HeaderMap,
    change: SettingsChange,
) -> Result<Response, Error> {
    let expected = etag::if_match(headers)?;
    let change = SettingsChange { of_version: expected, ..change };
    let changed = change_settings(server, caller, Part::DomainList, change).await;
    changed.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

async fn find(server: &Server, caller: &Caller, id: &str) -> Result<Map<String, Value>, Error> {
    let mut tx = server.read().await?;
    let settings = super::store::get_settings(&mut tx, caller.tenant).await?;
    let is_named = id.parse() == Ok(policy_id(caller.tenant));
    write(caller.tenant, &settings).filter(|_| is_named).ok_or_else(|| Error::not_found(id))
}

/// The id of the one policy, derived so that no row has to hold it.
fn policy_id(tenant: TenantId) -> Uuid {
    let text = [b"domain list".as_slice(), tenant.0.as_bytes()].concat();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &text);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

fn write(tenant: TenantId, settings: &CollaborationSettings) -> Option<Map<String, Value>> {
    let definition = domain_list_policy::write(settings)?;
    let policy = object(json!({
        "id": policy_id(tenant),
        "deletedDateTime": null,
        "displayName": NAME,
        "description": null,
        DEFINITION: [definition],
        "isOrganizationDefault": true,
    }));
    Some(etag::tagged(settings.version, policy))
}

/// The list that a body holds; `None` if it holds no definition. What has one value may be sent along.
fn read(mut body: Object) -> Result<Option<SettingsChange>, Error> {
    let definition: Option<Vec<String>> = body.take_not_null(DEFINITION)?;
    for (name, fixed) in [
        ("deletedDateTime", Value::Null),
        ("description", Value::Null),
        ("displayName", json!(NAME)),
        ("isOrganizationDefault", json!(true)),
        ("type", json!(NAME)),
    ] {
        if body.0.remove(name).is_some_and(|value| value != fixed) {
            let message =
                format!("Invalid value specified for property '{name}': it is {fixed} here, and nothing else.");
            return Err(Error::bad_request(message).with_target(name));
        }
    }
    body.finish()?;
    definition.map(|texts| domain_list_policy::read(&texts)).transpose()
}
