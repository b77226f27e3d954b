//! The job: first it checks every row, later, when somebody has started it, it invites.
//!
//! It may die at any moment. A row is found open until its result is written; its invitation has an id that was chosen
//! when the file arrived, so that one made just before the end is found and not made again.
//!
//! One list of an organisation is invited at a time: two that hold the same row would both find that nobody has invited yet. They take
//! turns, an attempt each.

use super::bulk_invitation::{BulkInvitation, BulkRow, RowResult, State};
use super::counts::Counts;
use super::given::with_given;
use super::operations::target;
use super::{actor, store};
use crate::Server;
use crate::audit::{self, Activity};
use crate::graph::Caller;
use crate::invitations::{self, InviteError, NewInvitation};
use crate::jobs::{self, Job, Kind, Outcome};
use crate::platform::ids::BulkInvitationId;
use crate::users;
use futures_util::future::join_all;
use std::time::Duration;

/// Rows whose results are written together.
const CHUNK: usize = 100;
/// Rows that are worked on beside each other, so that they share the waiting for the disk.
const ABREAST: usize = 10;
/// Chunks of one attempt; other jobs come between two attempts.
const CHUNKS: usize = 5;
/// For how long a run has the turn of its organisation: longer than an attempt may take, for the one that does not give it back.
const TURN: Duration = Duration::from_mins(3);
/// When a run looks again whether it is its turn, if nobody passes the turn on to it before: whoever had it died.
const MEANWHILE: Duration = Duration::from_secs(15);

/// Which rows are open, and what they become.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Checking,
    Inviting,
}

impl Phase {
    const fn of(state: State) -> Option<Self> {
        match state {
            State::Checking => Some(Self::Checking),
            State::Running => Some(Self::Inviting),
            _ => None,
        }
    }

    const fn open(self) -> RowResult {
        match self {
            Self::Checking => RowResult::Unchecked,
            Self::Inviting => RowResult::Ready,
        }
    }
}

/// Does a part of the work; the rest comes with the next attempt.
pub async fn work(server: &Server, job: &Job) -> Outcome {
    match advance(server, job).await {
        Ok(outcome) => outcome,
        Err(error) if job.is_last_attempt() => match give_up(server, job).await {
            Ok(()) => Outcome::GivenUp(error.to_string()),
            Err(error) => Outcome::GivenUp(error.to_string()),
        },
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

async fn advance(server: &Server, job: &Job) -> database::Result<Outcome> {
    let Some(bulk) = find(server, job).await? else { return Ok(Outcome::Done) };
    let Some(phase) = Phase::of(bulk.state) else { return Ok(Outcome::Done) };
    if phase == Phase::Checking {
        return go_on(server, job, phase).await;
    }
    if !take_turn(server, &bulk).await? {
        return Ok(Outcome::Later(server.clock.now().plus(MEANWHILE)));
    }
    let outcome = go_on(server, job, phase).await;
    let is_passed_on = pass_turn_on(server, &bulk).await?;
    match outcome? {
        Outcome::Later(_) if is_passed_on => Ok(Outcome::Later(server.clock.now().plus(MEANWHILE))),
        outcome => Ok(outcome),
    }
}

async fn take_turn(server: &Server, bulk: &BulkInvitation) -> database::Result<bool> {
    let now = server.clock.now();
    let mut tx = server.write().await?;
    // Twice as long leaves room for the clocks of other processes.
    let until = (now.plus(TURN), now.plus(2 * TURN));
    let is_ours = store::take_turn(&mut tx, bulk.tenant_id, bulk.id, now, until).await?;
    tx.commit().await?;
    Ok(is_ours)
}

/// Gives the turn back, and lets the next list that was refused go on at once; `false` if none waits.
async fn pass_turn_on(server: &Server, bulk: &BulkInvitation) -> database::Result<bool> {
    let now = server.clock.now();
    let mut tx = server.write().await?;
    store::give_turn_back(&mut tx, bulk.tenant_id, bulk.id).await?;
    let is_passed_on = jobs::pass_on(&mut tx, bulk.tenant_id, Kind::InviteMany, bulk.id.0, now).await?;
    tx.commit().await?;
    Ok(is_passed_on)
}

async fn go_on(server: &Server, job: &Job, begun: Phase) -> database::Result<Outcome> {
    for _ in 0..CHUNKS {
        let Some(bulk) = find(server, job).await? else { return Ok(Outcome::Done) };
        let Some(phase) = Phase::of(bulk.state) else { return Ok(Outcome::Done) };
        if phase != begun {
            // Somebody has started it meanwhile, and inviting has its turn.
            break;
        }
        let caller = match inviter(server, &bulk).await? {
            Ok(caller) => caller,
            Err(problem) => {
                stop(server, bulk, problem).await?;
                return Ok(Outcome::Done);
            }
        };
        if !chunk(server, &caller, &bulk, phase).await? {
            complete(server, &caller, bulk, phase).await?;
            return Ok(Outcome::Done);
        }
    }
    Ok(Outcome::Later(server.clock.now()))
}

async fn find(server: &Server, job: &Job) -> database::Result<Option<BulkInvitation>> {
    let mut tx = server.read().await?;
    store::find(&mut tx, job.tenant_id, BulkInvitationId(job.subject)).await
}

/// The inviter, if they still may invite; otherwise what to say about it.
async fn inviter(server: &Server, bulk: &BulkInvitation) -> database::Result<Result<Caller, String>> {
    let mut tx = server.read().await?;
    let caller = actor::now(&mut tx, server, bulk).await?;
    drop(tx);
    let Some(caller) = caller else {
        return Ok(Err(format!("The account of {} is blocked or gone.", bulk.inviter_name)));
    };
    match invitations::operations::require_inviter(server, &caller).await {
        Ok(()) => Ok(Ok(caller)),
        Err(InviteError::Database(error)) => Err(error),
        Err(_) => Ok(Err(format!("{} may no longer invite.", bulk.inviter_name))),
    }
}

/// Works on the next rows; `false` if none are open.
async fn chunk(server: &Server, caller: &Caller, bulk: &BulkInvitation, phase: Phase) -> database::Result<bool> {
    let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
    let mut tx = server.read().await?;
    let mut open = store::list_rows(&mut tx, bulk.tenant_id, bulk.id, Some(phase.open()), 0, limit).await?;
    drop(tx);
    if open.is_empty() {
        return Ok(false);
    }
    let mut failure = None;
    let mut settled = Vec::with_capacity(open.len());
    for group in open.chunks_mut(ABREAST) {
        let outcomes = join_all(group.iter().map(|row| result(server, caller, bulk, row, phase))).await;
        for (row, outcome) in group.iter_mut().zip(outcomes) {
            match outcome {
                Ok((result, problem)) => {
                    (row.result, row.problem) = (result, problem);
                    settled.push(&*row);
                }
                Err(error) => failure = Some(error),
            }
        }
        if failure.is_some() {
            break;
        }
    }
    settle(server, bulk, &settled, phase.open()).await?;
    failure.map_or(Ok(true), Err)
}

/// Writes what became of rows that were open, but for those that somebody else has settled.
async fn settle(server: &Server, bulk: &BulkInvitation, rows: &[&BulkRow], open: RowResult) -> database::Result<()> {
    let mut tx = server.write().await?;
    let mut more = Counts::default();
    for row in rows {
        if store::settle_row(&mut tx, bulk.tenant_id, bulk.id, row, open).await? {
            more.add(open, -1);
            more.add(row.result, 1);
        }
    }
    store::update_counts(&mut tx, bulk.tenant_id, bulk.id, more).await?;
    tx.commit().await
}

/// What becomes of one row. A failure of the database leaves it open for the next attempt.
async fn result(
    server: &Server,
    caller: &Caller,
    bulk: &BulkInvitation,
    row: &BulkRow,
    phase: Phase,
) -> database::Result<(RowResult, Option<String>)> {
    let mut tx = server.read().await?;
    if invitations::store::find(&mut tx, bulk.tenant_id, row.invitation_id).await?.is_some() {
        return Ok((RowResult::Invited, None));
    }
    // Whoever may not know of others is not told whom their lists have invited.
    let whose = (!users::knows_others(caller)).then(|| invitations::rights::inviter_id(caller));
    if store::has_invited(&mut tx, bulk.tenant_id, bulk.id, &row.digest, whose, server.clock.now()).await? {
        return Ok((RowResult::AlreadyInvited, None));
    }
    let wish = NewInvitation { id: Some(row.invitation_id), ..bulk.wish(&row.cells()) };
    let wish = match with_given(&mut tx, caller, row, wish).await? {
        Ok(wish) => wish,
        Err(problem) => return Ok((RowResult::Failed, Some(problem))),
    };
    drop(tx);
    let outcome = match phase {
        Phase::Checking => invitations::operations::check(server, caller, &wish).await.map(|()| RowResult::Ready),
        Phase::Inviting => invitations::operations::invite(server, caller, wish).await.map(|_| RowResult::Invited),
    };
    match outcome {
        Ok(result) => Ok((result, None)),
        Err(InviteError::Database(error)) => Err(error),
        Err(error) => Ok((RowResult::Failed, Some(invitations::reason(&error)))),
    }
}

async fn complete(server: &Server, caller: &Caller, bulk: BulkInvitation, phase: Phase) -> database::Result<()> {
    let (from, now) = (bulk.state, server.clock.now());
    let done = match phase {
        Phase::Checking => BulkInvitation { state: State::Checked, ..bulk },
        Phase::Inviting => BulkInvitation { state: State::Finished, finished_at: Some(now), ..bulk },
    };
    let mut tx = server.write().await?;
    if store::advance(&mut tx, &done, from).await? && phase == Phase::Inviting {
        // Another process may have settled the last rows.
        let counts = store::find(&mut tx, done.tenant_id, done.id).await?.map_or(done.counts, |kept| kept.counts);
        let words: Vec<_> = counts.each().map(|(result, count)| (result.as_str(), count.to_string())).collect();
        let details: Vec<_> = words.iter().map(|(result, count)| (*result, count.as_str())).collect();
        let activity = Activity::FinishBulkInvite;
        audit::record(&mut tx, server, caller, activity, &audit::Outcome::Success, &target(&done), &details).await?;
    }
    tx.commit().await
}

/// Ends a run that cannot go on, visibly.
async fn stop(server: &Server, bulk: BulkInvitation, problem: String) -> database::Result<()> {
    let from = bulk.state;
    let outcome = audit::Outcome::Failure(problem.clone());
    let finished_at = Some(server.clock.now());
    let stopped = BulkInvitation { state: State::Stopped, problem: Some(problem), finished_at, ..bulk };
    let caller = Caller::system(stopped.tenant_id);
    let mut tx = server.write().await?;
    if store::advance(&mut tx, &stopped, from).await? {
        let activity = Activity::StopBulkInvite;
        audit::record(&mut tx, server, &caller, activity, &outcome, &target(&stopped), &[]).await?;
    }
    tx.commit().await
}

/// Ends a run whose job is given up.
pub async fn give_up(server: &Server, job: &Job) -> database::Result<()> {
    match find(server, job).await? {
        Some(bulk) if Phase::of(bulk.state).is_some() => {
            stop(
                server,
                bulk,
                "It failed too often. Send the file again for the rest, or let it go on under Jobs.".to_owned(),
            )
            .await
        }
        _ => Ok(()),
    }
}
