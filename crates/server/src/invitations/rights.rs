//! Who may invite, and who may see which invitations.

use super::error::InviteError;
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission, Role};
use crate::outbox::Share;
use crate::tenants::InvitersPolicy;
use uuid::Uuid;

/// The roles that may invite unless nobody may.
const INVITERS: [Role; 3] = [Role::GlobalAdministrator, Role::UserAdministrator, Role::GuestInviter];
/// The permissions of which a program or app needs one.
const PERMISSIONS: [Permission; 3] =
    [Permission::UserInviteAll, Permission::UserReadWriteAll, Permission::DirectoryReadWriteAll];

/// Whether the token carries a permission for invitations at all.
pub fn has_permission(caller: &Caller) -> bool {
    caller.has_any(&PERMISSIONS)
}

/// Refuses a caller whom the tenant does not let invite (Graph: authorizationPolicy.allowInvitesFrom). Programs count as
/// everybody: they may not invite where only administrators and inviters may, unless they hold such a role.
pub(super) fn require_inviter(caller: &Caller, policy: InvitersPolicy) -> Result<(), InviteError> {
    if may_invite(caller, policy) {
        return Ok(());
    }
    Err(if policy == InvitersPolicy::None { InviteError::SwitchedOff } else { InviteError::NotAllowed })
}

fn may_invite(caller: &Caller, policy: InvitersPolicy) -> bool {
    if matches!(caller.actor, Actor::System) {
        return true;
    }
    match policy {
        InvitersPolicy::None => false,
        InvitersPolicy::AdminsAndGuestInviters => caller.holds_any(&INVITERS),
        InvitersPolicy::AdminsGuestInvitersAndAllMembers => {
            let is_member = caller.user().is_none_or(|user| user.level == guest_level::MEMBER);
            is_member || caller.holds_any(&INVITERS)
        }
        InvitersPolicy::Everyone => true,
    }
}

/// Whose invitations the caller sees: everybody's (`None`) with the right to administer users, otherwise their own.
pub fn sees_only(caller: &Caller) -> Option<Uuid> {
    if caller.may_administer_users() { None } else { Some(inviter_id(caller)) }
}

/// What the invitation mails of a caller count against. Programs were let in by an administrator; of people, those who do not
/// administer users have a share of the hour. Lists yield, whoever sends them.
pub fn share(caller: &Caller, is_of_list: bool) -> Share {
    let inviter = caller.user().map(|user| user.id.0).filter(|_| !caller.may_administer_users());
    Share { inviter, yields: inviter.is_some() || is_of_list, is_of_list }
}

/// The object id an invitation keeps of who made it.
pub fn inviter_id(caller: &Caller) -> Uuid {
    match &caller.actor {
        Actor::User(user) => user.id.0,
        Actor::Application(application) => application.service_principal.0,
        Actor::System => Uuid::nil(),
    }
}
