//! Organisations on this server: the tenant, its proved domains, and how it works with people from outside.
//!
//! Owns `tenant`, `domain`, `domain_claim`, `collaboration_settings`, `permission_grant_policy`, `branding`, `branding_image`. Who belongs to a tenant is `users`; what its apps are is
//! `applications`.

pub mod administrators;
pub mod branding;
mod change;
mod domain_list_graph;
mod domain_list_policy;
pub mod domains;
mod domains_graph;
mod door;
mod external_identities_graph;
pub mod given_up;
pub mod grant_policies;
mod graph;
mod methods_graph;
pub mod operations;
pub mod organization;
mod organization_graph;
mod policy_graph;
pub mod profile;
mod settings;
pub mod store;
mod tenant;
#[cfg(test)]
mod tests;

pub use change::{SettingsChange, SettingsError};
pub use door::door;
pub use grant_policies::{AssignedPolicy, GrantPolicy};
pub use graph::routes;
pub use profile::Profile;
pub use settings::{
    CollaborationSettings, ConsentPolicy, DomainListKind, InvitersPolicy, KeptSwitch, LandingAddresses,
    PasscodesForGuests, PrivilegedRolesForGuests,
};
pub use tenant::{Domain, Tenant, TenantName};

use crate::Server;
use crate::platform::ids::TenantId;
use database::{Result, Transaction};
use sqlx::types::Json;
use std::collections::HashMap;
use std::sync::Arc;

/// Makes a tenant with its first domain, in the caller's transaction. The domain is taken as proved: whoever runs this
/// command decides about the server.
pub async fn create(tx: &mut Transaction, server: &Server, name: TenantName, domain: &Domain) -> Result<Tenant> {
    let now = server.clock.now();
    let id = TenantId(server.entropy.random_uuid());
    let tenant = Tenant {
        id,
        name: name.into_string(),
        initial_domain: domain.as_str().to_owned(),
        default_domain: None,
        created_at: now,
        privacy_statement_url: None,
        contact_email: None,
        help_url: None,
        technical_notification_mails: Json(Vec::new()),
        profile: Json(Profile::default()),
        version: 1,
    };
    store::insert(tx, &tenant).await?;
    store::insert_domain(tx, id, domain, true, now).await?;
    store::insert_settings(tx, id, &CollaborationSettings::default()).await?;
    Ok(tenant)
}

/// The tenant a path names: by its id or by a domain it has proved.
pub async fn resolve(tx: &mut Transaction, server: &Server, name: &str) -> Result<Option<Arc<Tenant>>> {
    if let Ok(id) = name.parse::<TenantId>() {
        return find(tx, server, id).await;
    }
    let Some(domain) = Domain::parse(name) else { return Ok(None) };
    match owner(tx, server, domain).await? {
        Some(id) => find(tx, server, id).await,
        None => Ok(None),
    }
}

async fn owner(tx: &mut Transaction, server: &Server, domain: Domain) -> Result<Option<TenantId>> {
    let cache = &server.caches.domains;
    let vacancy = match cache.get(server.database.changes(), &domain) {
        Ok(kept) => return Ok(Some(*kept)),
        Err(vacancy) => vacancy,
    };
    let found = store::find_domain(tx, &domain).await?;
    Ok(found.map(|id| *cache.keep(vacancy, tx, domain, id)))
}

/// The tenant with this id.
pub async fn find(tx: &mut Transaction, server: &Server, id: TenantId) -> Result<Option<Arc<Tenant>>> {
    let cache = &server.caches.tenants;
    let vacancy = match cache.get(server.database.changes(), &id) {
        Ok(kept) => return Ok(Some(kept)),
        Err(vacancy) => vacancy,
    };
    let found = store::find(tx, id).await?;
    Ok(found.map(|tenant| cache.keep(vacancy, tx, id, tenant)))
}

/// Those of these tenants that there are, by their ids.
pub async fn find_all(
    tx: &mut Transaction,
    server: &Server,
    ids: &[TenantId],
) -> Result<HashMap<TenantId, Arc<Tenant>>> {
    let cache = &server.caches.tenants;
    let vacancy = cache.vacancy(server.database.changes());
    let (mut found, mut missing) = (HashMap::new(), Vec::new());
    for id in ids {
        match cache.get(server.database.changes(), id) {
            Ok(kept) => {
                found.insert(*id, kept);
            }
            Err(_) => missing.push(*id),
        }
    }
    for tenant in store::list_some(tx, &missing).await? {
        let id = tenant.id;
        found.insert(id, cache.keep(vacancy, tx, id, tenant));
    }
    Ok(found)
}

/// How a tenant works with people from outside.
pub async fn settings(tx: &mut Transaction, server: &Server, id: TenantId) -> Result<Arc<CollaborationSettings>> {
    let cache = &server.caches.settings;
    let vacancy = match cache.get(server.database.changes(), &id) {
        Ok(kept) => return Ok(kept),
        Err(vacancy) => vacancy,
    };
    let found = store::get_settings(tx, id).await?;
    Ok(cache.keep(vacancy, tx, id, found))
}

/// The domains a tenant has proved, its initial one first.
pub async fn domains(tx: &mut Transaction, server: &Server, id: TenantId) -> Result<Arc<Vec<String>>> {
    let cache = &server.caches.domains_of;
    let vacancy = match cache.get(server.database.changes(), &id) {
        Ok(kept) => return Ok(kept),
        Err(vacancy) => vacancy,
    };
    let found = store::list_domains(tx, id).await?;
    Ok(cache.keep(vacancy, tx, id, found))
}
