//! An object of any kind as JSON.

use crate::applications::{self, resource::APPLICATION};
use crate::changes::Kind;
use crate::directory_objects::directory_object::DirectoryObject;
use crate::graph::Role;
use crate::graph::query::Selection;
use crate::groups::{self, GROUP};
use crate::service_principals::{self, SERVICE_PRINCIPAL};
use crate::users::{self, Identity, USER};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The selected properties its kind has, and which kind that is. `base` is the public address of the server.
pub fn object(base: &str, object: &DirectoryObject, selection: &Selection) -> Map<String, Value> {
    with_identities(base, object, &[], selection)
}

/// The same with how a user signs in.
pub fn with_identities(
    base: &str,
    object: &DirectoryObject,
    identities: &[Identity],
    selection: &Selection,
) -> Map<String, Value> {
    let (kind, mut written) = match object {
        DirectoryObject::User(user, sight) => {
            ("user", users::wire::user(user, identities, &selection.within(&USER), *sight))
        }
        DirectoryObject::Group(group) => ("group", groups::wire::group(group, &selection.within(&GROUP))),
        DirectoryObject::ServicePrincipal(program) => {
            let selection = selection.within(&SERVICE_PRINCIPAL);
            ("servicePrincipal", service_principals::wire::without_secrets(base, program, &selection))
        }
        DirectoryObject::Application(app) => {
            let selection = selection.within(&APPLICATION);
            ("application", applications::wire::without_credentials(base, app, &selection))
        }
        DirectoryObject::Role(id, role) => ("directoryRole", self::role(*id, *role)),
        DirectoryObject::Hidden(kind, id) => hidden(*kind, *id, selection),
    };
    written.insert("@odata.type".to_owned(), format!("#microsoft.graph.{kind}").into());
    written
}

/// One that the caller may not read: every selected property its kind has stands there, without its value.
fn hidden(kind: Kind, id: Uuid, selection: &Selection) -> (&'static str, Map<String, Value>) {
    let resource = match kind {
        Kind::User => &USER,
        Kind::Group => &GROUP,
        Kind::Application => &APPLICATION,
        Kind::ServicePrincipal => &SERVICE_PRINCIPAL,
        // Neither stands among others that its reader may not read.
        Kind::Grant => return ("oAuth2PermissionGrant", Map::from_iter([("id".to_owned(), json!(id))])),
        Kind::DirectoryRole => return ("directoryRole", Map::from_iter([("id".to_owned(), json!(id))])),
    };
    (resource.type_name, selection.within(resource).hidden(id))
}

/// The address of an object alone (OData 4.01 JSON, section 14: references).
pub fn reference(base: &str, object: &DirectoryObject) -> Map<String, Value> {
    Map::from_iter([("@odata.id".to_owned(), json!(format!("{base}/v1.0/directoryObjects/{}", object.id())))])
}

fn role(id: Uuid, role: Role) -> Map<String, Value> {
    let properties = [
        ("deletedDateTime", Value::Null),
        ("description", json!(role.description())),
        ("displayName", json!(role.name())),
        ("id", json!(id)),
        ("roleTemplateId", json!(role.id())),
    ];
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
