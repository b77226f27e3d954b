//! Who answers for a guest (Graph: sponsors): people and groups. A guest for whom nobody answers is flagged, whether their last
//! sponsor left or a program invited them without any, so that nobody stays whom nobody answers for: administrators see the list
//! and name somebody. Owns `user_sponsor`, `user_sponsor_group` and `unsponsored_guest`.

mod aftermath;
mod assign;
mod graph;
mod group_store;
mod operations;
mod sponsor;
mod step_store;
mod store;

pub use aftermath::{came_back, forget_some, go_on, left};
pub use assign::{Assigned, Guests, Unsponsored, assign, list as list_unsponsored};
pub(super) use graph::routes;
pub use group_store::list as list_groups;
pub use operations::{add, remove};
pub use sponsor::{Sponsor, SponsorGroup, SponsorId};
pub(super) use store::guest_came_back;
pub use store::{count_unsponsored, flag, list_of, unflag};

use super::UserError;
use crate::graph::Reference;
use crate::platform::ids::{TenantId, UserId};
use database::{Timestamp, Transaction};

/// Sponsors of one guest at most, people and groups together (Graph: user, sponsors).
pub const MOST: usize = 5;

/// Refuses a guest with more sponsors than are possible, in the transaction that adds them.
pub async fn check_number(tx: &mut Transaction, tenant: TenantId, guest: UserId) -> Result<(), UserError> {
    let number = store::count(tx, tenant, guest).await?;
    if usize::try_from(number).is_ok_and(|number| number <= MOST) {
        return Ok(());
    }
    Err(UserError::Invalid { property: "sponsors", problem: format!("a guest has at most {MOST} sponsors") })
}

/// Everybody who answers for a guest: people, the first one first, then groups.
pub async fn list(tx: &mut Transaction, tenant: TenantId, guest: UserId) -> database::Result<Vec<Sponsor>> {
    let people = super::store::list_sponsors(tx, tenant, guest).await?;
    let groups = group_store::list(tx, tenant, guest).await?;
    let people = people.into_iter().map(|user| Sponsor::Person(Box::new(user)));
    Ok(people.chain(groups.into_iter().map(Sponsor::Group)).collect())
}

/// The person or group that an address names; nobody for what is neither, or not there.
pub async fn find(tx: &mut Transaction, tenant: TenantId, named: Reference) -> database::Result<Option<Sponsor>> {
    let Reference { set, id } = named;
    if ["users", "directoryObjects"].contains(&set)
        && let Some(user) = super::store::find(tx, tenant, UserId(id)).await?
    {
        return Ok(Some(Sponsor::Person(Box::new(user))));
    }
    if ["groups", "directoryObjects"].contains(&set) {
        return Ok(group_store::find(tx, tenant, id).await?.map(Sponsor::Group));
    }
    Ok(None)
}

/// Adds a sponsor; adding one again changes nothing. A guest who had none is flagged no more.
pub async fn put(
    tx: &mut Transaction,
    tenant: TenantId,
    guest: UserId,
    sponsor: SponsorId,
    at: Timestamp,
) -> database::Result<()> {
    match sponsor {
        SponsorId::Person(user) => super::store::insert_sponsor(tx, tenant, guest, user, at).await,
        SponsorId::Group(group) => {
            group_store::insert(tx, tenant, guest, group, at).await?;
            unflag(tx, tenant, guest).await
        }
    }
}
