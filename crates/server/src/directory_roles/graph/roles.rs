//! Roles as Graph had them first: objects of the tenant, made from templates (Graph: directoryRole, directoryRoleTemplate).

use crate::Server;
use crate::directory_roles::member::object_id;
use crate::directory_roles::{RoleError, operations};
use crate::graph::body::Object;
use crate::graph::query::{Expansions, Few, Property, Resource, Selection};
use crate::graph::{Caller, Error, Reference, Role, Segment, resource};
use crate::platform::ids::{PrincipalId, RoleId};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What may be selected of a role.
pub(super) static ROLE: Resource = Resource {
    type_name: "directoryRole",
    id: "id",
    properties: &[
        Property::new("deletedDateTime").by_default(),
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("id").by_default(),
        Property::new("roleTemplateId").by_default(),
    ],
};

/// What may be selected of a template.
static TEMPLATE: Resource = Resource {
    type_name: "directoryRoleTemplate",
    id: "id",
    properties: &[
        Property::new("deletedDateTime").by_default(),
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("id").by_default(),
    ],
};

/// `GET /directoryRoleTemplates`
pub async fn templates(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let few = Few::read(&TEMPLATE, &uri, &headers)?;
    let templates = Role::ALL.iter().map(|role| write_template(*role)).collect();
    few.answer(&server, caller.tenant, "directoryRoleTemplates", templates)
}

/// `GET /directoryRoleTemplates/{id}`
pub async fn template(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let role = from_template(&key)?;
    respond(&server, &TEMPLATE, "directoryRoleTemplates", &uri, write_template(role))
}

/// `GET /directoryRoles`: every role of the server is there from the start.
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let few = Few::with_expand(&ROLE, &uri, &headers)?;
    let roles = Role::ALL.iter().map(|role| write(&caller, *role)).collect();
    few.answer_related(&server, &caller, "directoryRoles", roles).await
}

/// `POST /directoryRoles`: what Graph answers where the role is active already, as every role is.
///
/// # Errors
/// 409, or 404 for a template that there is none of.
pub async fn activate(caller: Caller, mut body: Object) -> Result<Response, Error> {
    const NAME: &str = "roleTemplateId";
    if !operations::may_change(&caller) {
        return Err(Error::denied());
    }
    let template: String = body.take(NAME)?.ok_or_else(|| Error::invalid_property(NAME, "it is required"))?;
    body.finish()?;
    from_template(&template)?;
    let message = "A conflicting object with one or more of the specified property values is present in the directory.";
    Err(Error::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", message).with_target(NAME))
}

/// `GET /directoryRoles/{id}`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let role = operations::find(&caller, &key)?;
    let (selection, expansions) = Expansions::of_one(&server, caller.tenant, &ROLE, &uri, &headers).await?;
    let mut written = [selection.shown(write(&caller, role))];
    expansions.attach(&server, &caller, &[object_id(caller.tenant, role)], &mut written).await?;
    let [written] = written;
    let context = format!("{}/$entity", selection.context("directoryRoles"));
    Ok(resource::entity(&server, StatusCode::OK, &context, written))
}

/// `POST /directoryRoles/{id}/members/$ref`
pub async fn give(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    body: Object,
) -> Result<Response, Error> {
    if !operations::may_change(&caller) {
        return Err(Error::denied());
    }
    let role = operations::find(&caller, &key)?;
    let principal = PrincipalId(Reference::read(body)?.id);
    operations::give(&server, &caller, role, principal).await?;
    Ok(resource::no_content())
}

/// `DELETE /directoryRoles/{id}/members/{member}/$ref`
pub async fn take(
    State(server): State<Arc<Server>>,
    caller: Caller,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Error> {
    if !operations::may_change(&caller) {
        return Err(Error::denied());
    }
    let Path((key, member)) = path.map_err(|rejection| Error::not_found("").caused_by(rejection))?;
    let role = operations::find(&caller, &key)?;
    let principal: PrincipalId = member.parse().map_err(|_| Error::not_found(&member))?;
    operations::take(&server, &caller, role, principal).await?;
    Ok(resource::no_content())
}

/// `DELETE /directoryRoles/{id}/members/$ref?@id={address}`
pub async fn take_named(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    if !operations::may_change(&caller) {
        return Err(Error::denied());
    }
    let role = operations::find(&caller, &key)?;
    let principal = PrincipalId(Reference::read_option(&uri)?.id);
    operations::take(&server, &caller, role, principal).await?;
    Ok(resource::no_content())
}

fn from_template(key: &str) -> Result<Role, RoleError> {
    let role = key.parse().ok().and_then(|id| Role::from_id(RoleId(id)));
    role.ok_or_else(|| RoleError::NotFound(key.to_owned()))
}

/// One object with what was selected of it.
pub(super) fn respond(
    server: &Server,
    kind: &'static Resource,
    set: &str,
    uri: &Uri,
    object: Map<String, Value>,
) -> Result<Response, Error> {
    Ok(Selection::of_one(kind, uri)?.answer(server, set, object))
}

pub(super) fn write(caller: &Caller, role: Role) -> Map<String, Value> {
    let mut object = write_template(role);
    object.insert("id".to_owned(), json!(object_id(caller.tenant, role)));
    object.insert("roleTemplateId".to_owned(), json!(role.id()));
    object
}

fn write_template(role: Role) -> Map<String, Value> {
    [
        ("deletedDateTime", Value::Null),
        ("description", json!(role.description())),
        ("displayName", json!(role.name())),
        ("id", json!(role.id())),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
