//! What is done with invitations: one transaction each, audit and mail included.

mod groups;
mod invite;
mod list;
mod named;
mod plan;
mod replace;
mod resend;
mod resend_held;
mod reset;
mod revoke;

pub use invite::{Invited, check, invite};
pub use list::{Filter, Place, SOON, end_of, get, list, waits, waits_of};
pub use named::{apps_with_roles, group_named, role_named, roles_for_people};
pub use plan::ground;
pub use replace::mail_handed_over;
pub use resend::resend;
pub use resend_held::resend_held;
pub use revoke::revoke;

use super::error::InviteError;
use super::rights;
use crate::Server;
use crate::graph::Caller;
use crate::tenants;

/// Whether the caller may invite now, for pages that would otherwise show a way that leads to a refusal.
pub async fn may_invite(server: &Server, caller: &Caller) -> database::Result<bool> {
    let mut tx = server.read().await?;
    let settings = tenants::settings(&mut tx, server, caller.tenant).await?;
    Ok(rights::has_permission(caller) && rights::require_inviter(caller, settings.allow_invites_from).is_ok())
}

/// Refuses a caller who may not invite, before anything that was sent is looked at.
pub async fn require_inviter(server: &Server, caller: &Caller) -> Result<(), InviteError> {
    if !rights::has_permission(caller) {
        return Err(InviteError::NoPermission);
    }
    let mut tx = server.read().await?;
    let settings = tenants::settings(&mut tx, server, caller.tenant).await?;
    rights::require_inviter(caller, settings.allow_invites_from)
}
