//! Naming and taking away a sponsor.

use super::{Sponsor, SponsorId, group_store, put, store as sponsors};
use crate::Server;
use crate::audit::Activity;
use crate::changes::{self, Change, Kind};
use crate::graph::{Caller, Reference};
use crate::platform::ids::PrincipalId;
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
    let sponsor = find_sponsor(&mut tx, caller, &guest, sponsor).await?;
    add_within(&mut tx, server, caller, &guest, &sponsor).await?;
    Ok(tx.commit().await?)
}

/// The same for a guest who may be changed and a sponsor who can be one.
pub(super) async fn add_within(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    guest: &User,
    sponsor: &Sponsor,
) -> Result<(), UserError> {
    let now = server.clock.now();
    // Two at once come one after the other, so that the number is right.
    if !store::lock(tx, caller.tenant, guest.id).await? {
        return Err(UserError::NotFound(guest.id.to_string()));
    }
    if super::list(tx, caller.tenant, guest.id).await?.iter().any(|known| known.id() == sponsor.id()) {
        return Err(UserError::Exists("sponsors"));
    }
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

/// Somebody who can answer for this guest.
pub(super) async fn find_sponsor(
    tx: &mut Transaction,
    caller: &Caller,
    guest: &User,
    sponsor: Reference,
) -> Result<Sponsor, UserError> {
    let refused = |problem: String| UserError::Invalid { property: "sponsors", problem };
    if sponsor.id == guest.id.0 {
        return Err(refused("nobody answers for themselves".to_owned()));
    }
    let found = super::find(tx, caller.tenant, sponsor).await?;
    found.ok_or_else(|| refused(format!("there is no user or group {}", sponsor.id)))
}
