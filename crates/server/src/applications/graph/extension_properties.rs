//! Properties that applications add to objects of the directory, on the wire (Graph: extensionProperty).

use super::belonging::{self, entity};
use super::wire;
use crate::Server;
use crate::applications::operations::{self, Key};
use crate::applications::resource::EXTENSION_PROPERTY;
use crate::extensions::{ExtensionProperty, NewExtensionProperty};
use crate::graph::body::{Object, UnreadBody};
use crate::graph::page::Page;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, Segments, resource};
use crate::platform::ids::ExtensionPropertyId;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value};
use std::sync::Arc;

/// `GET /applications/{id}/extensionProperties/{id}`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let selection = Selection::of_one(&EXTENSION_PROPERTY, &uri)?;
    let found = operations::get_extension(&mut server.read().await?, &caller, (key, id(&segments)?)).await?;
    Ok(entity(&server, StatusCode::OK, &found, &selection))
}

/// `POST /applications/{id}/extensionProperties`. The body is read when it is known that the caller may change the application.
pub async fn add(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: UnreadBody,
) -> Result<Response, Error> {
    operations::get_to_write(&mut server.read().await?, &caller, key).await?;
    let new = read(body.object()?)?;
    let mut tx = server.write().await?;
    let added = operations::add_extension(&mut tx, &server, &caller, key, new).await?;
    tx.commit().await?;
    let path = belonging::address(&added);
    let whole = entity(&server, StatusCode::CREATED, &added, &Selection::default_of(&EXTENSION_PROPERTY));
    Ok(resource::located(&server, &path, whole))
}

/// `DELETE /applications/{id}/extensionProperties/{id}`
pub async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
) -> Result<Response, Error> {
    let mut tx = server.write().await?;
    operations::get_to_write(&mut tx, &caller, key).await?;
    operations::remove_extension(&mut tx, &server, &caller, (key, id(&segments)?)).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// `POST /directoryObjects/getAvailableExtensionProperties`. Nothing is synchronised from elsewhere.
pub async fn available(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    body: UnreadBody,
) -> Result<Response, Error> {
    let found = operations::available_extensions(&mut server.read().await?, &caller).await?;
    let is_synchronised = if body.is_empty() {
        None
    } else {
        let mut body = body.object()?;
        let asked: Option<bool> = body.take("isSyncedFromOnPremises")?;
        body.finish()?;
        asked
    };
    let selection = Selection::of_one(&EXTENSION_PROPERTY, &uri)?;
    let shown = found.iter().filter(|_| is_synchronised != Some(true));
    let items = shown.map(|property| typed(property, &selection)).collect();
    Ok(Page { context: selection.context("directoryObjects"), items, count: None, next: None }.respond(&server))
}

/// One among objects of several types says which it is.
fn typed(property: &ExtensionProperty, selection: &Selection) -> Map<String, Value> {
    let mut written = wire::extension(property, selection);
    written.insert("@odata.type".to_owned(), "#microsoft.graph.extensionProperty".into());
    written
}

fn id(segments: &Segments) -> Result<ExtensionPropertyId, Error> {
    let text = segments.get(1);
    text.parse().map_err(|_| Error::not_found(text))
}

fn read(mut body: Object) -> Result<NewExtensionProperty, Error> {
    let required = |property| Error::invalid_property(property, "it is required");
    let new = NewExtensionProperty {
        name: body.take("name")?.ok_or_else(|| required("name"))?,
        data_type: body.take("dataType")?.ok_or_else(|| required("dataType"))?,
        is_multi_valued: body.take("isMultiValued")?.unwrap_or(false),
        target_objects: body.take("targetObjects")?.ok_or_else(|| required("targetObjects"))?,
    };
    body.finish()?;
    Ok(new)
}
