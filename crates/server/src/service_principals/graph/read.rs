//! Reading service principals.

use super::wire;
use crate::Server;
use crate::graph::page::Page;
use crate::graph::query::{Count, Listing, Selection};
use crate::graph::{Caller, Error, resource};
use crate::service_principals::ServicePrincipal;
use crate::service_principals::operations::{self, Key};
use crate::service_principals::resource::SERVICE_PRINCIPAL;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `GET /servicePrincipals`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let listing = Listing::read(&server, caller.tenant, &SERVICE_PRINCIPAL, &uri, &headers)?;
    let page = operations::list(&server, &caller, &listing).await?;
    let write = |principal: &ServicePrincipal| wire::service_principal(principal, &listing.selection);
    let items = page.service_principals.iter().map(write).collect();
    let next = page.next.map(|place| listing.next_link(&server, caller.tenant, &place));
    let context = listing.selection.context("servicePrincipals");
    Ok(Page { context, items, count: page.count, next }.respond(&server))
}

/// `GET /servicePrincipals/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let count = operations::count(&server, &caller, &Count::read(&SERVICE_PRINCIPAL, &uri, &headers)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain;charset=utf-8")], count.to_string()).into_response())
}

/// `GET /servicePrincipals/{id}` and `GET /servicePrincipals(appId='..')`
pub async fn one(State(server): State<Arc<Server>>, caller: Caller, key: Key, uri: Uri) -> Result<Response, Error> {
    let selection = Selection::of_one(&SERVICE_PRINCIPAL, &uri)?;
    let mut tx = server.read().await?;
    let principal = operations::get(&mut tx, &caller, key).await?;
    Ok(entity(&server, StatusCode::OK, &principal, &selection))
}

/// One service principal as an answer.
pub fn entity(server: &Server, status: StatusCode, principal: &ServicePrincipal, selection: &Selection) -> Response {
    let context = format!("{}/$entity", selection.context("servicePrincipals"));
    resource::entity(server, status, &context, wire::service_principal(principal, selection))
}
