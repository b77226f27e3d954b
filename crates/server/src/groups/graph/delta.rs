//! What changes about groups. Who belongs to one is told as the edges are: an object that is deleted stays a member, and that
//! it is gone is told where it is followed itself.

use super::wire;
use crate::Server;
use crate::changes::Kind;
use crate::graph::delta::{self, Edge, IdForm, Source, Written};
use crate::graph::query::Listing;
use crate::graph::{Caller, Error};
use crate::groups::{GROUP, Group, operations, store};
use crate::platform::ids::GroupId;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use uuid::Uuid;

static CHANGES: Source = Source {
    set: "groups",
    kind: Kind::Group,
    also: None,
    resource: &GROUP,
    ids: IdForm::OBJECT,
    read: read_changed,
    members: Some(read_members),
};

/// `GET /groups/delta`
pub async fn answer(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    delta::answer(&server, &caller, &CHANGES, &uri).await
}

fn read_changed<'a>(
    server: &'a Server,
    caller: &'a Caller,
    listing: &'a Listing,
) -> BoxFuture<'a, Result<Written, Error>> {
    Box::pin(async move {
        let page = operations::list(server, caller, listing).await?;
        let write = |group: &Group| (group.id.0, wire::group(group, &listing.selection));
        let (ids, mut items): (Vec<Uuid>, Vec<_>) = page.groups.iter().map(write).unzip();
        listing.selection.attach_added(server, caller.tenant, &ids, &mut items).await?;
        Ok(Written { items: ids.into_iter().zip(items).collect(), more: page.next.is_some() })
    })
}

fn read_members<'a>(
    server: &'a Server,
    caller: &'a Caller,
    groups: &'a [Uuid],
    behind: Option<Edge>,
    limit: u32,
) -> BoxFuture<'a, Result<Vec<Edge>, Error>> {
    Box::pin(async move {
        let mut tx = server.read().await?;
        let mut edges = Vec::new();
        for group in groups {
            let left = limit.saturating_sub(u32::try_from(edges.len()).unwrap_or(u32::MAX));
            if left == 0 {
                break;
            }
            let behind = behind.filter(|edge| edge.group == *group).map(|edge| (edge.kind, edge.member));
            let found = store::list_members(&mut tx, caller.tenant, GroupId(*group), behind, left).await?;
            edges.extend(found.into_iter().map(|(kind, member)| Edge { group: *group, kind, member }));
        }
        Ok(edges)
    })
}
