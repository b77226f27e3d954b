//! Registering, changing and deleting applications, and their secrets.

use super::application::Application;
use super::changes::{Changes, NewApplication};
use super::error::ApplicationError;
use super::secret::{self, AddedSecret, NewSecret};
use super::store;
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission};
use crate::platform::ids::{ApplicationId, ClientId, KeyId};
use database::Transaction;
use serde_json::json;

/// What lets a caller read applications.
const READ: [Permission; 4] = [
    Permission::ApplicationReadAll,
    Permission::ApplicationReadWriteAll,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// What lets a caller change them.
const WRITE: [Permission; 2] = [Permission::ApplicationReadWriteAll, Permission::DirectoryReadWriteAll];

/// Whether the caller may see the tenant's applications: members and guests of every level may, an app acting for them
/// or for itself needs the permission.
pub fn may_read(caller: &Caller) -> bool {
    caller.has_any(&READ)
}

/// Whether the caller may register and change applications.
pub fn may_write(caller: &Caller) -> bool {
    caller.may_administer(&WRITE)
}

/// How a request names an application.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    /// By its object id.
    Id(ApplicationId),
    /// By its client id, `applications(appId='..')`.
    Client(ClientId),
}

impl std::fmt::Display for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Client(client) => client.fmt(formatter),
        }
    }
}

/// The application a caller may see under this key.
pub async fn get(tx: &mut Transaction, caller: &Caller, key: Key) -> Result<Application, ApplicationError> {
    if may_read(caller) { find(tx, caller, key).await } else { Err(ApplicationError::Denied) }
}

/// Adds a registration (Graph: POST /applications), in the caller's transaction. It has no service principal yet, so
/// nobody can sign in to it.
pub async fn register(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    new: NewApplication,
) -> Result<Application, ApplicationError> {
    if !may_write(caller) {
        return Err(ApplicationError::Denied);
    }
    let now = server.clock.now();
    let id = ApplicationId(server.entropy.uuid(now));
    let client = ClientId(server.entropy.random_uuid());
    let bare = Application::new(caller.tenant, id, client, new.display_name, now);
    let application = new.properties.apply(&bare)?;
    store::insert(tx, &application).await?;
    audit(tx, server, caller, Activity::AddApplication, target(&application)).await?;
    Ok(application)
}

/// Changes a registration (Graph: PATCH /applications/{id}).
pub async fn update(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    changes: Changes,
) -> Result<Application, ApplicationError> {
    let before = get_to_write(tx, caller, key).await?;
    let after = changes.apply(&before)?;
    if !store::update(tx, &after).await? {
        return Err(ApplicationError::Changed);
    }
    audit(tx, server, caller, Activity::UpdateApplication, differences(&before, &after)).await?;
    Ok(Application { version: before.version + 1, ..after })
}

/// Deletes a registration so that it can be brought back (Graph: DELETE /applications/{id}). Its service principal and
/// everything granted to it stand still as long.
pub async fn delete(tx: &mut Transaction, server: &Server, caller: &Caller, key: Key) -> Result<(), ApplicationError> {
    let mut application = get_to_write(tx, caller, key).await?;
    application.deleted_at = Some(server.clock.now());
    if !store::update(tx, &application).await? {
        return Err(ApplicationError::Changed);
    }
    Ok(audit(tx, server, caller, Activity::DeleteApplication, target(&application)).await?)
}

/// Adds a secret (Graph: application: addPassword).
pub async fn add_secret(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    new: NewSecret,
) -> Result<AddedSecret, ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    let added = secret::make(server, &application, new)?;
    store::insert_secret(tx, &added.credential).await?;
    let named = target(&application).change("KeyDescription", "", added.credential.id.to_string());
    audit(tx, server, caller, Activity::ManageCredentials, named).await?;
    Ok(added)
}

/// Removes a secret (Graph: application: removePassword).
pub async fn remove_secret(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    secret: KeyId,
) -> Result<(), ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    if !store::delete_secret(tx, caller.tenant, application.id, secret).await? {
        return Err(ApplicationError::NoSuchSecret);
    }
    let named = target(&application).change("KeyDescription", secret.to_string(), "");
    Ok(audit(tx, server, caller, Activity::ManageCredentials, named).await?)
}

/// Denial comes before absence: who may read nothing learns nothing about what exists.
async fn get_to_write(tx: &mut Transaction, caller: &Caller, key: Key) -> Result<Application, ApplicationError> {
    if may_write(caller) { find(tx, caller, key).await } else { Err(ApplicationError::Denied) }
}

async fn find(tx: &mut Transaction, caller: &Caller, key: Key) -> Result<Application, ApplicationError> {
    let found = match key {
        Key::Id(id) => store::find(tx, caller.tenant, id).await?,
        Key::Client(client) => store::find_by_client(tx, caller.tenant, client).await?,
    };
    found.ok_or_else(|| ApplicationError::NotFound(key.to_string()))
}

fn target(application: &Application) -> Target {
    Target::new("Application", application.id.0, application.display_name.clone())
}

/// The changed application with the properties that differ.
fn differences(before: &Application, after: &Application) -> Target {
    let properties = |application: &Application| {
        [
            ("DisplayName", json!(application.display_name)),
            ("Description", json!(application.description)),
            ("AppIdentifierUri", json!(application.identifier_uris)),
            ("AppAddress", json!(application.redirects())),
            ("HomePage", json!(application.home_page_url)),
            ("LogoutUrl", json!(application.logout_url)),
            ("AppRoles", json!(application.app_roles)),
            ("EntitlementsScopes", json!(application.exposed_scopes)),
            ("RequiredResourceAccess", json!(application.required_resource_access)),
            ("SigningAlgorithm", json!(application.signing_algorithm)),
        ]
    };
    let pairs = properties(before).into_iter().zip(properties(after));
    pairs
        .filter(|(old, new)| old != new)
        .fold(target(after), |target, ((name, old), (_, new))| target.change(name, old, new))
}

async fn audit(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    target: Target,
) -> database::Result<()> {
    audit::record(tx, server, caller, activity, &Outcome::Success, &target, &[]).await
}
