//! Reading applications.

use super::wire::{self, Credentials};
use crate::Server;
use crate::applications::Application;
use crate::applications::operations::{self, Key};
use crate::applications::resource::APPLICATION;
use crate::changes::Kind;
use crate::graph::delta::{IdForm, Source, Written};
use crate::graph::query::{Count, Listing, Selection};
use crate::graph::{Caller, Error, delta, resource};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

/// `GET /applications`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let listing = Listing::read(&server, caller.tenant, &APPLICATION, &uri, &headers)?;
    let page = operations::list(&server, &caller, &listing).await?;
    let items = write(&page, &listing).into_iter().map(|(_, item)| item).collect();
    Ok(listing.answer(&server, caller.tenant, "applications", items, (page.count, page.next)))
}

/// The applications of a page as they are written.
fn write(page: &operations::Page, listing: &Listing) -> Vec<(Uuid, Map<String, Value>)> {
    let write = |application: &Application| {
        let credentials = Credentials {
            secrets: page.secrets.iter().filter(|secret| secret.application_id == application.id).collect(),
            keys: page.keys.iter().filter(|key| key.application_id == application.id).collect(),
            with_key: false,
        };
        (application.id.0, wire::application(application, &credentials, &listing.selection))
    };
    page.applications.iter().map(write).collect()
}

static CHANGES: Source = Source {
    set: "applications",
    kind: Kind::Application,
    also: None,
    resource: &APPLICATION,
    ids: IdForm::OBJECT,
    read: read_changed,
    members: None,
};

fn read_changed<'a>(
    server: &'a Server,
    caller: &'a Caller,
    listing: &'a Listing,
) -> BoxFuture<'a, Result<Written, Error>> {
    Box::pin(async move {
        let page = operations::list(server, caller, listing).await?;
        Ok(Written { items: write(&page, listing), more: page.next.is_some() })
    })
}

/// `GET /applications/delta`
pub async fn delta(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    delta::answer(&server, &caller, &CHANGES, &uri).await
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
    whole(&server, &caller, key, &Selection::of_one(&APPLICATION, &uri)?).await
}

/// One application with its credentials, read for this caller.
pub async fn whole(server: &Server, caller: &Caller, key: Key, selection: &Selection) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    let application = operations::get(&mut tx, caller, key).await?;
    let secrets = operations::secrets(&mut tx, &application).await?;
    let keys = operations::certificates(&mut tx, &application).await?;
    // The certificates themselves are long, and written for one application when they are asked for by name.
    let with_key = selection.is_asked_for("keyCredentials");
    let credentials = Credentials { secrets: secrets.iter().collect(), keys: keys.iter().collect(), with_key };
    Ok(entity(server, StatusCode::OK, &application, &credentials, selection))
}

/// One application as an answer.
pub fn entity(
    server: &Server,
    status: StatusCode,
    application: &Application,
    credentials: &Credentials<'_>,
    selection: &Selection,
) -> Response {
    let context = format!("{}/$entity", selection.context("applications"));
    resource::entity(server, status, &context, wire::application(application, credentials, selection))
}
