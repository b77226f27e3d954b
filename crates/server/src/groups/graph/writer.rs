//! Groups inside answers of the features below: those that answer for a guest.

use super::wire;
use crate::Server;
use crate::graph::query::{Selection, Slice, Writer, WrittenById};
use crate::graph::{Caller, Error};
use crate::groups::rights::may_read;
use crate::groups::{GROUP, store};
use futures_util::future::BoxFuture;
use uuid::Uuid;

inventory::submit! {
    Writer { resource: &GROUP, write }
}

fn write<'a>(
    server: &'a Server,
    caller: &'a Caller,
    ids: &'a [Uuid],
    selection: &'a Selection,
) -> BoxFuture<'a, Result<WrittenById, Error>> {
    Box::pin(async move {
        if !may_read(caller) {
            return Ok(WrittenById::new());
        }
        let selection = selection.within(&GROUP);
        let groups = store::list(&mut server.read().await?, caller.tenant, &Slice::of_ids(&GROUP, ids)).await?;
        Ok(groups.iter().map(|group| (group.id.0, wire::group(group, &selection))).collect())
    })
}
