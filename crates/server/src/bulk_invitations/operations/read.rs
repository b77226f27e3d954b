//! Looking at runs: one's own, and everybody's with the right to administer users.

use crate::Server;
use crate::bulk_invitations::bulk_invitation::{BulkInvitation, BulkRow, RowResult, State};
use crate::bulk_invitations::error::BulkError;
use crate::bulk_invitations::{actor, store};
use crate::graph::Caller;
use crate::invitations::operations::{end_of, waits_of};
use crate::invitations::{InviteError, rights};
use crate::outbox::{Wait, Waits};
use crate::platform::Timestamp;
use crate::platform::ids::{BulkInvitationId, InvitationId};
use std::collections::HashMap;
use std::time::Duration;

/// At what pace the mails of a run leave.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// By which limit.
    pub limit: Wait,
    /// How many it lets through in an hour.
    pub per_hour: i64,
    /// When the last one leaves, if nobody else waits for the limit.
    pub last_at: Timestamp,
}

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

/// What the last mail of a run waits for and when it goes, and with it perhaps others; `None` if it waits for nothing but its turn.
pub async fn waits_of_last(server: &Server, bulk: &BulkInvitation) -> database::Result<Option<Waits>> {
    let mut tx = server.read().await?;
    let Some(last) = store::find_last_invited(&mut tx, bulk.tenant_id, bulk.id).await? else { return Ok(None) };
    drop(tx);
    end_of(server, bulk.tenant_id, last).await
}

/// When the mails of a run will have left that is about to invite more people than an hour lets through; `None` for any other run.
pub async fn pace(server: &Server, bulk: &BulkInvitation) -> database::Result<Option<Pace>> {
    let hour = server.settings.mail.invitations_per_hour;
    let people = bulk.counts.of(RowResult::Ready) + bulk.counts.of(RowResult::Invited);
    let is_ahead = bulk.send_mail && matches!(bulk.state, State::Checked | State::Running);
    // No share is smaller than that of one person.
    if !is_ahead || people <= hour.of_one() {
        return Ok(None);
    }
    let mut tx = server.read().await?;
    let Some(caller) = actor::now(&mut tx, server, bulk).await? else { return Ok(None) };
    let (limit, per_hour) = match rights::share(&caller, true).inviter {
        Some(_) => (Wait::Inviter, hour.of_one()),
        None => (Wait::Yields, hour.yielding()),
    };
    let now = server.clock.now();
    let all = (people - 1).unsigned_abs().saturating_mul(3_600_000_000) / per_hour.unsigned_abs().max(1);
    let last_at = bulk.started_at.unwrap_or(now).plus(Duration::from_micros(all));
    Ok((people > per_hour && last_at > now).then_some(Pace { limit, per_hour, last_at }))
}

fn require_permission(caller: &Caller) -> Result<(), BulkError> {
    if rights::has_permission(caller) { Ok(()) } else { Err(InviteError::NoPermission.into()) }
}
