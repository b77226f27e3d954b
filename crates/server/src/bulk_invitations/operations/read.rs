//! Looking at runs: one's own, and everybody's with the right to administer users.

use crate::Server;
use crate::bulk_invitations::bulk_invitation::{BulkInvitation, BulkRow, RowResult, State};
use crate::bulk_invitations::error::BulkError;
use crate::bulk_invitations::store;
use crate::graph::Caller;
use crate::invitations::operations::waits_of;
use crate::invitations::{InviteError, rights};
use crate::outbox::Waits;
use crate::platform::ids::{BulkInvitationId, InvitationId};
use std::collections::HashMap;

/// Runs the caller may see, the newest first: at most `limit`, from behind `after`.
pub async fn list(
    server: &Server,
    caller: &Caller,
    after: Option<BulkInvitationId>,
    limit: i64,
) -> Result<Vec<BulkInvitation>, BulkError> {
    require_permission(caller)?;
    let mut tx = server.read().await?;
    Ok(store::list(&mut tx, caller.tenant, rights::sees_only(caller), after, limit).await?)
}

/// One run the caller may see.
pub async fn get(server: &Server, caller: &Caller, id: &str) -> Result<BulkInvitation, BulkError> {
    require_permission(caller)?;
    let not_found = || BulkError::NotFound(id.to_owned());
    let id: BulkInvitationId = id.parse().map_err(|_| not_found())?;
    let mut tx = server.read().await?;
    let found = store::find(&mut tx, caller.tenant, id).await?.filter(|bulk| bulk.state != State::Receiving);
    let is_theirs = |bulk: &BulkInvitation| rights::sees_only(caller).is_none_or(|inviter| inviter == bulk.inviter_id);
    found.filter(is_theirs).ok_or_else(not_found)
}

/// Rows of a run that [`get`] gave.
pub async fn rows(
    server: &Server,
    bulk: &BulkInvitation,
    result: Option<RowResult>,
    after: i64,
    limit: i64,
) -> database::Result<Vec<BulkRow>> {
    let mut tx = server.read().await?;
    store::list_rows(&mut tx, bulk.tenant_id, bulk.id, result, after, limit).await
}

/// How many rows of a run have each result, in the order of [`RowResult::ALL`].
pub async fn counts(server: &Server, bulk: &BulkInvitation) -> database::Result<Vec<(RowResult, i64)>> {
    let mut tx = server.read().await?;
    let found = store::count_rows(&mut tx, bulk.tenant_id, bulk.id).await?;
    let of = |result| found.iter().find(|(of, _)| *of == result).map_or(0, |(_, count)| *count);
    Ok(RowResult::ALL.iter().map(|result| (*result, of(*result))).collect())
}

/// What the mails of these rows wait for, by the ids of their invitations.
pub async fn waits_of_rows(
    server: &Server,
    bulk: &BulkInvitation,
    rows: &[BulkRow],
) -> database::Result<HashMap<InvitationId, Waits>> {
    let invited: Vec<InvitationId> =
        rows.iter().filter(|row| row.result == RowResult::Invited).map(|row| row.invitation_id).collect();
    waits_of(server, bulk.tenant_id, &invited).await
}

/// What the last mail of a run waits for, and with it perhaps others; `None` if it waits for nothing but its turn.
pub async fn waits_of_last(server: &Server, bulk: &BulkInvitation) -> database::Result<Option<Waits>> {
    let mut tx = server.read().await?;
    let Some(last) = store::find_last_invited(&mut tx, bulk.tenant_id, bulk.id).await? else { return Ok(None) };
    drop(tx);
    Ok(waits_of(server, bulk.tenant_id, &[last]).await?.remove(&last))
}

fn require_permission(caller: &Caller) -> Result<(), BulkError> {
    if rights::has_permission(caller) { Ok(()) } else { Err(InviteError::NoPermission.into()) }
}
