//! Inviting somebody who is here already to prove themselves anew: a guest whose address or company has changed, or a member
//! who shall sign in from outside. The object with its groups, apps and roles stays.

use crate::Server;
use crate::audit::Activity;
use crate::graph::Caller;
use crate::invitations::error::InviteError;
use crate::invitations::landing::Ground;
use crate::invitations::new_invitation::NewInvitation;
use crate::invitations::retire::retire_all;
use crate::invitations::store;
use crate::outbox;
use crate::platform::Timestamp;
use crate::platform::ids::UserId;
use crate::sign_in::session;
use crate::users::{self, Address, Identity, User, UserError, operations};
use database::Transaction;

/// What becomes of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reset {
    /// A guest proves another mailbox, or the same one again (Graph: reset redemption status).
    Redemption,
    /// Somebody of the house signs in from outside from then on (Graph: invite internal users).
    Conversion,
}

impl Reset {
    /// What the audit says in place of an ordinary invitation.
    pub(super) const fn activity(self) -> Activity {
        match self {
            Self::Redemption => Activity::ResetRedemption,
            Self::Conversion => Activity::ConvertToExternal,
        }
    }
}

/// Refuses who may give nobody another identity: the permission to invite is not enough.
pub(super) fn check_rights(caller: &Caller, wish: &NewInvitation) -> Result<(), InviteError> {
    let is_reset = wish.invited_user.is_some() || wish.reset_redemption;
    if is_reset && !operations::may_reset(caller) { Err(InviteError::NoPermission) } else { Ok(()) }
}

/// The user whom the wish names, and what it comes to for them.
pub(super) async fn find(
    tx: &mut Transaction,
    caller: &Caller,
    wish: &NewInvitation,
    id: UserId,
    address: &Address,
    ground: &Ground,
) -> Result<(User, Reset), InviteError> {
    let user = get(tx, caller, id).await?;
    if wish.of_version.is_some_and(|seen| seen != user.version) {
        return Err(InviteError::Changed);
    }
    let reset = match (user.external_user_state, wish.reset_redemption) {
        (Some(_), true) => Reset::Redemption,
        (None, false) => Reset::Conversion,
        (Some(_), false) => {
            let problem = "the user is a guest already; a reset is asked for by true".to_owned();
            return Err(InviteError::Property("resetRedemption", problem));
        }
        (None, true) => {
            let problem = "the user has never been invited, so there is nothing to reset".to_owned();
            return Err(InviteError::Property("resetRedemption", problem));
        }
    };
    // What is changed along with the invitation counts as if it stood there already.
    let mut after = user.clone();
    for change in &wish.profile {
        change.apply(&mut after);
    }
    check_address(tx, &after, reset, address, ground).await?;
    Ok((user, reset))
}

async fn get(tx: &mut Transaction, caller: &Caller, id: UserId) -> Result<User, InviteError> {
    operations::get_to_reset(tx, caller, id).await.map_err(refused)
}

fn refused(error: UserError) -> InviteError {
    match error {
        UserError::NotFound(id) => InviteError::Property("invitedUser", format!("there is no user {id}")),
        UserError::LastAdministrator => {
            let problem = "the last Global Administrator keeps the way they sign in".to_owned();
            InviteError::Property("invitedUser", problem)
        }
        other => other.into(),
    }
}

/// The address is one that the user is known to have, and nobody else's here.
async fn check_address(
    tx: &mut Transaction,
    user: &User,
    reset: Reset,
    address: &Address,
    ground: &Ground,
) -> Result<(), InviteError> {
    if ground.domains.iter().any(|domain| domain == address.domain()) {
        return Err(InviteError::OwnDomain);
    }
    let folded = address.folded();
    let is_it = |known: &String| known.eq_ignore_ascii_case(&folded);
    let further = reset == Reset::Redemption && user.other_mails.iter().any(is_it);
    let owner = users::store::find_by_identity(tx, user.tenant_id, Identity::MAIL_ISSUER, &folded).await?;
    let is_proved = owner.as_ref().is_some_and(|(owner, _)| *owner == user.id);
    if !user.mail.as_ref().is_some_and(is_it) && !further && !is_proved {
        let problem = match reset {
            Reset::Redemption => "it must be the mail or one of the otherMails of the user first",
            Reset::Conversion => "it must be the mail of the user first",
        };
        return Err(InviteError::Property("invitedUserEmailAddress", problem.to_owned()));
    }
    let named = users::store::find_by_principal_name(tx, user.tenant_id, &folded).await?.map(|other| other.id);
    let namesakes = users::store::list_by_mail(tx, user.tenant_id, &folded).await?;
    let mut others = named.into_iter().chain(owner.map(|(id, _)| id)).chain(namesakes.iter().map(|other| other.id));
    if others.any(|other| other != user.id) {
        let problem = "it belongs to another user".to_owned();
        return Err(InviteError::Property("invitedUserEmailAddress", problem));
    }
    Ok(())
}

/// Carries it out: every link of before is dead, every session has ended, and the user is pending.
pub(super) async fn carry_out(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    user: &User,
    now: Timestamp,
) -> Result<User, InviteError> {
    // Read again: a role may have been given in between.
    let before = get(tx, caller, user.id).await?;
    if before.version != user.version {
        return Err(database::Error::Conflict("the user was changed in between".to_owned()).into());
    }
    let after = operations::reset(tx, server, &before).await.map_err(refused)?;
    for mail in store::list_open_mails(tx, caller.tenant, user.id).await? {
        outbox::withdraw(tx, caller.tenant, mail).await?;
    }
    retire_all(tx, caller.tenant, user.id, now).await?;
    session::end_all(tx, server, caller.tenant, user.id).await?;
    Ok(after)
}
