//! What can be done about service principals, for the API, the portal and the command line alike.
//!
//! What changes something runs in the transaction of its caller, so that several steps can be one.

mod change;
mod read;
mod register;
mod secrets;

pub use change::{
    ServicePrincipalChanges, delete, delete_as_read, expect_version, find_managed, find_to_write, update,
};
pub(super) use read::place;
pub use read::{Page, count, get, list, secrets};
pub use register::{Registered, add, install_directory_api, register};
pub use secrets::{add_secret, remove_secret};

use super::error::ServicePrincipalError;
use super::service_principal::ServicePrincipal;
use super::store;
use crate::Server;
use crate::applications::AppKey;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use database::Transaction;

/// How a request names a service principal.
pub type Key = AppKey<ServicePrincipalId>;

/// The service principal under this key.
pub async fn find(tx: &mut Transaction, tenant: TenantId, key: Key) -> Result<ServicePrincipal, ServicePrincipalError> {
    let found = match key {
        Key::Id(id) => store::find(tx, tenant, id).await?,
        Key::Client(client) => store::find_by_client(tx, tenant, client).await?,
    };
    found.ok_or_else(|| ServicePrincipalError::NotFound(key.to_string()))
}

pub(super) fn target(principal: &ServicePrincipal) -> Target {
    Target::new("ServicePrincipal", principal.id.0, principal.display_name.clone())
}

pub(super) async fn audit(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    target: &Target,
) -> database::Result<()> {
    audit::record(tx, server, caller, activity, &Outcome::Success, target, &[]).await
}
