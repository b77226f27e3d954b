//! Sending again what a restore holds: all of it at once.

use super::list::{Filter, Place};
use super::require_inviter;
use super::resend::renew;
use crate::Server;
use crate::graph::Caller;
use crate::invitations::error::InviteError;
use crate::invitations::invitation::{Invitee, State};
use crate::invitations::{list_store, rights};
use crate::platform::ids::InvitationId;
use futures_util::future::join_all;
use std::collections::HashSet;

/// How many one call sends again; the next call goes on with the rest.
pub const AT_ONCE: usize = 500;
/// Invitations that are read together.
const PART: i64 = 100;
/// Invitations that are renewed beside each other, so that they share the waiting for the disk.
const ABREAST: usize = 10;

/// What came of it.
#[derive(Debug, Default)]
pub struct Resent {
    /// How many were sent again. A mail waits in the outbox while a limit stands against it.
    pub sent: usize,
    /// Those that stay held, the newest first.
    pub refused: Vec<Refused>,
    /// Whether there are more that were not tried.
    pub has_more: bool,
}

/// An invitation that stays held.
#[derive(Debug)]
pub struct Refused {
    /// Its id.
    pub invitation: InvitationId,
    /// The address that was invited.
    pub address: String,
    /// What stood against it.
    pub error: InviteError,
}

/// Sends every invitation again that a restore holds and that the caller may see, at most 500: the newest first, and of several of one
/// guest the newest alone, which takes the place of the others. One that is refused stops none of the others.
pub async fn resend_held(server: &Server, caller: &Caller) -> Result<Resent, InviteError> {
    require_inviter(server, caller).await?;
    let (mut resent, mut guests, mut after) = (Resent::default(), HashSet::new(), None);
    loop {
        let part = list(server, caller, after).await?;
        let Some(last) = part.last() else { return Ok(resent) };
        after = Some(Place::from(last));
        let newest: Vec<_> = part.iter().filter(|held| guests.insert(held.invitation.user_id)).collect();
        for group in newest.chunks(ABREAST) {
            if resent.sent >= AT_ONCE {
                resent.has_more = true;
                return Ok(resent);
            }
            renew_all(server, caller, group, &mut resent).await?;
        }
    }
}

async fn list(server: &Server, caller: &Caller, after: Option<Place>) -> Result<Vec<Invitee>, InviteError> {
    let filter = Filter { state: Some(State::HeldByRestore), inviter: rights::sees_only(caller), ..Filter::default() };
    let mut tx = server.read().await?;
    Ok(list_store::list(&mut tx, caller.tenant, &filter, after, PART, server.clock.now()).await?)
}

/// They yield as lists do, so that single invitations go on beside them.
async fn renew_all(
    server: &Server,
    caller: &Caller,
    held: &[&Invitee],
    resent: &mut Resent,
) -> Result<(), InviteError> {
    let share = rights::share(caller, true);
    let outcomes = join_all(held.iter().map(|held| renew(server, caller, &held.invitation, share))).await;
    for (held, outcome) in held.iter().zip(outcomes) {
        match outcome {
            Ok(()) => resent.sent += 1,
            // Somebody was faster.
            Err(InviteError::NotOpen) => {}
            Err(error @ (InviteError::Database(_) | InviteError::Mail(_))) => return Err(error),
            Err(error) => resent.refused.push(Refused {
                invitation: held.invitation.id,
                address: held.invitation.address.clone(),
                error,
            }),
        }
    }
    Ok(())
}
