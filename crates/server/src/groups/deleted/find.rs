//! Reading deleted groups.

use super::{may_read_deleted, since};
use crate::Server;
use crate::graph::Caller;
use crate::graph::query::{Count, Listing, Place, Slice};
use crate::groups::operations::{Page, place};
use crate::groups::{Group, GroupError, store};
use crate::platform::ids::GroupId;

/// One deleted group.
pub(super) async fn find(server: &Server, caller: &Caller, id: GroupId) -> Result<Option<Group>, GroupError> {
    check_may_read(caller)?;
    Ok(store::find_deleted(&mut server.read().await?, caller.tenant, id, since(server)).await?)
}

/// A page of deleted groups (Graph: list deleted items of the kind group).
pub async fn list(server: &Server, caller: &Caller, listing: &Listing) -> Result<Page, GroupError> {
    let (groups, next) = page(server, caller, &listing.slice).await?;
    let count = if listing.with_count {
        let mut tx = server.read().await?;
        let condition = listing.slice.condition.as_ref();
        Some(store::count_deleted(&mut tx, caller.tenant, since(server), condition).await?)
    } else {
        None
    };
    Ok(Page { groups, next, count })
}

/// How many deleted groups meet a condition.
pub async fn count(server: &Server, caller: &Caller, count: &Count) -> Result<i64, GroupError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    Ok(store::count_deleted(&mut tx, caller.tenant, since(server), count.condition.as_ref()).await?)
}

/// Some deleted groups, and where the next page begins.
pub async fn page(server: &Server, caller: &Caller, slice: &Slice) -> Result<(Vec<Group>, Option<Place>), GroupError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    let groups = store::list_deleted(&mut tx, caller.tenant, since(server), slice).await?;
    Ok(slice.page(groups, |last| place(&slice.order, last)))
}

fn check_may_read(caller: &Caller) -> Result<(), GroupError> {
    if may_read_deleted(caller) { Ok(()) } else { Err(GroupError::Denied) }
}
