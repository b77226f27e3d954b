//! What belongs to one application, on the wire.

use crate::Server;
use crate::applications::belonging::Belonging;
use crate::applications::operations::{self, Key};
use crate::graph::query::{Listing, Selection};
use crate::graph::{Caller, Error, resource};
use crate::platform::ids::ApplicationId;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use std::sync::Arc;

/// `GET /applications/{id}/{collection}`
pub async fn list<T: Belonging>(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::get(&mut server.read().await?, &caller, key).await?;
    let listing = Listing::read(&server, caller.tenant, T::RESOURCE, &uri, &headers)?;
    let page = operations::list_belonging::<T>(&server, &caller, key, &listing).await?;
    let items = page.items.iter().map(|item| item.write(&listing.selection)).collect();
    Ok(listing.answer(&server, caller.tenant, &set::<T>(page.application), items, (page.count, page.next)))
}

/// One of them as an answer.
pub fn entity<T: Belonging>(server: &Server, status: StatusCode, item: &T, selection: &Selection) -> Response {
    let context = format!("{}/$entity", selection.context(&set::<T>(item.ids().1)));
    resource::entity(server, status, &context, item.write(selection))
}

/// Where one of them is, below the public address.
pub fn address<T: Belonging>(item: &T) -> String {
    let (id, application) = item.ids();
    format!("/v1.0/{}/{id}", set::<T>(application))
}

/// The collection, as contexts name it.
fn set<T: Belonging>(application: ApplicationId) -> String {
    format!("applications('{application}')/{}", T::SET)
}
