//! What can be done about service principals, for the API, the portal and the command line alike.
//!
//! What changes something runs in the transaction of its caller, so that several steps can be one.

mod change;
mod read;
mod register;
mod secrets;

pub use change::{ServicePrincipalChanges, delete, expect_version, find_to_write, update};
pub(super) use read::place;
pub use read::{Page, count, get, list, secrets};
pub use register::{Registered, add, install_directory_api, register};
pub use secrets::{add_secret, remove_secret};

use super::error::ServicePrincipalError;
use super::service_principal::ServicePrincipal;
use super::store;
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use database::Transaction;

/// How a request names a service principal.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    /// By its object id.
    Id(ServicePrincipalId),
    /// By its client id, `servicePrincipals(appId='..')`.
    Client(ClientId),
}

impl Key {
    /// Reads a path segment: an object id, or `appId=` and a client id.
    pub fn parse(segment: &str) -> Option<Self> {
        match segment.strip_prefix("appId=") {
            Some(client) => client.parse().ok().map(Self::Client),
            None => segment.parse().ok().map(Self::Id),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Client(client) => client.fmt(formatter),
        }
    }
}

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
