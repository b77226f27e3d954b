//! Who answers for a guest (Graph: sponsors). A guest whose last sponsor leaves is flagged, so that nobody stays whom nobody
//! answers for: administrators see the list and name somebody else.

mod aftermath;
mod assign;
mod graph;
mod operations;
mod store;

pub use aftermath::go_on;
pub(super) use aftermath::{came_back, forget_some, left};
pub use assign::{Assigned, Guests, Unsponsored, assign, list as list_unsponsored};
pub(super) use graph::routes;
pub use operations::{add, remove};
pub(super) use store::guest_came_back;
pub use store::{count_unsponsored, list_of, unflag};

use super::UserError;
use crate::platform::ids::{TenantId, UserId};
use database::Transaction;

/// Sponsors of one guest at most (Graph: user, sponsors).
pub const MOST: usize = 5;

/// Refuses a guest with more sponsors than are possible, in the transaction that adds them.
pub async fn check_number(tx: &mut Transaction, tenant: TenantId, guest: UserId) -> Result<(), UserError> {
    if super::store::list_sponsors(tx, tenant, guest).await?.len() <= MOST {
        return Ok(());
    }
    Err(UserError::Invalid { property: "sponsors", problem: format!("a guest has at most {MOST} sponsors") })
}
