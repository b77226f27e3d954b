//! What changed in the directory, in order.
//!
//! Whoever writes an object notes it here, in the same transaction. Delta queries answer from it, so that they cost by the
//! changes and not by the directory; jobs that follow the directory (dynamic groups, change notifications) read it from
//! where they stopped. Owns `directory_change` and `change_turn`.
//!
//! Numbers count within a tenant and never go back. The counter's row is held until the transaction ends, so that a number
//! is never seen before a smaller one: a reader that stops at a number has missed nothing.

mod change;
mod retention;
pub mod store;
#[cfg(test)]
mod tests;

pub use change::{Change, Kind, Logged, What};
pub use retention::{KEPT, purge};

use crate::platform::ids::TenantId;
use database::{Result, Timestamp, Transaction};

/// Notes a change.
pub async fn note(tx: &mut Transaction, tenant: TenantId, at: Timestamp, change: Change) -> Result<()> {
    let number = store::take_number(tx, tenant).await?;
    store::insert(tx, tenant, number, at, change).await
}
