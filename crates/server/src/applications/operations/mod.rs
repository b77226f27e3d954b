//! What can be done about applications, for the API, the portal and the command line alike.
//!
//! What changes something runs in the transaction of its caller, so that several steps can be one.

mod belonging;
mod change;
mod extensions;
mod federated;
mod keys;
mod owners;
mod read;
mod secrets;

pub use belonging::{BelongingPage, list_belonging};
pub(super) use change::set_logo;
pub use change::{delete, delete_as_read, register, update};
pub use extensions::{add_extension, available_extensions, get_extension, remove_extension};
pub use federated::{
    CredentialKey, add_federated, change_federated, get_federated, get_federated_to_write, remove_federated,
};
pub use keys::{Wanted, add_key, check_proof, remove_key, set_keys};
pub use owners::{
    add_first_owners, add_owner, is_owner, may_write_each, may_write_owned, own, own_principals, remove_owner,
};
pub(super) use read::place;
pub use read::{Page, certificates, count, get, list, offering, secrets, with_clients};
pub use secrets::{add_secret, remove_secret};

use super::app_key::AppKey;
use super::application::Application;
use super::error::ApplicationError;
use super::store;
use super::unique_name::UniqueName;
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Permission, Role};
use crate::platform::ids::ApplicationId;
use database::Transaction;

/// What lets a caller read applications.
pub(super) const READ: [Permission; 5] = [
    Permission::ApplicationReadAll,
    Permission::ApplicationReadWriteOwnedBy,
    Permission::ApplicationReadWriteAll,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// What lets a caller change them.
const WRITE: [Permission; 2] = [Permission::ApplicationReadWriteAll, Permission::DirectoryReadWriteAll];

/// What lets a caller register applications and change those they own.
const WRITE_OWN: [Permission; 3] =
    [Permission::ApplicationReadWriteOwnedBy, Permission::ApplicationReadWriteAll, Permission::DirectoryReadWriteAll];

/// Whether the caller may see the tenant's applications: members and guests of every level may, an app acting for them
/// or for itself needs the permission.
pub fn may_read(caller: &Caller) -> bool {
    caller.has_any(&READ)
}

/// Whether the caller may ask for applications by these properties: how many answer for one is for whom those are shown to.
pub fn may_ask_by(caller: &Caller, names: &[&str]) -> bool {
    caller.sees_others() || !names.contains(&"owners/$count")
}

/// The roles that manage applications beside the Global Administrator's.
pub const ROLES: [Role; 2] = [Role::ApplicationAdministrator, Role::CloudApplicationAdministrator];

/// Whether the caller may change every application.
pub fn may_write(caller: &Caller) -> bool {
    caller.may(&WRITE, &ROLES)
}

/// Whether the caller may register applications: whoever changes them may, programs that change their own, and members where
/// the organisation lets them (Graph: authorizationPolicy, allowedToCreateApps).
pub fn may_register(caller: &Caller) -> bool {
    let is_let = caller.user().is_some_and(|user| user.defaults.creates_apps);
    caller.may(&WRITE_OWN, &ROLES) || (is_let && caller.has_any(&WRITE_OWN))
}

/// How a request names an application.
pub type Key = AppKey<ApplicationId, UniqueName>;

/// The application under this key, if the caller may change it. Denial comes before absence.
pub async fn get_to_write(tx: &mut Transaction, caller: &Caller, key: Key) -> Result<Application, ApplicationError> {
    let application = match find(tx, caller, key).await {
        Err(ApplicationError::NotFound(_)) if !may_write(caller) => return Err(ApplicationError::Denied),
        found => found?,
    };
    if may_write_owned(tx, caller, application.id.into()).await? {
        Ok(application)
    } else {
        Err(ApplicationError::Denied)
    }
}

/// The same where two changes at once must come one after the other: nobody else changes the application before this transaction
/// ends.
async fn lock_to_write(tx: &mut Transaction, caller: &Caller, key: Key) -> Result<Application, ApplicationError> {
    let application = get_to_write(tx, caller, key).await?;
    let is_there = store::lock(tx, caller.tenant, application.id).await?;
    if is_there { Ok(application) } else { Err(ApplicationError::NotFound(key.to_string())) }
}

/// Holds the registration under this key until the end of the transaction, if it is still of the version that the caller has
/// read; of whatever version without one.
///
/// # Errors
/// `Changed` if it is of another, and as [`get_to_write`].
pub async fn expect_version(
    tx: &mut Transaction,
    caller: &Caller,
    key: Key,
    expected: Option<i64>,
) -> Result<(), ApplicationError> {
    let Some(expected) = expected else { return Ok(()) };
    let application = get_to_write(tx, caller, key).await?;
    store::lock(tx, caller.tenant, application.id).await?;
    let held = get_to_write(tx, caller, key).await?;
    if held.version == expected { Ok(()) } else { Err(ApplicationError::Changed) }
}

async fn find(tx: &mut Transaction, caller: &Caller, key: Key) -> Result<Application, ApplicationError> {
    let found = match key {
        Key::Id(id) => store::find(tx, caller.tenant, id).await?,
        Key::Client(client) => store::find_by_client(tx, caller.tenant, client).await?,
        Key::Name(name) => store::find_by_unique_name(tx, caller.tenant, name.as_str()).await?,
    };
    found.ok_or_else(|| ApplicationError::NotFound(key.to_string()))
}

/// The application as the audit shows it.
pub fn target(application: &Application) -> Target {
    Target::new("Application", application.id.0, application.display_name.clone())
}

pub(super) async fn audit(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    target: Target,
) -> database::Result<()> {
    audit::record(tx, server, caller, activity, &Outcome::Success, &target, &[]).await
}
