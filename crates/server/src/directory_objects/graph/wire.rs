//! An object of any kind as JSON.

use crate::Server;
use crate::applications::wire::PUBLISHER_DOMAIN;
use crate::applications::{self, resource::APPLICATION};
use crate::changes::Kind;
use crate::directory_objects::directory_object::DirectoryObject;
use crate::directory_objects::operations::{self, Identities};
use crate::graph::query::Selection;
use crate::graph::{Error, Role};
use crate::groups::{self, GROUP};
use crate::platform::ids::TenantId;
use crate::service_principals::{self, SERVICE_PRINCIPAL};
use crate::users::{self, USER};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The selected properties its kind has, and which kind that is. `base` is the public address of the server; how users sign in
/// is read apart, see [`operations::identities()`].
pub fn object(
    base: &str,
    object: &DirectoryObject,
    identities: &Identities,
    selection: &Selection,
) -> Map<String, Value> {
    let (kind, mut written) = match object {
        DirectoryObject::User(user, sight) => {
            let identities = identities.get(&user.id).map(Vec::as_slice).unwrap_or_default();
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

/// Objects of any kind, with what is read apart from them: how users sign in, and the domain that is shown with applications.
pub async fn objects(
    server: &Server,
    tenant: TenantId,
    objects: &[DirectoryObject],
    selection: &Selection,
) -> Result<Vec<Map<String, Value>>, Error> {
    let base = server.settings.public_address();
    let identities = operations::identities(server, tenant, objects, selection).await?;
    let mut items: Vec<_> = objects.iter().map(|one| object(base, one, &identities, selection)).collect();
    let is_application = |object: &DirectoryObject| matches!(object, DirectoryObject::Application(_));
    if selection.within(&APPLICATION).has(PUBLISHER_DOMAIN) && objects.iter().any(is_application) {
        let domain = applications::publisher_domain(server, tenant).await?;
        for (_, item) in objects.iter().zip(&mut items).filter(|(object, _)| is_application(object)) {
            item.insert(PUBLISHER_DOMAIN.to_owned(), domain.clone());
        }
    }
    Ok(items)
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
