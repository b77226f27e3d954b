//! Reading assignments, from either side.

use super::{Segments, wire};
use crate::Server;
use crate::graph::query::Listing;
use crate::graph::{Caller, Error};
use crate::platform::ids::PrincipalId;
use crate::service_principals::assignment_reading::{self, Side};
use crate::service_principals::operations::{self, Key};
use crate::service_principals::resource::ASSIGNMENT;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
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

async fn respond(
    server: &Server,
    caller: &Caller,
    side: Side,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Error> {
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
