//! Whoever holds a role, as objects of the directory (Graph: list members of a directory role).

use super::wire;
use crate::Server;
use crate::changes::Kind;
use crate::directory_objects::directory_object::{Cast, DirectoryObject};
use crate::directory_objects::operations::{self, Held, Identities};
use crate::directory_objects::{selection, told};
use crate::directory_roles::{Holder, operations as roles};
use crate::graph::query::{Few, Listing, Resource, Selection};
use crate::graph::{Caller, Error, Role, Segment};
use crate::groups::GROUP;
use crate::service_principals::SERVICE_PRINCIPAL;
use crate::users::USER;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Holders that are filtered or put in order: they are of three tables, and read whole for it.
const FEW: u32 = if cfg!(test) { 4 } else { 1_000 };

/// What may be selected where only addresses are written: nothing.
static REFERENCE: Resource = Resource { type_name: "directoryObject", id: "id", properties: &[] };

/// `GET /directoryRoles/{id}/members`
pub async fn all(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    list(&server, &caller, &key, (&uri, &headers), None).await
}

/// `GET /directoryRoles/{id}/members/microsoft.graph.user`
pub async fn users(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    list(&server, &caller, &key, (&uri, &headers), Some(Kind::User)).await
}

/// `GET /directoryRoles/{id}/members/microsoft.graph.servicePrincipal`
pub async fn programs(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    list(&server, &caller, &key, (&uri, &headers), Some(Kind::ServicePrincipal)).await
}

/// `GET /directoryRoles/{id}/members/$ref`
pub async fn references(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    roles::check_may_read(&caller)?;
    let role = roles::find(&caller, &key)?;
    let few = Few::read(selection::linked(None), &uri, &headers)?.in_their_order().unpaged();
    if let Some(option) = few.narrowing() {
        let objects = whole(&server, &caller, (role, None), (&few, option)).await?;
        return few.answer_addresses(&server, caller.tenant, objects);
    }
    let listing = Listing::read(&server, caller.tenant, &REFERENCE, &uri, &headers)?.unpaged();
    let (holders, end) = operations::list_holders(&server, &caller, (role, None), &listing).await?;
    let base = server.settings.public_address();
    let item = |holder: &Holder| {
        let address = format!("{base}/v1.0/directoryObjects/{}", holder.id());
        Map::from_iter([("@odata.id".to_owned(), json!(address))])
    };
    let items = holders.iter().map(item).collect();
    Ok(listing.answer(&server, caller.tenant, "directoryObjects", items, end))
}

/// The holders of one kind or of any. Graph does not page them; here the longest page ends them.
async fn list(
    server: &Server,
    caller: &Caller,
    key: &str,
    (uri, headers): (&Uri, &HeaderMap),
    kind: Option<Kind>,
) -> Result<Response, Error> {
    roles::check_may_read(caller)?;
    let role = roles::find(caller, key)?;
    let cast = kind.map(Cast::Kind);
    let (resource, set) = (selection::linked(cast), cast.map_or("directoryObjects", Cast::set));
    let few = Few::read(resource, uri, headers)?.in_their_order().unpaged();
    if let Some(option) = few.narrowing() {
        let objects = whole(server, caller, (role, kind), (&few, option)).await?;
        return few.answer_by_type(server, caller.tenant, set, objects, type_of);
    }
    let listing = Listing::read(server, caller.tenant, resource, uri, headers)?.unpaged();
    let (holders, end) = operations::list_holders(server, caller, (role, kind), &listing).await?;
    let items = written(server, caller, holders, &listing.selection).await?;
    Ok(listing.answer(server, caller.tenant, set, items, end))
}

/// All of them as they are filtered or ordered by this option.
///
/// # Errors
/// 400 that names the option where more hold the role than are read at once, 403 for one that asks by what the caller may not see.
async fn whole(
    server: &Server,
    caller: &Caller,
    (role, kind): (Role, Option<Kind>),
    (few, option): (&Few, &'static str),
) -> Result<Vec<Map<String, Value>>, Error> {
    operations::check_holders_asked(caller, kind, &few.names())?;
    let holders = roles::holders(server, caller, role, (kind, None), FEW + 1).await?;
    if u32::try_from(holders.len()).is_ok_and(|found| found <= FEW) {
        return written(server, caller, holders, &few.whole()).await;
    }
    let message = format!("Unsupported Query. {option} is served where a role has at most {FEW} members.");
    Err(Error::unsupported_query(message).with_target(option))
}

/// Holders with their types, as far as they were selected.
pub(super) async fn written(
    server: &Server,
    caller: &Caller,
    holders: Vec<Holder>,
    selection: &Selection,
) -> Result<Vec<Map<String, Value>>, Error> {
    let base = server.settings.public_address();
    let (held, identities) = operations::show_holders(server, caller, holders, selection).await?;
    Ok(held.iter().map(|held| write(base, held, &identities, selection)).collect())
}

/// As much of a holder as the caller may see, and of every one what is told of all of them.
fn write(base: &str, held: &Held, identities: &Identities, selection: &Selection) -> Map<String, Value> {
    let mut written = wire::object(base, &held.object, identities, selection);
    // Groups and programs are shown whole or not at all.
    if matches!(held.object, DirectoryObject::User(..) | DirectoryObject::Hidden(..)) {
        written.extend(told::told(&held.holder, selection));
    }
    written
}

/// The table of the type that an object says it has.
fn type_of(object: &Map<String, Value>) -> &'static Resource {
    match object.get("@odata.type").and_then(Value::as_str) {
        Some("#microsoft.graph.servicePrincipal") => &SERVICE_PRINCIPAL,
        Some("#microsoft.graph.group") => &GROUP,
        _ => &USER,
    }
}
