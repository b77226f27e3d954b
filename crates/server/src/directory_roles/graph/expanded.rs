//! What a role allows, inside an answer about assignments ($expand). Who holds it is known to the directory.

use super::unified::{DEFINITION, write_definition};
use crate::Server;
use crate::directory_roles::operations;
use crate::graph::query::{Expansion, Found, Relation, Resource};
use crate::graph::{Caller, Error, Role};
use crate::platform::ids::RoleId;
use futures_util::future::BoxFuture;
use uuid::Uuid;

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

fn definition() -> &'static Resource {
    &DEFINITION
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
