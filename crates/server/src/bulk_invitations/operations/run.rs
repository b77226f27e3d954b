//! Starting, stopping and resuming a run, and removing old ones.

use super::get;
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::bulk_invitations::bulk_invitation::{BulkInvitation, State};
use crate::bulk_invitations::counts::Counts;
use crate::bulk_invitations::error::BulkError;
use crate::bulk_invitations::store;
use crate::graph::Caller;
use crate::invitations::operations::require_inviter;
use crate::invitations::{InviteError, rights};
use crate::jobs::{self, Kind};
use crate::platform::ids::{BulkInvitationId, TenantId};
use std::time::Duration;

/// How long one that nobody starts, or that broke off while it arrived, is kept.
const UNSTARTED: Duration = Duration::from_hours(7 * 24);
/// Days an ended one is kept. As long, the same file sends nothing twice.
pub const KEPT_DAYS: u64 = 180;
const ENDED: Duration = Duration::from_hours(KEPT_DAYS * 24);
/// Rows that are removed in one transaction.
const BATCH: i64 = 500;

/// Begins to invite. Only whoever sent the file may, because it is done in their name.
pub async fn start(server: &Server, caller: &Caller, id: &str) -> Result<BulkInvitation, BulkError> {
    let bulk = get(server, caller, id).await?;
    require_inviter(server, caller).await?;
    if bulk.state != State::Checked || bulk.inviter_id != rights::inviter_id(caller) {
        return Err(BulkError::WrongState);
    }
    let now = server.clock.now();
    let running = BulkInvitation { state: State::Running, started_at: Some(now), ..bulk };
    let mut tx = server.write().await?;
    if !store::advance(&mut tx, &running, State::Checked).await? {
        return Err(BulkError::WrongState);
    }
    jobs::enqueue(&mut tx, server, running.tenant_id, Kind::InviteMany, running.id.0, now).await?;
    audit::record(&mut tx, server, caller, Activity::StartBulkInvite, &Outcome::Success, &target(&running), &[])
        .await?;
    tx.commit().await?;
    server.jobs.ring();
    Ok(running)
}

/// Ends a run before its end. Who was invited stays invited.
pub async fn stop(server: &Server, caller: &Caller, id: &str) -> Result<BulkInvitation, BulkError> {
    let bulk = get(server, caller, id).await?;
    let from = bulk.state;
    if matches!(from, State::Receiving | State::Finished | State::Stopped) {
        return Err(BulkError::WrongState);
    }
    let stopped = BulkInvitation { state: State::Stopped, finished_at: Some(server.clock.now()), ..bulk };
    let mut tx = server.write().await?;
    if !store::advance(&mut tx, &stopped, from).await? {
        return Err(BulkError::WrongState);
    }
    audit::record(&mut tx, server, caller, Activity::StopBulkInvite, &Outcome::Success, &target(&stopped), &[]).await?;
    tx.commit().await?;
    Ok(stopped)
}

/// Goes on with a run whose job was given up. Whoever administers users may: it is done in the name of whoever sent the file,
/// and only while they may invite. One that somebody has stopped stays so.
pub async fn resume(server: &Server, caller: &Caller, id: BulkInvitationId) -> Result<BulkInvitation, BulkError> {
    if !caller.may_administer_users() {
        return Err(InviteError::NoPermission.into());
    }
    let mut tx = server.write().await?;
    let found = store::find(&mut tx, caller.tenant, id).await?;
    let bulk = found.ok_or_else(|| BulkError::NotFound(id.to_string()))?;
    if !jobs::retry(&mut tx, server, caller.tenant, Kind::InviteMany, id.0).await? {
        return Err(BulkError::WrongState);
    }
    let from = bulk.state;
    let resumed = match (from, &bulk.problem) {
        (State::Stopped, Some(_)) => {
            let state = if bulk.started_at.is_some() { State::Running } else { State::Checking };
            BulkInvitation { state, problem: None, finished_at: None, ..bulk }
        }
        _ => bulk,
    };
    if !store::advance(&mut tx, &resumed, from).await? {
        return Err(BulkError::WrongState);
    }
    let target = target(&resumed).change("State", from.as_str(), resumed.state.as_str());
    audit::record(&mut tx, server, caller, Activity::ResumeBulkInvite, &Outcome::Success, &target, &[]).await?;
    tx.commit().await?;
    server.jobs.ring();
    Ok(resumed)
}

/// The run as the audit names it.
pub fn target(bulk: &BulkInvitation) -> Target {
    Target::new("Invitation", bulk.id.0, bulk.name.clone())
}

/// Removes a run and its rows, in parts that no writer waits for long.
pub async fn remove(server: &Server, tenant: TenantId, bulk: BulkInvitationId) -> database::Result<u64> {
    let mut removed = 0;
    loop {
        let mut tx = server.write().await?;
        let rows = store::delete_rows(&mut tx, tenant, bulk, BATCH).await?;
        if rows.is_empty() {
            removed += store::delete(&mut tx, tenant, bulk).await?;
            jobs::forget(&mut tx, tenant, Kind::InviteMany, bulk.0).await?;
        }
        let mut gone = Counts::default();
        for result in &rows {
            gone.add(*result, -1);
        }
        store::update_counts(&mut tx, tenant, bulk, gone).await?;
        tx.commit().await?;
        removed += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        if rows.is_empty() {
            return Ok(removed);
        }
    }
}

/// Removes runs that nobody waits for any more; how many rows those were.
pub async fn purge(server: &Server) -> database::Result<u64> {
    let now = server.clock.now();
    let mut tx = server.read().await?;
    let stale = store::list_stale(&mut tx, now.minus(UNSTARTED), now.minus(ENDED)).await?;
    drop(tx);
    let mut removed = 0;
    for (tenant, bulk) in stale {
        removed += remove(server, tenant, bulk).await?;
    }
    Ok(removed)
}
