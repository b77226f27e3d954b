//! Assignments inside an answer about service principals, users and groups ($expand).

use super::wire;
use crate::Server;
use crate::graph::query::{Expansion, Found, Order, Relation, Resource, Slice};
use crate::graph::{Caller, Error};
use crate::platform::ids::{GroupId, ServicePrincipalId, UserId};
use crate::service_principals::AssignError;
use crate::service_principals::assignment_reading::{Side, may_read};
use crate::service_principals::assignment_store::list_slice;
use crate::service_principals::resource::ASSIGNMENT;
use futures_util::future::BoxFuture;
use uuid::Uuid;

macro_rules! expanded {
    ($($of:literal $name:literal $load:ident $side:ident $id:ident;)+) => {
        $(
            inventory::submit! {
                Relation {
                    of: $of,
                    name: $name,
                    target,
                    is_collection: true,
                    has_levels: false,
                    load: $load,
                }
            }

            fn $load<'a>(
                server: &'a Server,
                caller: &'a Caller,
                ids: &'a [Uuid],
                with: &'a Expansion,
            ) -> BoxFuture<'a, Result<Found, Error>> {
                Box::pin(load(server, caller, ids.iter().map(|id| (*id, Side::$side($id(*id)))).collect(), with))
            }
        )+
    };
}

expanded! {
    "servicePrincipal" "appRoleAssignedTo" given_by_programs Resource ServicePrincipalId;
    "servicePrincipal" "appRoleAssignments" given_to_programs Program ServicePrincipalId;
    "user" "appRoleAssignments" given_to_users User UserId;
    "group" "appRoleAssignments" given_to_groups Group GroupId;
}

fn target() -> &'static Resource {
    &ASSIGNMENT
}

/// The first of the assignments of each side.
///
/// # Errors
/// 403 where the caller may not see one of the sides, as at its own address.
async fn load(server: &Server, caller: &Caller, sides: Vec<(Uuid, Side)>, with: &Expansion) -> Result<Found, Error> {
    if !sides.iter().all(|(_, side)| may_read(caller, *side)) {
        return Err(AssignError::Denied.into());
    }
    let size = u32::try_from(Expansion::LIMIT).unwrap_or(u32::MAX - 1);
    let slice = Slice { condition: None, order: Order::by_id(&ASSIGNMENT), after: None, size };
    let mut tx = server.read().await?;
    let mut found = Found::new();
    for (id, side) in sides {
        let mut assignments = list_slice(&mut tx, caller.tenant, side, &slice).await?;
        slice.cut(&mut assignments);
        found.insert(id, assignments.iter().map(|one| wire::assignment(one, &with.selection)).collect());
    }
    Ok(found)
}
