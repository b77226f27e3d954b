//! Another identity for a user who stays: who they are is proved anew by an invitation (Graph: reset redemption status,
//! invite internal users).

use super::change::get_for;
use crate::Server;
use crate::graph::Caller;
use crate::platform::ids::UserId;
use crate::users::rights::{self, Deed};
use crate::users::{ExternalUserState, User, UserError, store};
use database::Transaction;

/// Whether the caller may give anybody another identity.
pub fn may_reset(caller: &Caller) -> bool {
    Deed::Credentials.is_allowed(caller)
}

/// The user, if the caller may give them another identity.
pub async fn get_to_reset(tx: &mut Transaction, caller: &Caller, id: UserId) -> Result<User, UserError> {
    get_for(tx, caller, &id.into(), Deed::Credentials, None).await
}

/// Lets the user be pending again. The identities from elsewhere and every session of a guest end at once. Somebody of the
/// house keeps the password until they have accepted; it leads them nowhere but there.
pub async fn reset(tx: &mut Transaction, server: &Server, before: &User) -> Result<User, UserError> {
    // Until the invitation is accepted the user looks after nothing.
    rights::check_not_last_administrator(tx, before.tenant_id, before).await?;
    let now = server.clock.now();
    let mut user = before.clone();
    user.external_user_state = Some(ExternalUserState::PendingAcceptance);
    user.external_user_state_changed_at = Some(now);
    user.void_sessions(now);
    // Whoever proves themselves next may be somebody else, and has said nothing yet.
    user.profile.0.tells_organizations = false;
    if before.external_user_state.is_some() {
        user.password_hash = None;
    }
    if !store::update(tx, &user, now).await? {
        return Err(UserError::Changed);
    }
    store::delete_external_identities(tx, user.tenant_id, user.id).await?;
    user.version += 1;
    Ok(user)
}
