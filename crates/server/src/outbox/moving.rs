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
use database::Result;
use std::time::Duration;
use uuid::Uuid;

/// How often somebody has to look.
pub const MOVING: Duration = Duration::from_secs(10);
/// For how long ahead places are looked at: twice as long leaves room for a look that comes late.
const AHEAD: Duration = Duration::from_secs(20);
/// Mails that one transaction moves, so that nobody waits long for it.
const AT_ONCE: usize = 50;

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
        for (mail, to) in some {
            if place_store::move_up(&mut tx, queue.tenant_id, *mail, *to).await? {
                jobs::bring_forward(&mut tx, queue.tenant_id, Kind::SendMail, mail.0, *to).await?;
                moved += 1;
            }
        }
        tx.commit().await?;
    }
    Ok(moved)
}

/// Who is about to have their turn and would have it sooner by the limit as it is now, and when. Less than one place is left as it
/// is.
async fn sooner(server: &Server, queue: Queue) -> Result<Vec<(MailId, Timestamp)>> {
    let now = server.clock.now();
    let Some(pace) = queue.place_for.pace(server.settings.mail.invitations_per_hour) else { return Ok(Vec::new()) };
    let most = i64::try_from(AHEAD.as_micros() / pace.as_micros().max(1)).unwrap_or(i64::MAX).saturating_add(1);
    let mut tx = server.read().await?;
    let waiting = place_store::list_places(&mut tx, queue, now, most).await?;
    let opening = Limits::new(server, queue.tenant_id, now).opening(&mut tx, queue.place_for, queue.place_of).await?;
    let turns = waiting.into_iter().zip(0_u32..);
    let moved = turns.filter_map(|((mail, place), others)| {
        let turn = opening.plus(pace.saturating_mul(others));
        (turn.plus(pace) < place).then_some((mail, turn))
    });
    Ok(moved.collect())
}
