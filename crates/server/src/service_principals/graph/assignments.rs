//! Reading assignments, from either side. What lists them also answers how many those are, where `/$count` stands behind the path.

use super::{Segments, is_count, wire};
use crate::Server;
use crate::graph::query::{Count, Listing, Selection};
use crate::graph::{Caller, Error, resource};
use crate::platform::ids::PrincipalId;
use crate::service_principals::assignment_reading::{self, Side};
use crate::service_principals::operations::{self, Key};
use crate::service_principals::resource::ASSIGNMENT;
use crate::users::UserError;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use std::sync::Arc;

/// `GET /servicePrincipals/{id}/appRoleAssignedTo`: who was given a role of this application.
pub async fn of_resource(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let principal = operations::get(&mut server.read().await?, &caller, key).await?;
    respond(&server, &caller, Side::Resource(principal.id), &uri, &headers).await
}

/// `GET /servicePrincipals/{id}/appRoleAssignments`: what this program was given.
pub async fn of_program(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let principal = operations::get(&mut server.read().await?, &caller, key).await?;
    respond(&server, &caller, Side::Program(principal.id), &uri, &headers).await
}

/// `GET /users/{id | userPrincipalName}/appRoleAssignments`: what this user was given.
pub async fn of_user(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let side = assignment_reading::side_of_user(&mut server.read().await?, &caller, segments.get(0)).await?;
    respond(&server, &caller, side, &uri, &headers).await
}

/// `GET /groups/{id}/appRoleAssignments`: what this group was given.
pub async fn of_group(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let side = assignment_reading::side_of_group(&mut server.read().await?, &caller, segments.get(0)).await?;
    respond(&server, &caller, side, &uri, &headers).await
}

/// `GET /me/appRoleAssignments`: what the signed-in person was given.
pub async fn own(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let person = caller.user().map(|person| person.id).ok_or(UserError::NoPerson)?;
    respond(&server, &caller, Side::User(person), &uri, &headers).await
}

/// `GET /servicePrincipals/{id}/appRoleAssignedTo/{assignment}`
pub async fn one_of_resource(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let principal = operations::get(&mut server.read().await?, &caller, key).await?;
    one(&server, &caller, Side::Resource(principal.id), segments.get(1), &uri).await
}

/// `GET /servicePrincipals/{id}/appRoleAssignments/{assignment}`
pub async fn one_of_program(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let principal = operations::get(&mut server.read().await?, &caller, key).await?;
    one(&server, &caller, Side::Program(principal.id), segments.get(1), &uri).await
}

/// `GET /users/{id | userPrincipalName}/appRoleAssignments/{assignment}`
pub async fn one_of_user(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let side = assignment_reading::side_of_user(&mut server.read().await?, &caller, segments.get(0)).await?;
    one(&server, &caller, side, segments.get(1), &uri).await
}

/// `GET /groups/{id}/appRoleAssignments/{assignment}`
pub async fn one_of_group(
    State(server): State<Arc<Server>>,
    caller: Caller,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let side = assignment_reading::side_of_group(&mut server.read().await?, &caller, segments.get(0)).await?;
    one(&server, &caller, side, segments.get(1), &uri).await
}

async fn one(server: &Server, caller: &Caller, side: Side, id: &str, uri: &Uri) -> Result<Response, Error> {
    let selection = Selection::of_one(&ASSIGNMENT, uri)?;
    let assignment = assignment_reading::read(server, caller, side, id).await?;
    let context = format!("{}/$entity", selection.context(&context(side)));
    Ok(resource::entity(server, StatusCode::OK, &context, wire::assignment(&assignment, &selection)))
}

async fn respond(
    server: &Server,
    caller: &Caller,
    side: Side,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    if is_count(uri) {
        let count = Count::read(&ASSIGNMENT, uri, headers)?;
        return Ok(resource::number(assignment_reading::count(server, caller, side, count.condition.as_ref()).await?));
    }
    let listing = Listing::read(server, caller.tenant, &ASSIGNMENT, uri, headers)?;
    let page = assignment_reading::list(server, caller, side, &listing).await?;
    let items = page.assignments.iter().map(|a| wire::assignment(a, &listing.selection)).collect();
    Ok(listing.answer(server, caller.tenant, &context(side), items, (page.count, page.next)))
}

/// The collection of one side, as contexts name it.
pub fn context(side: Side) -> String {
    match side {
        Side::Resource(id) => format!("servicePrincipals('{id}')/appRoleAssignedTo"),
        Side::Program(id) => format!("servicePrincipals('{id}')/appRoleAssignments"),
        Side::Group(id) => format!("groups('{id}')/appRoleAssignments"),
        Side::User(id) => format!("users('{}')/appRoleAssignments", PrincipalId::from(id)),
    }
}
