//! Organisations on this server: the tenant, its proved domains, and how it works with people from outside.
//!
//! Owns `tenant`, `domain`, `collaboration_settings`. Who belongs to a tenant is `users`; what its apps are is
//! `applications`.

mod change;
mod door;
mod graph;
pub mod operations;
mod settings;
pub mod store;
mod tenant;

pub use change::{SettingsChange, SettingsError};
pub use door::door;
pub use graph::routes;
pub use settings::{CollaborationSettings, DomainListKind, InvitersPolicy, LandingAddresses};
pub use tenant::{Domain, Tenant, TenantName};

use crate::Server;
use crate::platform::ids::TenantId;
use database::{Result, Transaction};

/// Makes a tenant with its first domain, in the caller's transaction. The domain is taken as proved: whoever runs this
/// command decides about the server.
pub async fn create(tx: &mut Transaction, server: &Server, name: TenantName, domain: &Domain) -> Result<Tenant> {
    let now = server.clock.now();
    let id = TenantId(server.entropy.random_uuid());
    let tenant = Tenant { id, name: name.into_string(), initial_domain: domain.as_str().to_owned(), created_at: now };
    store::insert(tx, &tenant).await?;
    store::insert_domain(tx, id, domain, true, now).await?;
    store::insert_settings(tx, id, &CollaborationSettings::default()).await?;
    Ok(tenant)
}

/// The tenant a path names: by its id or by a domain it has proved.
pub async fn resolve(tx: &mut Transaction, name: &str) -> Result<Option<Tenant>> {
    if let Ok(id) = name.parse::<TenantId>() {
        return store::find(tx, id).await;
    }
    let Some(domain) = Domain::parse(name) else { return Ok(None) };
    match store::find_domain(tx, &domain).await? {
        Some(id) => store::find(tx, id).await,
        None => Ok(None),
    }
}
