//! Withdrawing an invitation. The guest object stays, pending, until somebody deletes it or invites again.

use super::invite::target;
use super::replace::replace;
use super::{get, require_inviter};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::invitations::error::InviteError;
use crate::invitations::store::Older;
use crate::invitations::{rights, store};
use crate::platform::ids::InvitationId;
use crate::users;

/// Withdraws an invitation that was not accepted: its link dies, its mail is not sent if it has not been. The other links of
/// the guest that are still good die with it, for somebody without the right to administer users only those of their own.
pub async fn revoke(server: &Server, caller: &Caller, id: InvitationId) -> Result<(), InviteError> {
    require_inviter(server, caller).await?;
    let invitation = get(server, caller, id).await?.invitation;
    if invitation.accepted_at.is_some() || invitation.revoked_at.is_some() {
        return Err(InviteError::NotOpen);
    }
    let now = server.clock.now();
    let mut tx = server.write().await?;
    users::store::lock(&mut tx, caller.tenant, invitation.user_id).await?;
    let older = Older { inviter: rights::sees_only(caller), ..Older::default() };
    let revoked = replace(&mut tx, caller.tenant, invitation.user_id, older, now).await?;
    if revoked == 0 && store::find(&mut tx, caller.tenant, id).await?.is_none_or(|now| now.revoked_at.is_none()) {
        return Err(InviteError::NotOpen);
    }
    // A guest who was removed meanwhile is told by the address that was invited.
    let target = match users::store::find(&mut tx, caller.tenant, invitation.user_id).await? {
        Some(guest) => target(&guest),
        None => Target::new("User", invitation.user_id.0, invitation.address.clone()),
    };
    let id = id.to_string();
    let details = [("InvitationId", id.as_str()), ("InvitedUserEmailAddress", &invitation.address)];
    let activity = Activity::RevokeExternalUserInvite;
    audit::record(&mut tx, server, caller, activity, &Outcome::Success, &target, &details).await?;
    Ok(tx.commit().await?)
}
