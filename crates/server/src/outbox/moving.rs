//! Those who wait for a limit of the hour move up: when an operator has raised it, and when somebody before them was taken back.
//!
//! A place is a moment. It is given when a mail is looked at first, at the pace that the limit had then. Whoever is about to have
//! their turn gets the place that the limit gives now, so that all leave at its pace, and those far behind keep theirs until they
//! are near. Nobody has to know what a limit was before.

use super::Wait;
use super::limits::Limits;
use super::place_store::{self, Queue};
use crate::Server;
use crate::jobs::{self, Kind};
use crate::platform::Timestamp;
use crate::platform::ids::{MailId, TenantId};
use database::{Result, Transaction};
use std::time::Duration;
use uuid::Uuid;

/// How often somebody has to look.
pub const MOVING: Duration = Duration::from_secs(10);
/// For how long ahead places are looked at: twice as long leaves room for a look that comes late.
const AHEAD: Duration = Duration::from_secs(20);
/// Mails that one transaction moves, so that nobody waits long for it.
const AT_ONCE: usize = 50;

/// A mail, the place it has, and the earlier one that it gets.
type Move = (MailId, Timestamp, Timestamp);

/// Before every queue.
const BEFORE_ALL: Queue = Queue { tenant_id: TenantId(Uuid::nil()), place_for: Wait::Inviter, place_of: Uuid::nil() };

/// Moves up those whose turn comes sooner by now than their places say; how many those were. Several processes may do so beside
/// each other.
pub async fn move_up(server: &Server) -> Result<u64> {
    let mut moved = 0;
    let mut last = BEFORE_ALL;
    while let Some(queue) = next_queue(server, last).await? {
        moved += move_up_in(server, queue).await?;
        last = queue;
    }
    if moved > 0 {
        server.jobs.ring();
    }
    Ok(moved)
}

async fn next_queue(server: &Server, after: Queue) -> Result<Option<Queue>> {
    let mut tx = server.read().await?;
    place_store::next_queue(&mut tx, after).await
}

async fn move_up_in(server: &Server, queue: Queue) -> Result<u64> {
    let mut moved = 0;
    for some in sooner(server, queue).await?.chunks(AT_ONCE) {
        let mut tx = server.write().await?;
        for one in some {
            moved += u64::from(move_one(&mut tx, queue.tenant_id, *one).await?);
        }
        tx.commit().await?;
    }
    Ok(moved)
}

/// Moves a mail up together with its job. One that is looked at just now, or pauses because it failed before, keeps its place: nobody
/// would look at it when its turn comes.
async fn move_one(tx: &mut Transaction, tenant: TenantId, (mail, from, to): Move) -> Result<bool> {
    // The mail comes first, as for whoever takes it back: two who lock mail and job in different orders would wait for each other.
    if !place_store::move_place(tx, tenant, mail, (from, to)).await? {
        return Ok(false);
    }
    let is_moved = jobs::bring_forward(tx, tenant, Kind::SendMail, mail.0, to).await?;
    if !is_moved {
        place_store::move_place(tx, tenant, mail, (to, from)).await?;
    }
    Ok(is_moved)
}

/// Who is about to have their turn and would have it sooner by the limit as it is now. Less than one place is left as it is.
async fn sooner(server: &Server, queue: Queue) -> Result<Vec<Move>> {
    let now = server.clock.now();
    let Some(pace) = queue.place_for.pace(server.settings.mail.invitations_per_hour) else { return Ok(Vec::new()) };
    let most = i64::try_from(AHEAD.as_micros() / pace.as_micros().max(1)).unwrap_or(i64::MAX).saturating_add(1);
    let mut tx = server.read().await?;
    let waiting = place_store::list_places(&mut tx, queue, now, most).await?;
    let opening = Limits::new(server, queue.tenant_id, now).opening(&mut tx, queue.place_for, queue.place_of).await?;
    let turns = waiting.into_iter().zip(0_u32..);
    let moved = turns.filter_map(|((mail, place), others)| {
        let turn = opening.plus(pace.saturating_mul(others));
        (turn.plus(pace) < place).then_some((mail, place, turn))
    });
    Ok(moved.collect())
}
