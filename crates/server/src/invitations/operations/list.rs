//! Looking at invitations. Nothing here holds a link.

use crate::Server;
use crate::graph::Caller;
use crate::invitations::error::InviteError;
use crate::invitations::invitation::{Invitee, State};
use crate::invitations::{rights, store};
use crate::outbox::{self, Waits};
use crate::platform::ids::{InvitationId, UserId};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// How far ahead the end of a link is soon.
pub const SOON: Duration = Duration::from_hours(7 * 24);

/// Which invitations are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those whose link ends within [`SOON`].
    pub ends_soon: bool,
    /// Only those of this guest.
    pub guest: Option<UserId>,
    /// Only those this user or program made; set by the rights of the caller.
    pub(in crate::invitations) inviter: Option<Uuid>,
}

impl Filter {
    /// The invitations of one guest.
    pub fn of_guest(guest: UserId) -> Self {
        Self { guest: Some(guest), ..Self::default() }
    }
}

/// Where a page of the list ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    pub(in crate::invitations) created_at: i64,
    pub(in crate::invitations) id: InvitationId,
}

impl From<&Invitee> for Place {
    fn from(invitee: &Invitee) -> Self {
        Self { created_at: invitee.invitation.created_at.microseconds(), id: invitee.invitation.id }
    }
}

/// Invitations, the newest first: at most `limit`, from behind `after`. Without the right to administer users only the
/// caller's own.
pub async fn list(
    server: &Server,
    caller: &Caller,
    filter: Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Invitee>, InviteError> {
    if !rights::has_permission(caller) {
        return Err(InviteError::NoPermission);
    }
    let filter = Filter { inviter: rights::sees_only(caller), ..filter };
    let mut tx = server.read().await?;
    Ok(store::list(&mut tx, caller.tenant, &filter, after, limit, server.clock.now()).await?)
}

/// One invitation the caller may see.
pub async fn get(server: &Server, caller: &Caller, id: InvitationId) -> Result<Invitee, InviteError> {
    if !rights::has_permission(caller) {
        return Err(InviteError::NoPermission);
    }
    let mut tx = server.read().await?;
    let found = store::find_invitee(&mut tx, caller.tenant, id).await?;
    let is_visible =
        |invitee: &Invitee| rights::sees_only(caller).is_none_or(|inviter| inviter == invitee.invitation.inviter_id);
    found.filter(is_visible).ok_or_else(|| InviteError::NotFound(id.to_string()))
}

/// Which limit the queued mail of an invitation waits for, and until when; `None` for one that waits for nothing but its turn,
/// or that the relay has seen already.
pub async fn waits(server: &Server, invitee: &Invitee) -> database::Result<Option<Waits>> {
    let (invitation, now) = (&invitee.invitation, server.clock.now());
    match invitation.mail_id.filter(|_| invitee.state(now) == State::Queued && invitee.mail_error.is_none()) {
        Some(mail) => outbox::wait_of(&mut server.read().await?, invitation.tenant_id, mail, now).await,
        None => Ok(None),
    }
}
