//! Making and removing assignments, from either side.

use super::assignments::context;
use super::{Segments, wire};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, resource};
use crate::groups;
use crate::platform::ids::PrincipalId;
use crate::service_principals::assignment_reading::{self, Side};
use crate::service_principals::operations::{self, Key};
use crate::service_principals::resource::ASSIGNMENT;
use crate::service_principals::{AppRoleAssignment, NewAssignment, assign, may_assign, may_assign_to, unassign};
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;

/// `POST /servicePrincipals/{id}/appRoleAssignedTo`
pub async fn to_resource(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: Object,
) -> Result<Response, Error> {
    let principal = operations::get(&mut server.read().await?, &caller, key).await?;
    create(&server, &caller, Side::Resource(principal.id), body).await
}

/// `POST /servicePrincipals/{id}/appRoleAssignments`
pub async fn to_program(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: Object,
) -> Result<Response, Error> {
    let principal = operations::get(&mut server.read().await?, &caller, key).await?;
    create(&server, &caller, Side::Program(principal.id), body).await
}

/// `POST /users/{id | userPrincipalName}/appRoleAssignments`
pub async fn to_user(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    body: Object,
) -> Result<Response, Error> {
    let side = assignment_reading::side_of_user(&mut server.read().await?, &caller, segments.get(0)).await?;
    create(&server, &caller, side, body).await
}

/// `POST /groups/{id}/appRoleAssignments`
pub async fn to_group(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    body: Object,
) -> Result<Response, Error> {
    let side = assignment_reading::side_of_group(&mut server.read().await?, &caller, segments.get(0)).await?;
    create(&server, &caller, side, body).await
}

/// `DELETE /servicePrincipals/{id}/appRoleAssignedTo/{assignment}`
pub async fn delete_of_resource(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
) -> Result<Response, Error> {
    let principal = operations::get(&mut server.read().await?, &caller, key).await?;
    delete(&server, &caller, Side::Resource(principal.id), segments.get(1)).await
}

/// `DELETE /servicePrincipals/{id}/appRoleAssignments/{assignment}`
pub async fn delete_of_program(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
) -> Result<Response, Error> {
    let principal = operations::get(&mut server.read().await?, &caller, key).await?;
    delete(&server, &caller, Side::Program(principal.id), segments.get(1)).await
}

/// `DELETE /users/{id | userPrincipalName}/appRoleAssignments/{assignment}`
pub async fn delete_of_user(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
) -> Result<Response, Error> {
    let side = assignment_reading::side_of_user(&mut server.read().await?, &caller, segments.get(0)).await?;
    delete(&server, &caller, side, segments.get(1)).await
}

/// `DELETE /groups/{id}/appRoleAssignments/{assignment}`
pub async fn delete_of_group(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
) -> Result<Response, Error> {
    let side = assignment_reading::side_of_group(&mut server.read().await?, &caller, segments.get(0)).await?;
    delete(&server, &caller, side, segments.get(1)).await
}

async fn create(server: &Server, caller: &Caller, side: Side, body: Object) -> Result<Response, Error> {
    check_may_assign(server, caller, side).await?;
    let new = read(body, side)?;
    let mut tx = server.write().await?;
    let assignment = assign(&mut tx, server, caller, new).await?;
    tx.commit().await?;
    let context = format!("{}/$entity", context(side));
    let mut body = wire::assignment(&assignment, &Selection::default_of(&ASSIGNMENT));
    // Owners name people by their ids, whether or not they may read their names.
    if !groups::may_read_name(caller, assignment.principal()) {
        body.insert("principalDisplayName".to_owned(), Value::Null);
    }
    let set = format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", assignment.resource_id);
    Ok(resource::created(server, &set, &context, body))
}

/// Reads an assignment and refuses one that contradicts its path.
fn read(mut body: Object, side: Side) -> Result<NewAssignment, Error> {
    let required = |name| move || Error::invalid_property(name, "it is required");
    let new = NewAssignment {
        principal: body.take("principalId")?.ok_or_else(required("principalId"))?,
        resource: body.take("resourceId")?.ok_or_else(required("resourceId"))?,
        role: body.take("appRoleId")?.ok_or_else(required("appRoleId"))?,
    };
    body.finish()?;
    let (property, fits) = match side {
        Side::Resource(id) => ("resourceId", new.resource == id),
        Side::Program(id) => ("principalId", new.principal == PrincipalId::from(id)),
        Side::User(id) => ("principalId", new.principal == PrincipalId::from(id)),
        Side::Group(id) => ("principalId", new.principal == PrincipalId::from(id)),
    };
    if fits { Ok(new) } else { Err(Error::invalid_property(property, "it is not the object the path names")) }
}

/// Owners assign the roles of what they own at its own address; elsewhere it is not known yet what is to be assigned.
async fn check_may_assign(server: &Server, caller: &Caller, side: Side) -> Result<(), Error> {
    let may = match side {
        Side::Resource(id) => may_assign_to(&mut server.read().await?, caller, id).await?,
        Side::Program(_) | Side::User(_) | Side::Group(_) => may_assign(caller),
    };
    if may { Ok(()) } else { Err(Error::denied()) }
}

async fn delete(server: &Server, caller: &Caller, side: Side, id: &str) -> Result<Response, Error> {
    check_may_assign(server, caller, side).await?;
    let mut tx = server.write().await?;
    let assignment = match AppRoleAssignment::parse_wire_id(id) {
        Some(id) => assignment_reading::find(&mut tx, caller.tenant, side, id).await?,
        None => None,
    };
    let assignment = assignment.ok_or_else(|| Error::not_found(id))?;
    unassign(&mut tx, server, caller, &assignment).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}
