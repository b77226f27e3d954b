//! Who holds which built-in directory role: giving it, taking it, and who may. Users hold roles, and programs do.
//!
//! Owns `directory_role_assignment`. What a role allows is decided where it is done, by the `Caller`, who has the roles held
//! at the moment of each request; so what is taken binds at the next one.

mod assignment;
mod definition;
mod error;
mod graph;
mod holder;
mod member;
pub mod operations;
pub mod store;
#[cfg(test)]
mod tests;

pub use assignment::RoleAssignment;
pub use error::RoleError;
pub use graph::routes;
pub use holder::{Holder, Program};
pub use member::{Member, object_id};

use crate::Server;
use crate::graph::Role;
use crate::platform::ids::{PrincipalId, TenantId};
use database::{Result, Transaction};
use std::collections::HashMap;

/// The roles a principal holds, as the last commit left them: for who asks, not for what changes roles.
pub async fn held(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    principal: PrincipalId,
) -> Result<Vec<Role>> {
    let cache = &server.caches.roles;
    let everybody = match cache.get(server.database.changes(), &tenant) {
        Ok(kept) => kept,
        Err(vacancy) => {
            let mut roles: HashMap<_, Vec<_>> = HashMap::new();
            for (holder, role) in store::list_held(tx, tenant).await? {
                roles.entry(holder).or_default().extend(Role::from_id(role));
            }
            cache.keep(vacancy, tx, tenant, roles)
        }
    };
    Ok(everybody.get(&principal).cloned().unwrap_or_default())
}

/// Takes every role from a principal who is purged.
pub async fn forget_principal(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId) -> Result<()> {
    store::delete_all(tx, tenant, principal).await
}
