//! Reading applications.

use super::wire::{self, Credentials};
use crate::Server;
use crate::applications::Application;
use crate::applications::operations::{self, Key};
use crate::applications::resource::APPLICATION;
use crate::changes::Kind;
use crate::graph::delta::{IdForm, Source, Written};
use crate::graph::query::{Count, Expansions, Listing, Selection};
use crate::graph::{Caller, Error, delta, resource};
use crate::platform::ids::TenantId;
use crate::tenants;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// `GET /applications`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (listing, expansions) = Listing::with_expand(&server, caller.tenant, &APPLICATION, &uri, &headers).await?;
    let page = operations::list(&server, &caller, &listing).await?;
    let (ids, mut items) = write(&server, &caller, &page, &listing).await?;
    expansions.attach(&server, &caller, &ids, &mut items).await?;
    Ok(listing.answer(&server, caller.tenant, "applications", items, (page.count, page.next)))
}

/// The applications of a page as they are written, and their ids.
async fn write(
    server: &Server,
    caller: &Caller,
    page: &operations::Page,
    listing: &Listing,
) -> Result<(Vec<Uuid>, Vec<Map<String, Value>>), Error> {
    let base = server.settings.public_address();
    let write = |application: &Application| {
        let credentials = Credentials {
            secrets: page.secrets.iter().filter(|secret| secret.application_id == application.id).collect(),
            keys: page.keys.iter().filter(|key| key.application_id == application.id).collect(),
            with_key: false,
        };
        (application.id.0, wire::application(base, application, &credentials, &listing.selection))
    };
    let (ids, mut items): (Vec<Uuid>, Vec<_>) = page.applications.iter().map(write).unzip();
    listing.selection.attach_added(server, caller.tenant, &ids, &mut items).await?;
    name_publisher(server, caller.tenant, &listing.selection, &mut items).await?;
    Ok((ids, items))
}

/// The domain of the organisation that is shown with its applications: the one that people are shown where an app asks them for
/// something.
pub async fn publisher_domain(server: &Server, tenant: TenantId) -> Result<Value, Error> {
    let found = tenants::find(&mut server.read().await?, server, tenant).await?;
    Ok(json!(found.map(|tenant| tenant.default_domain().to_owned())))
}

/// Says which domain that is, if it was selected.
pub async fn name_publisher(
    server: &Server,
    tenant: TenantId,
    selection: &Selection,
    items: &mut [Map<String, Value>],
) -> Result<(), Error> {
    if !selection.has(wire::PUBLISHER_DOMAIN) || items.is_empty() {
        return Ok(());
    }
    let domain = publisher_domain(server, tenant).await?;
    for item in items {
        item.insert(wire::PUBLISHER_DOMAIN.to_owned(), domain.clone());
    }
    Ok(())
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
        let (ids, items) = write(server, caller, &page, listing).await?;
        Ok(Written { items: ids.into_iter().zip(items).collect(), more: page.next.is_some() })
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
    let count = Count::with_added(&server, caller.tenant, &APPLICATION, &uri, &headers).await?;
    Ok(resource::number(operations::count(&server, &caller, &count).await?))
}

/// `GET /applications/{id}` and `GET /applications(appId='..')`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let asked = Expansions::of_one(&server, caller.tenant, &APPLICATION, &uri, &headers).await?;
    whole(&server, &caller, key, &asked).await
}

/// One application with its credentials and what it is related to, read for this caller.
pub async fn whole(
    server: &Server,
    caller: &Caller,
    key: Key,
    (selection, expansions): &(Selection, Expansions),
) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    let application = operations::get(&mut tx, caller, key).await?;
    let secrets = operations::secrets(&mut tx, &application).await?;
    let keys = operations::certificates(&mut tx, &application).await?;
    // The certificates themselves are long, and written for one application when they are asked for by name.
    let with_key = selection.is_asked_for("keyCredentials");
    let credentials = Credentials { secrets: secrets.iter().collect(), keys: keys.iter().collect(), with_key };
    let base = server.settings.public_address();
    let mut body = [wire::application(base, &application, &credentials, selection)];
    drop(tx);
    selection.attach_added(server, caller.tenant, &[application.id.0], &mut body).await?;
    name_publisher(server, caller.tenant, selection, &mut body).await?;
    expansions.attach(server, caller, &[application.id.0], &mut body).await?;
    let [body] = body;
    Ok(resource::entity(server, StatusCode::OK, &format!("{}/$entity", selection.context("applications")), body))
}

/// One application as an answer.
pub async fn entity(
    server: &Server,
    status: StatusCode,
    application: &Application,
    credentials: &Credentials<'_>,
    selection: &Selection,
) -> Result<Response, Error> {
    let context = format!("{}/$entity", selection.context("applications"));
    let mut body = [wire::application(server.settings.public_address(), application, credentials, selection)];
    name_publisher(server, application.tenant_id, selection, &mut body).await?;
    let [body] = body;
    Ok(resource::entity(server, status, &context, body))
}
