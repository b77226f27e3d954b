//! Who holds which built-in directory role: giving it, taking it, and who may. Users hold roles, programs do, and groups that
//! were made for it.
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
pub use holder::{Holder, Program, RoleGroup};
pub use member::{Member, object_id};

use crate::Server;
use crate::changes::{self, Change, Kind};
use crate::graph::Role;
use crate::platform::ids::{PrincipalId, TenantId};
use database::{Result, Timestamp, Transaction};
use std::collections::HashMap;

/// Who holds which roles in a tenant.
#[derive(Debug, Default)]
pub struct Holders {
    roles: HashMap<PrincipalId, Vec<Role>>,
    /// Whether groups are among them, so that it matters who belongs to which.
    has_groups: bool,
}

/// The roles a principal has, by themselves or by a group, as the last commit left them: for who asks, not for what
/// changes roles.
pub async fn held(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    principal: PrincipalId,
) -> Result<Vec<Role>> {
    let cache = &server.caches.roles;
    let holders = match cache.get(server.database.changes(), &tenant) {
        Ok(kept) => kept,
        Err(vacancy) => {
            let mut holders = Holders::default();
            for (holder, role, group) in store::list_held(tx, tenant).await? {
                holders.roles.entry(holder).or_default().extend(Role::from_id(role));
                holders.has_groups |= group.is_some();
            }
            cache.keep(vacancy, tx, tenant, holders)
        }
    };
    let mut roles = holders.roles.get(&principal).cloned().unwrap_or_default();
    // Who belongs to a group is not kept: whoever is taken out of it has its roles no longer.
    if holders.has_groups {
        add(&mut roles, store::list_by_groups(tx, tenant, principal).await?);
    }
    Ok(roles)
}

/// The same within a transaction: for what depends on how high somebody stands.
pub async fn effective(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId) -> Result<Vec<Role>> {
    let mut roles = store::list(tx, tenant, principal).await?;
    add(&mut roles, store::list_by_groups(tx, tenant, principal).await?);
    Ok(roles)
}

/// The roles that somebody has who gets hold of what a principal signs in with: theirs, and those they have again as soon as a
/// deleted group of theirs is brought back.
pub async fn within_reach(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId) -> Result<Vec<Role>> {
    let mut roles = store::list(tx, tenant, principal).await?;
    add(&mut roles, store::list_by_groups_of_ever(tx, tenant, principal).await?);
    Ok(roles)
}

fn add(roles: &mut Vec<Role>, further: Vec<Role>) {
    for role in further {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
}

/// Takes every role from a principal who is purged. `kind` says what they are.
pub async fn forget_principal(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, principal): (Kind, PrincipalId),
    at: Timestamp,
) -> Result<()> {
    for role in store::delete_all(tx, tenant, principal).await? {
        let change = Change::holder(object_id(tenant, role), (kind, principal.0), false);
        changes::note(tx, tenant, at, change).await?;
    }
    Ok(())
}
