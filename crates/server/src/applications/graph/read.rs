//! Reading applications.

use super::wire;
use crate::Server;
use crate::applications::operations::{self, Key};
use crate::applications::resource::APPLICATION;
use crate::applications::{Application, ApplicationSecret};
use crate::graph::page::Page;
use crate::graph::query::{Count, Listing, Selection};
use crate::graph::{Caller, Error, resource};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `GET /applications`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let listing = Listing::read(&server, caller.tenant, &APPLICATION, &uri, &headers)?;
    let page = operations::list(&server, &caller, &listing).await?;
    let write = |application: &Application| {
        let own = page.secrets.iter().filter(|secret| secret.application_id == application.id);
        wire::application(application, &own.cloned().collect::<Vec<_>>(), &listing.selection)
    };
    let items = page.applications.iter().map(write).collect();
    let next = page.next.map(|place| listing.next_link(&server, caller.tenant, &place));
    Ok(Page { context: listing.selection.context("applications"), items, count: page.count, next }.respond(&server))
}

/// `GET /applications/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let count = operations::count(&server, &caller, &Count::read(&APPLICATION, &uri, &headers)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain;charset=utf-8")], count.to_string()).into_response())
}

/// `GET /applications/{id}` and `GET /applications(appId='..')`
pub async fn one(State(server): State<Arc<Server>>, caller: Caller, key: Key, uri: Uri) -> Result<Response, Error> {
    let selection = Selection::of_one(&APPLICATION, &uri)?;
    let mut tx = server.read().await?;
    let application = operations::get(&mut tx, &caller, key).await?;
    let secrets = operations::secrets(&mut tx, &application).await?;
    Ok(entity(&server, StatusCode::OK, &application, &secrets, &selection))
}

/// One application as an answer.
pub fn entity(
    server: &Server,
    status: StatusCode,
    application: &Application,
    secrets: &[ApplicationSecret],
    selection: &Selection,
) -> Response {
    let context = format!("{}/$entity", selection.context("applications"));
    resource::entity(server, status, &context, wire::application(application, secrets, selection))
}
