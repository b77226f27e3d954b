//! A guest leaves the organisation by themselves (Graph, beta: externalIdentitiesPolicy).

use super::change::remove;
use crate::Server;
use crate::graph::Caller;
use crate::tenants;
use crate::users::{User, UserError, rights, store};
use database::Transaction;

/// Why somebody does not leave.
#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    /// The account is one of the organisation itself: nobody leaves it, its administrators delete it.
    #[error("the account belongs to the organization")]
    NotGuest,
    /// The organisation does not let guests leave by themselves.
    #[error("the organization does not let guests leave by themselves")]
    Barred,
    /// What stands against every deletion: an app without the right, the last Global Administrator, the storage.
    #[error(transparent)]
    User(#[from] UserError),
}

impl From<database::Error> for LeaveError {
    fn from(error: database::Error) -> Self {
        Self::User(error.into())
    }
}

/// The signed-in person, if they may leave by themselves. Whether they are the last Global Administrator is seen when they do.
pub async fn guest_who_may_leave(tx: &mut Transaction, caller: &Caller) -> Result<User, LeaveError> {
    let person = caller.user().ok_or(UserError::NoPerson)?;
    if !rights::may_delete_self(caller) {
        return Err(UserError::Denied.into());
    }
    let found = store::find(tx, caller.tenant, person.id).await?;
    let guest = found.ok_or_else(|| UserError::NotFound(person.id.to_string()))?;
    if !guest.is_external_guest() {
        return Err(LeaveError::NotGuest);
    }
    let settings = tenants::store::get_settings(tx, caller.tenant).await?;
    if settings.guests_may_leave { Ok(guest) } else { Err(LeaveError::Barred) }
}

/// Deletes the signed-in guest softly, as an administrator does: every session ends and what apps hold by them is void, and for
/// thirty days an administrator can bring them back. The audit tells that they did it themselves.
pub async fn leave(server: &Server, caller: &Caller) -> Result<(), LeaveError> {
    let mut tx = server.write().await?;
    let guest = guest_who_may_leave(&mut tx, caller).await?;
    remove(&mut tx, server, caller, guest).await?;
    Ok(tx.commit().await?)
}
