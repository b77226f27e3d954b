//! Reading service principals.

use super::wire;
use crate::Server;
use crate::applications::ApplicationSecret;
use crate::changes::Kind;
use crate::graph::delta::{IdForm, Source, Written};
use crate::graph::query::{Count, Expansions, Listing, Selection};
use crate::graph::{Caller, Error, delta, resource};
use crate::service_principals::ServicePrincipal;
use crate::service_principals::operations::{self, Key};
use crate::service_principals::resource::SERVICE_PRINCIPAL;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

/// `GET /servicePrincipals`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let asked = Listing::with_expand(&server, caller.tenant, &SERVICE_PRINCIPAL, &uri, &headers).await?;
    let (listing, expansions) = asked;
    let page = operations::list(&server, &caller, &listing).await?;
    let (ids, mut items): (Vec<Uuid>, Vec<_>) = write(&server, &page, &listing).into_iter().unzip();
    expansions.attach(&server, &caller, &ids, &mut items).await?;
    Ok(listing.answer(&server, caller.tenant, "servicePrincipals", items, (page.count, page.next)))
}

/// The service principals of a page as they are written.
fn write(server: &Server, page: &operations::Page, listing: &Listing) -> Vec<(Uuid, Map<String, Value>)> {
    let base = server.settings.public_address();
    let write = |principal: &ServicePrincipal| {
        let is_theirs = |secret: &&ApplicationSecret| secret.service_principal_id == Some(principal.id);
        let secrets: Vec<&ApplicationSecret> = page.secrets.iter().filter(is_theirs).collect();
        (principal.id.0, wire::service_principal(base, principal, &secrets, &listing.selection))
    };
    page.service_principals.iter().map(write).collect()
}

/// A service principal shows the name and the roles of its registration, so it changes with that.
static CHANGES: Source = Source {
    set: "servicePrincipals",
    kind: Kind::ServicePrincipal,
    also: Some((Kind::Application, "a.id")),
    resource: &SERVICE_PRINCIPAL,
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
        Ok(Written { items: write(server, &page, listing), more: page.next.is_some() })
    })
}

/// `GET /servicePrincipals/delta`
pub async fn delta(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    delta::answer(&server, &caller, &CHANGES, &uri).await
}

/// `GET /servicePrincipals/$count`
pub async fn count(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let count = Count::read(&SERVICE_PRINCIPAL, &uri, &headers)?;
    Ok(resource::number(operations::count(&server, &caller, &count).await?))
}

/// `GET /servicePrincipals/{id}` and `GET /servicePrincipals(appId='..')`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let asked = Expansions::of_one(&server, caller.tenant, &SERVICE_PRINCIPAL, &uri, &headers).await?;
    let (selection, expansions) = asked;
    let mut tx = server.read().await?;
    let principal = operations::get(&mut tx, &caller, key).await?;
    let secrets = operations::secrets(&mut tx, &principal).await?;
    drop(tx);
    let secrets: Vec<&ApplicationSecret> = secrets.iter().collect();
    let mut body = [wire::service_principal(server.settings.public_address(), &principal, &secrets, &selection)];
    expansions.attach(&server, &caller, &[principal.id.0], &mut body).await?;
    let [body] = body;
    let context = format!("{}/$entity", selection.context("servicePrincipals"));
    Ok(resource::entity(&server, StatusCode::OK, &context, body))
}

/// One service principal as an answer.
pub fn entity(
    server: &Server,
    status: StatusCode,
    principal: &ServicePrincipal,
    secrets: &[ApplicationSecret],
    selection: &Selection,
) -> Response {
    let context = format!("{}/$entity", selection.context("servicePrincipals"));
    let secrets: Vec<&ApplicationSecret> = secrets.iter().collect();
    let base = server.settings.public_address();
    resource::entity(server, status, &context, wire::service_principal(base, principal, &secrets, selection))
}
