//! Looking at invitations. Nothing here holds a link.

use crate::Server;
use crate::graph::Caller;
use crate::invitations::error::InviteError;
use crate::invitations::invitation::{Invitation, Invitee, State};
use crate::invitations::{list_store, rights, store};
use crate::outbox::{self, Waits};
use crate::platform::ids::{InvitationId, TenantId, UserId};
use crate::users;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
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
    /// Only those that no mail was ever written for; set where they are listed by themselves.
    pub(in crate::invitations) is_unmailed: bool,
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
    let found = list_store::list(&mut tx, caller.tenant, &filter, after, limit, server.clock.now()).await?;
    Ok(found.into_iter().map(|invitee| as_told(caller, invitee)).collect())
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
    let found = found.filter(is_visible).map(|invitee| as_told(caller, invitee));
    found.ok_or_else(|| InviteError::NotFound(id.to_string()))
}

/// Whoever may not know of others is told by what they invited, not the name that somebody else gave the guest.
fn as_told(caller: &Caller, invitee: Invitee) -> Invitee {
    if users::knows_others(caller) {
        return invitee;
    }
    let address = &invitee.invitation.address;
    let guest_name = address.rsplit_once('@').map_or(address.as_str(), |(local, _)| local).to_owned();
    Invitee { guest_name, ..invitee }
}

/// Which limits the queued mails of these invitations wait for, and until when. Left out are those that wait for nothing but
/// their turn, and those that the relay has seen already.
pub async fn waits_of(
    server: &Server,
    tenant: TenantId,
    invitations: &[InvitationId],
) -> database::Result<HashMap<InvitationId, Waits>> {
    let mut found = HashMap::new();
    if invitations.is_empty() {
        return Ok(found);
    }
    let mut tx = server.read().await?;
    let mut limits = outbox::Limits::new(server, tenant, server.clock.now());
    for (invitation, mail) in store::list_waiting_mails(&mut tx, tenant, invitations).await? {
        if let Some(waits) = limits.wait_of(&mut tx, mail).await? {
            found.insert(invitation, waits);
        }
    }
    Ok(found)
}

/// The same for one invitation.
pub async fn waits(server: &Server, invitee: &Invitee) -> database::Result<Option<Waits>> {
    let Invitation { id, tenant_id, .. } = invitee.invitation;
    if invitee.state(server.clock.now()) != State::Queued {
        return Ok(None);
    }
    Ok(waits_of(server, tenant_id, &[id]).await?.remove(&id))
}

/// What the mail of the last of several invitations waits for, and when it goes by the limits as they are now; see
/// [`outbox::Limits::end_of`].
pub async fn end_of(server: &Server, tenant: TenantId, last: InvitationId) -> database::Result<Option<Waits>> {
    let mut tx = server.read().await?;
    let waiting = store::list_waiting_mails(&mut tx, tenant, &[last]).await?;
    let Some((_, mail)) = waiting.first() else { return Ok(None) };
    outbox::Limits::new(server, tenant, server.clock.now()).end_of(&mut tx, *mail).await
}
