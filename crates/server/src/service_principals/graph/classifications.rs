//! `delegatedPermissionClassifications` of service principals (Graph: delegatedPermissionClassification).

use super::Segments;
use crate::Server;
use crate::applications::ExposedScope;
use crate::graph::body::{Object, UnreadBody};
use crate::graph::query::{Few, Property, Resource, Selection};
use crate::graph::{Caller, Error, etag, resource};
use crate::service_principals::ServicePrincipal;
use crate::service_principals::classifications::operations::{self, exposed};
use crate::service_principals::classifications::{Classified, ClassifyError, store};
use crate::service_principals::operations::{Key, get};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What may be selected of a classification, and what it is found by.
static CLASSIFICATION: Resource = Resource {
    type_name: "delegatedPermissionClassification",
    id: "id",
    properties: &[
        Property::new("classification").by_default(),
        Property::new("id").by_default(),
        Property::new("permissionId").by_default(),
        Property::new("permissionName").by_default(),
    ],
};

/// `GET /servicePrincipals/{id}/delegatedPermissionClassifications`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    let principal = get(&mut tx, &caller, key).await?;
    let few = Few::read(&CLASSIFICATION, &uri, &headers)?;
    let classified = store::list(&mut tx, principal.tenant_id, principal.id).await?;
    drop(tx);
    let scopes = principal.exposed_scopes();
    let items = classified.iter().map(|classified| write(&scopes, classified)).collect();
    few.answer(&server, caller.tenant, &set(&principal), items)
}

/// `GET /servicePrincipals/{id}/delegatedPermissionClassifications/{id}`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
    uri: Uri,
) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    let principal = get(&mut tx, &caller, key).await?;
    let selection = Selection::of_one(&CLASSIFICATION, &uri)?;
    let named = named(segments.get(1))?;
    let classified = store::list(&mut tx, principal.tenant_id, principal.id).await?;
    drop(tx);
    let found = classified.iter().find(|classified| **classified == named);
    let found = found.ok_or_else(|| Error::not_found(segments.get(1)))?;
    Ok(selection.answer(&server, &set(&principal), write(&principal.exposed_scopes(), found)))
}

/// `POST /servicePrincipals/{id}/delegatedPermissionClassifications`. The body is read when it is known that the caller may classify
/// what the service principal exposes.
pub async fn create(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    body: UnreadBody,
) -> Result<Response, Error> {
    operations::find_to_classify(&mut server.read().await?, &caller, key).await?;
    let (new, name) = read(body.object()?)?;
    let mut tx = server.write().await?;
    let principal = operations::hold(&mut tx, &caller, key).await?;
    check_name(&principal, new, name.as_deref())?;
    operations::classify(&mut tx, &server, &caller, &principal, new).await?;
    tx.commit().await?;
    let path = format!("/v1.0/servicePrincipals/{}/delegatedPermissionClassifications", principal.id);
    let context = format!("{}/$entity", set(&principal));
    Ok(resource::created(&server, &path, &context, write(&principal.exposed_scopes(), &new)))
}

/// `DELETE /servicePrincipals/{id}/delegatedPermissionClassifications/{id}`
pub async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    segments: Segments,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut tx = server.write().await?;
    let principal = operations::hold(&mut tx, &caller, key).await?;
    operations::declassify(&mut tx, &server, &caller, &principal, named(segments.get(1))?).await?;
    etag::none(&headers)?;
    tx.commit().await?;
    Ok(resource::no_content())
}

/// What an address names.
fn named(id: &str) -> Result<Classified, Error> {
    Classified::parse_wire_id(id).ok_or_else(|| Error::not_found(id))
}

/// What is to be classified, and what the permission is called, where that was sent.
fn read(mut body: Object) -> Result<(Classified, Option<String>), Error> {
    let required = |name| move || Error::invalid_property(name, "it is required");
    let name = body.take("permissionName")?;
    let new = Classified {
        permission_id: body.take("permissionId")?.ok_or_else(required("permissionId"))?,
        classification: body.take("classification")?.ok_or_else(required("classification"))?,
    };
    body.finish()?;
    Ok((new, name))
}

/// Refuses the name of another permission than the id names, so that nobody classifies what they did not mean. What is not exposed at
/// all is refused by its id.
fn check_name(principal: &ServicePrincipal, new: Classified, name: Option<&str>) -> Result<(), Error> {
    let (Some(scope), Some(name)) = (exposed(principal, new.permission_id), name) else { return Ok(()) };
    let is_spelt = scope.value == name || (principal.is_directory_api() && scope.value.eq_ignore_ascii_case(name));
    if is_spelt {
        return Ok(());
    }
    let problem = format!("the permission with this permissionId is called '{}'", scope.value);
    Err(Error::invalid_property("permissionName", problem))
}

/// The collection, as contexts name it.
fn set(principal: &ServicePrincipal) -> String {
    format!("servicePrincipals('{}')/delegatedPermissionClassifications", principal.id)
}

/// A classification. What is exposed no longer has no name.
fn write(scopes: &[ExposedScope], classified: &Classified) -> Map<String, Value> {
    let scope = scopes.iter().find(|scope| scope.id == classified.permission_id);
    let properties = [
        ("classification", json!(classified.classification)),
        ("id", json!(classified.wire_id())),
        ("permissionId", json!(classified.permission_id)),
        ("permissionName", json!(scope.map(|scope| scope.value.as_str()))),
    ];
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl From<ClassifyError> for Error {
    fn from(error: ClassifyError) -> Self {
        match error {
            ClassifyError::Resource(error) => error.into(),
            ClassifyError::NotFound(id) => Self::not_found(id),
            ClassifyError::Invalid(property, problem) => Self::invalid_property(property, problem),
            ClassifyError::Exists => {
                let message = "The permission is classified already. Delete its classification first.";
                Self::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", message)
                    .with_target("permissionId")
            }
            ClassifyError::Storage(error) => error.into(),
        }
    }
}
