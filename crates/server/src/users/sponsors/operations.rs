//! Naming and taking away a sponsor.

use super::{Sponsor, SponsorId, group_store, put, store as sponsors};
use crate::Server;
use crate::audit::Activity;
use crate::changes::{self, Change, Kind};
use crate::graph::{Caller, Reference};
use crate::platform::ids::{PrincipalId, UserId};
use crate::users::operations::{Key, get_for, record, target};
use crate::users::rights::Deed;
use crate::users::{User, UserError, store};
use database::Transaction;
use serde_json::Value;
use uuid::Uuid;

/// Names a sponsor, a person or a group.
///
/// # Errors
/// `Exists` for one who is a sponsor already, `Invalid` for one who is nobody, the user themselves or one too many.
pub async fn add(server: &Server, caller: &Caller, key: &Key, sponsor: Reference) -> Result<(), UserError> {
    let mut tx = server.write().await?;
    let guest = get_for(&mut tx, caller, key, Deed::Change, None).await?;
    check_other(guest.id, sponsor.id)?;
    let sponsor = find_sponsor(&mut tx, caller, sponsor).await?;
    let known = lock(&mut tx, caller, &guest).await?.ok_or_else(|| UserError::NotFound(guest.id.to_string()))?;
    if known.iter().any(|known| known.id() == sponsor.id()) {
        return Err(UserError::Exists("sponsors"));
    }
    name(&mut tx, server, caller, &guest, &sponsor).await?;
    Ok(tx.commit().await?)
}

/// The sponsors of a guest, if the guest is still there. Two who name one at once come one after the other, so that the number is
/// right.
pub(super) async fn lock(
    tx: &mut Transaction,
    caller: &Caller,
    guest: &User,
) -> Result<Option<Vec<Sponsor>>, UserError> {
    if !store::lock(tx, caller.tenant, guest.id).await? {
        return Ok(None);
    }
    Ok(Some(super::list(tx, caller.tenant, guest.id).await?))
}

/// Names a sponsor whom a guest does not have, behind [`lock`].
pub(super) async fn name(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    guest: &User,
    sponsor: &Sponsor,
) -> Result<(), UserError> {
    let now = server.clock.now();
    put(tx, caller.tenant, guest.id, sponsor.key(), now).await?;
    super::check_number(tx, caller.tenant, guest.id).await?;
    changes::note(tx, caller.tenant, now, Change::set(Kind::User, guest.id.0)).await?;
    let target = target(guest).change("sponsors", Value::Null, sponsor.id().to_string());
    record(tx, server, caller, Activity::UpdateUser, &target).await
}

/// Takes a sponsor away, by object id. A guest without any other is flagged.
pub async fn remove(server: &Server, caller: &Caller, key: &Key, sponsor: Uuid) -> Result<(), UserError> {
    let mut tx = server.write().await?;
    let guest = get_for(&mut tx, caller, key, Deed::Change, None).await?;
    store::lock(&mut tx, caller.tenant, guest.id).await?;
    let before = super::list(&mut tx, caller.tenant, guest.id).await?;
    let Some(former) = before.iter().find(|known| known.id() == sponsor) else {
        return Err(UserError::NotFound(sponsor.to_string()));
    };
    match former.key() {
        SponsorId::Person(user) => {
            sponsors::delete(&mut tx, caller.tenant, guest.id, user).await?;
        }
        SponsorId::Group(group) => group_store::delete(&mut tx, caller.tenant, guest.id, group).await?,
    }
    let now = server.clock.now();
    if before.len() == 1 && guest.external_user_state.is_some() {
        let left = (PrincipalId(former.id()), former.display_name());
        sponsors::flag(&mut tx, &guest, left, now).await?;
    }
    changes::note(&mut tx, caller.tenant, now, Change::set(Kind::User, guest.id.0)).await?;
    let target = target(&guest).change("sponsors", sponsor.to_string(), Value::Null);
    record(&mut tx, server, caller, Activity::UpdateUser, &target).await?;
    Ok(tx.commit().await?)
}

/// Refuses a guest as their own sponsor.
pub(super) fn check_other(guest: UserId, sponsor: Uuid) -> Result<(), UserError> {
    if sponsor == guest.0 { Err(refused("nobody answers for themselves".to_owned())) } else { Ok(()) }
}

/// Somebody who can answer for guests.
pub(super) async fn find_sponsor(
    tx: &mut Transaction,
    caller: &Caller,
    sponsor: Reference,
) -> Result<Sponsor, UserError> {
    let found = super::find(tx, caller.tenant, sponsor).await?;
    found.ok_or_else(|| refused(format!("there is no user or group {}", sponsor.id)))
}

fn refused(problem: String) -> UserError {
    UserError::Invalid { property: "sponsors", problem }
}
