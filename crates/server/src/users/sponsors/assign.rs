//! Guests whom nobody answers for any more, and naming somebody for them.

use super::operations::{check_other, find_sponsor, lock, name};
use super::store;
use crate::Server;
use crate::graph::{Caller, Reference};
use crate::platform::Timestamp;
use crate::platform::ids::{PrincipalId, UserId};
use crate::users::rights::{self, Deed};
use crate::users::{self, UserError};
use uuid::Uuid;

/// Guests that get a sponsor in one transaction.
const AT_ONCE: i64 = 200;

/// A guest without a sponsor.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Unsponsored {
    /// The guest.
    pub user_id: UserId,
    /// Their name.
    pub display_name: String,
    /// Their address.
    pub mail: Option<String>,
    /// Who answered for them last; the program that invited them, where nobody ever did.
    pub former_sponsor_id: PrincipalId,
    /// Its name at the time.
    pub former_sponsor_name: String,
    /// Since when.
    pub since: Timestamp,
}

/// Which guests without a sponsor get one.
#[derive(Debug, Clone)]
pub enum Guests {
    /// These; one who has a sponsor by now is left out.
    Named(Vec<UserId>),
    /// Everybody the former sponsor left.
    LeftBy(PrincipalId),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    /// Guests that have a sponsor now.
    pub guests: usize,
}

/// Guests without a sponsor, by id: at most `limit`, from behind `after`.
pub async fn list(
    server: &Server,
    caller: &Caller,
    former: Option<PrincipalId>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Unsponsored>, UserError> {
    if !Deed::Change.is_allowed(caller) {
        return Err(UserError::Denied);
    }
    let mut tx = server.read().await?;
    Ok(store::list_unsponsored(&mut tx, caller.tenant, former, after, limit).await?)
}

/// Names a sponsor for guests who have none, some in each transaction. One who stands too high for the caller is passed over and
/// stays flagged, and so is the sponsor themselves among those somebody left.
///
/// # Errors
/// `Invalid` for a sponsor who is nobody or one of the named, before anything is changed.
pub async fn assign(
    server: &Server,
    caller: &Caller,
    sponsor: Reference,
    guests: &Guests,
) -> Result<Assigned, UserError> {
    if !Deed::Change.is_allowed(caller) {
        return Err(UserError::Denied);
    }
    if let Guests::Named(named) = guests {
        named.iter().try_for_each(|guest| check_other(*guest, sponsor.id))?;
    }
    let (mut after, mut assigned) = (None, 0);
    loop {
        let mut tx = server.write().await?;
        // Whoever is deleted in the middle leaves the guests they were given already, and all of them are flagged again.
        let sponsor = find_sponsor(&mut tx, caller, sponsor).await?;
        let former = match guests {
            Guests::LeftBy(former) => Some(*former),
            Guests::Named(_) => None,
        };
        let found = store::list_unsponsored(&mut tx, caller.tenant, former, after, AT_ONCE).await?;
        after = found.last().map(|last| last.user_id.0);
        for flagged in found {
            if matches!(guests, Guests::Named(named) if !named.contains(&flagged.user_id)) {
                continue;
            }
            let Some(guest) = users::store::find(&mut tx, caller.tenant, flagged.user_id).await? else { continue };
            match rights::check_deed(&mut tx, caller, &guest, Deed::Change).await {
                Err(UserError::Denied) => continue,
                checked => checked?,
            }
            // Somebody else may have named one, or removed the guest, since they were listed.
            let is_alone = lock(&mut tx, caller, &guest).await?.is_some_and(|known| known.is_empty());
            if is_alone && check_other(guest.id, sponsor.id()).is_ok() {
                name(&mut tx, server, caller, &guest, &sponsor).await?;
                assigned += 1;
            }
        }
        tx.commit().await?;
        if after.is_none() {
            return Ok(Assigned { guests: assigned });
        }
    }
}
