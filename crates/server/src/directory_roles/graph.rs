//! Roles on the wire (Graph: directoryRole).

use super::member::object_id;
use super::{Member, RoleError, operations};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::page::Page;
use crate::graph::query::{Property, Resource, Selection};
use crate::graph::{Caller, Error, Reference, Role, Segment, resource};
use crate::platform::ids::UserId;
use crate::web::Routes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What may be selected of a role.
static ROLE: Resource = Resource {
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

/// What may be selected of those who hold one.
static MEMBER: Resource = Resource {
    type_name: "user",
    id: "u.id",
    properties: &[
        Property::new("businessPhones").by_default(),
        Property::new("displayName").by_default(),
        Property::new("givenName").by_default(),
        Property::new("id").by_default(),
        Property::new("jobTitle").by_default(),
        Property::new("mail").by_default(),
        Property::new("mobilePhone").by_default(),
        Property::new("officeLocation").by_default(),
        Property::new("preferredLanguage").by_default(),
        Property::new("surname").by_default(),
        Property::new("userPrincipalName").by_default(),
        Property::new("userType"),
    ],
};

/// The calls on roles. `{role}` is an object id or `roleTemplateId=..`, see [`crate::graph::alternate_key`].
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/directoryRoles", get(list))
        .route("/v1.0/directoryRoles/{role}", get(one))
        .route("/v1.0/directoryRoles/{role}/members", get(members))
        .route("/v1.0/directoryRoles/{role}/members/$ref", post(give))
        .route("/v1.0/directoryRoles/{role}/members/{member}/$ref", delete(take))
}

/// `GET /directoryRoles`: every role of the server is there from the start, so that none has to be activated.
async fn list(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let selection = Selection::of_one(&ROLE, &uri)?;
    let items = Role::ALL.iter().map(|role| write(&caller, *role, &selection)).collect();
    Ok(Page { context: selection.context("directoryRoles"), items, count: None, next: None }.respond(&server))
}

/// `GET /directoryRoles/{id}`
async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let role = operations::find(&caller, &key)?;
    let selection = Selection::of_one(&ROLE, &uri)?;
    let context = format!("{}/$entity", selection.context("directoryRoles"));
    Ok(resource::entity(&server, StatusCode::OK, &context, write(&caller, role, &selection)))
}

/// `GET /directoryRoles/{id}/members`
async fn members(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    operations::check_may_read(&caller)?;
    let role = operations::find(&caller, &key)?;
    let selection = Selection::of_one(&MEMBER, &uri)?;
    let members = operations::members(&server, &caller, role).await?;
    let items = members.iter().map(|member| write_member(member, &selection)).collect();
    Ok(Page { context: selection.context("directoryObjects"), items, count: None, next: None }.respond(&server))
}

/// `POST /directoryRoles/{id}/members/$ref`
async fn give(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    body: Object,
) -> Result<Response, Error> {
    if !operations::may_change(&caller) {
        return Err(Error::denied());
    }
    let role = operations::find(&caller, &key)?;
    operations::give(&server, &caller, role, read_reference(body)?).await?;
    Ok(resource::no_content())
}

/// `DELETE /directoryRoles/{id}/members/{member}/$ref`
async fn take(
    State(server): State<Arc<Server>>,
    caller: Caller,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Error> {
    if !operations::may_change(&caller) {
        return Err(Error::denied());
    }
    let Path((key, user)) = path.map_err(|rejection| Error::not_found("").caused_by(rejection))?;
    let role = operations::find(&caller, &key)?;
    let user = user.parse().map_err(|_| Error::not_found(&user))?;
    operations::take(&server, &caller, role, user).await?;
    Ok(resource::no_content())
}

/// The user a body refers to; `users/{id}` and `directoryObjects/{id}` name the same object.
fn read_reference(body: Object) -> Result<UserId, Error> {
    let Reference { set, id } = Reference::read(body)?;
    match set {
        "directoryObjects" | "users" => Ok(UserId(id)),
        _ => Err(Error::invalid_property("@odata.id", "it is not the address of a user")),
    }
}

fn write(caller: &Caller, role: Role, selection: &Selection) -> Map<String, Value> {
    let property = |name: &str| match name {
        "description" => json!(role.description()),
        "displayName" => json!(role.name()),
        "id" => json!(object_id(caller.tenant, role)),
        "roleTemplateId" => json!(role.id()),
        _ => Value::Null,
    };
    selection.names().iter().map(|name| ((*name).to_owned(), property(name))).collect()
}

fn write_member(member: &Member, selection: &Selection) -> Map<String, Value> {
    let property = |name: &str| match name {
        "businessPhones" => json!(member.business_phones),
        "displayName" => json!(member.display_name),
        "givenName" => json!(member.given_name),
        "id" => json!(member.id),
        "jobTitle" => json!(member.job_title),
        "mail" => json!(member.mail),
        "mobilePhone" => json!(member.mobile_phone),
        "officeLocation" => json!(member.office_location),
        "preferredLanguage" => json!(member.preferred_language),
        "surname" => json!(member.surname),
        "userPrincipalName" => json!(member.user_principal_name),
        "userType" => json!(member.user_type),
        _ => Value::Null,
    };
    let kind = ("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    std::iter::once(kind).chain(selection.names().iter().map(|name| ((*name).to_owned(), property(name)))).collect()
}

impl From<RoleError> for Error {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Denied => Self::denied(),
            RoleError::NotFound(key) => Self::not_found(key),
            RoleError::Held => Self::bad_request(
                "One or more added object references already exist for the following modified properties: 'members'.",
            ),
            RoleError::Guest(role) => {
                Self::bad_request(format!("A guest cannot hold the role {}.", role.name())).with_target("members")
            }
            RoleError::LastAdministrator => {
                Self::bad_request("The last Global Administrator who can sign in keeps the role.")
            }
            RoleError::Storage(error) => error.into(),
        }
    }
}
