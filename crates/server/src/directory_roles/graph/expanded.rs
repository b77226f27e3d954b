//! Who holds a role and what the role allows, inside an answer about roles and their assignments ($expand).

use super::holders::{self, EITHER};
use super::unified::{DEFINITION, write_definition};
use crate::Server;
use crate::directory_roles::member::object_id;
use crate::directory_roles::{Holder, operations};
use crate::graph::query::{Expansion, Found, Relation, Resource};
use crate::graph::{Caller, Error, Role};
use crate::platform::ids::{PrincipalId, RoleId};
use futures_util::future::BoxFuture;
use uuid::Uuid;

inventory::submit! {
    Relation {
        of: "unifiedRoleAssignment",
        name: "principal",
        target: principal,
        is_collection: false,
        has_levels: false,
        load: principals,
    }
}

inventory::submit! {
    Relation {
        of: "unifiedRoleAssignment",
        name: "roleDefinition",
        target: definition,
        is_collection: false,
        has_levels: false,
        load: definitions,
    }
}

inventory::submit! {
    Relation {
        of: "directoryRole",
        name: "members",
        target: principal,
        is_collection: true,
        has_levels: false,
        load: members,
    }
}

fn principal() -> &'static Resource {
    &EITHER
}

fn definition() -> &'static Resource {
    &DEFINITION
}

/// Whoever may read roles sees who holds them, as among the members of a role.
fn principals<'a>(
    server: &'a Server,
    caller: &'a Caller,
    ids: &'a [Uuid],
    with: &'a Expansion,
) -> BoxFuture<'a, Result<Found, Error>> {
    Box::pin(async move {
        let ids: Vec<PrincipalId> = ids.iter().copied().map(PrincipalId).collect();
        let holders = operations::find_holders(server, caller, &ids).await?;
        let write = |holder: &Holder| (holder.id().0, vec![holders::write(holder, &with.selection)]);
        Ok(holders.iter().map(write).collect())
    })
}

fn members<'a>(
    server: &'a Server,
    caller: &'a Caller,
    ids: &'a [Uuid],
    with: &'a Expansion,
) -> BoxFuture<'a, Result<Found, Error>> {
    Box::pin(async move {
        let mut found = Found::new();
        for id in ids {
            let role = Role::ALL.iter().copied().find(|role| object_id(caller.tenant, *role) == *id);
            let Some(role) = role else { continue };
            let limit = u32::try_from(Expansion::LIMIT).unwrap_or(u32::MAX);
            let holders = operations::holders(server, caller, role, (None, None), limit).await?;
            found.insert(*id, holders.iter().map(|holder| holders::write(holder, &with.selection)).collect());
        }
        Ok(found)
    })
}

fn definitions<'a>(
    _server: &'a Server,
    caller: &'a Caller,
    ids: &'a [Uuid],
    with: &'a Expansion,
) -> BoxFuture<'a, Result<Found, Error>> {
    Box::pin(async move {
        operations::check_may_read(caller)?;
        let write = |id: &Uuid| {
            let mut object = write_definition(Role::from_id(RoleId(*id))?);
            object.retain(|name, _| with.selection.has(name));
            Some((*id, vec![object]))
        };
        Ok(ids.iter().filter_map(write).collect())
    })
}
