//! What changes about roles: who came to hold one, and who does no longer. The roles themselves never change.

use super::roles::{ROLE, write};
use crate::Server;
use crate::changes::Kind;
use crate::directory_roles::member::object_id;
use crate::directory_roles::{operations, store};
use crate::graph::delta::{self, Edge, IdForm, Source, Written};
use crate::graph::query::{Condition, Listing, Value};
use crate::graph::{Caller, Error, Role};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use uuid::Uuid;

static CHANGES: Source = Source {
    set: "directoryRoles",
    kind: Kind::DirectoryRole,
    also: None,
    resource: &ROLE,
    ids: IdForm::OBJECT,
    read: read_changed,
    members: Some(read_members),
};

/// `GET /directoryRoles/delta`
pub async fn answer(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    delta::answer(&server, &caller, &CHANGES, &uri).await
}

/// Roles have no table: the slice is taken from all of them, by id.
fn read_changed<'a>(
    _server: &'a Server,
    caller: &'a Caller,
    listing: &'a Listing,
) -> BoxFuture<'a, Result<Written, Error>> {
    Box::pin(async move {
        operations::check_may_read(caller)?;
        let slice = &listing.slice;
        let mut roles: Vec<(Uuid, Role)> =
            Role::ALL.iter().map(|role| (object_id(caller.tenant, *role), *role)).collect();
        roles.retain(|(id, _)| is_among(slice.condition.as_ref(), *id));
        roles.retain(|(id, _)| slice.after.as_ref().is_none_or(|place| *id > place.id));
        roles.sort_unstable_by_key(|(id, _)| *id);
        let more = slice.cut(&mut roles);
        let items = roles.into_iter().map(|(id, role)| {
            let mut object = write(caller, role);
            object.retain(|name, _| listing.selection.has(name));
            (id, object)
        });
        Ok(Written { items: items.collect(), more })
    })
}

/// A delta query asks for all, for some by their ids, or for none.
fn is_among(condition: Option<&Condition>, id: Uuid) -> bool {
    match condition {
        None => true,
        Some(Condition::Among { values, .. }) => {
            values.iter().any(|value| matches!(value, Value::Id(wanted) if *wanted == id))
        }
        Some(_) => false,
    }
}

fn read_members<'a>(
    server: &'a Server,
    caller: &'a Caller,
    roles: &'a [Uuid],
    behind: Option<Edge>,
    limit: u32,
) -> BoxFuture<'a, Result<Vec<Edge>, Error>> {
    Box::pin(async move {
        let mut tx = server.read().await?;
        let mut edges = Vec::new();
        for id in roles {
            let left = limit.saturating_sub(u32::try_from(edges.len()).unwrap_or(u32::MAX));
            if left == 0 {
                break;
            }
            let role = Role::ALL.iter().copied().find(|role| object_id(caller.tenant, *role) == *id);
            let Some(role) = role else { continue };
            let behind = behind.filter(|edge| edge.group == *id).map(|edge| edge.member);
            let found = store::list_edges(&mut tx, caller.tenant, role, behind, left).await?;
            edges.extend(found.into_iter().map(|(kind, member)| Edge { group: *id, kind, member }));
        }
        Ok(edges)
    })
}
