//! Members, owners and memberships inside an answer about groups, users, apps and roles ($expand).

use super::{holders, wire};
use crate::Server;
use crate::changes::Kind;
use crate::directory_objects::operations::{above_one, linked_to, owners_of};
use crate::directory_objects::selection;
use crate::directory_roles::{object_id, operations as roles};
use crate::graph::query::{Expansion, Found, Relation as Expandable, Resource};
use crate::graph::{Caller, Error, Role};
use crate::groups::Relation;
use crate::groups::store::Above;
use crate::platform::ids::PrincipalId;
use futures_util::future::BoxFuture;
use uuid::Uuid;

macro_rules! expanded {
    ($($of:literal $name:literal $load:ident($($which:expr),+);)+) => {
        $(inventory::submit! {
            Expandable {
                of: $of,
                name: $name,
                target: any,
                is_collection: true,
                has_levels: false,
                load: |server, caller, ids, with| Box::pin($load(server, caller, ($($which,)+ ids), with)),
            }
        })+
    };
}

expanded! {
    "group" "members" linked(Relation::Members);
    "group" "owners" linked(Relation::Owners);
    "group" "memberOf" above(Above::Direct, Kind::Group);
    "group" "transitiveMemberOf" above(Above::Transitive, Kind::Group);
    "user" "memberOf" above(Above::Direct, Kind::User);
    "user" "transitiveMemberOf" above(Above::Transitive, Kind::User);
    "application" "owners" owned(Kind::Application);
    "servicePrincipal" "owners" owned(Kind::ServicePrincipal);
    "servicePrincipal" "memberOf" above(Above::Direct, Kind::ServicePrincipal);
    "servicePrincipal" "transitiveMemberOf" above(Above::Transitive, Kind::ServicePrincipal);
}

inventory::submit! {
    Expandable {
        of: "directoryRole",
        name: "members",
        target: any,
        is_collection: true,
        has_levels: false,
        load: holders_of_roles,
    }
}

inventory::submit! {
    Expandable {
        of: "unifiedRoleAssignment",
        name: "principal",
        target: any,
        is_collection: false,
        has_levels: false,
        load: principals,
    }
}

type Loading<'a> = BoxFuture<'a, Result<Found, Error>>;

fn any() -> &'static Resource {
    selection::linked(None)
}

fn holders_of_roles<'a>(server: &'a Server, caller: &'a Caller, ids: &'a [Uuid], with: &'a Expansion) -> Loading<'a> {
    Box::pin(async move {
        let mut found = Found::new();
        for id in ids {
            let role = Role::ALL.iter().copied().find(|role| object_id(caller.tenant, *role) == *id);
            let Some(role) = role else { continue };
            let held = roles::holders(server, caller, role, (None, None), limit()).await?;
            found.insert(*id, holders::written(server, caller, held, &with.selection).await?);
        }
        Ok(found)
    })
}

/// Whoever may read roles sees who holds them, as among the members of a role.
fn principals<'a>(server: &'a Server, caller: &'a Caller, ids: &'a [Uuid], with: &'a Expansion) -> Loading<'a> {
    Box::pin(async move {
        let ids: Vec<PrincipalId> = ids.iter().copied().map(PrincipalId).collect();
        let held = roles::find_holders(server, caller, &ids).await?;
        let ids: Vec<Uuid> = held.iter().map(|holder| holder.id().0).collect();
        let written = holders::written(server, caller, held, &with.selection).await?;
        Ok(ids.into_iter().zip(written.into_iter().map(|object| vec![object])).collect())
    })
}

async fn owned(server: &Server, caller: &Caller, owned: (Kind, &[Uuid]), with: &Expansion) -> Result<Found, Error> {
    let (base, mut found) = (server.settings.public_address(), Found::new());
    let (limit, selection) = (Expansion::LIMIT, &with.selection);
    owners_of(server, caller, owned, (limit, selection), |id, owners, identities| {
        found.insert(id, owners.into_iter().map(|owner| wire::object(base, owner, identities, selection)).collect());
    })
    .await?;
    Ok(found)
}

fn limit() -> u32 {
    u32::try_from(Expansion::LIMIT).unwrap_or(u32::MAX)
}

async fn linked(
    server: &Server,
    caller: &Caller,
    groups: (Relation, &[Uuid]),
    with: &Expansion,
) -> Result<Found, Error> {
    let (base, mut found) = (server.settings.public_address(), Found::new());
    let selection = &with.selection;
    linked_to(server, caller, groups, (limit(), selection), |group, objects, identities| {
        let write = |object| wire::object(base, object, identities, selection);
        found.insert(group, objects.into_iter().map(write).collect());
    })
    .await?;
    Ok(found)
}

async fn above(
    server: &Server,
    caller: &Caller,
    (edges, kind, ids): (Above, Kind, &[Uuid]),
    with: &Expansion,
) -> Result<Found, Error> {
    let mut found = Found::new();
    for id in ids {
        let objects = above_one(server, caller, (edges, kind, *id), limit()).await?;
        found.insert(*id, wire::objects(server, caller.tenant, &objects, &with.selection).await?);
    }
    Ok(found)
}
