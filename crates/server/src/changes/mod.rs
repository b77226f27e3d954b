//! What changed in the directory, in order.
//!
//! Whoever writes an object notes it here, in the same transaction. Delta queries answer from it, so that they cost by the
//! changes and not by the directory; jobs that follow the directory (dynamic groups, change notifications) read it from
//! where they stopped. Owns `directory_change`, `change_turn` and `aftermath`.
//!
//! Numbers count within a tenant and never go back. The counter's row is held until the transaction ends, so that a number
//! is never seen before a smaller one: a reader that stops at a number has missed nothing.

pub mod aftermath;
mod change;
mod grants;
mod retention;
pub mod store;
#[cfg(test)]
mod tests;

pub use change::{Change, Kind, Logged, What};
pub use grants::{list_personal, note_grants_of_app, note_grants_of_user, note_more_grants};
pub use retention::{KEPT, purge};

use crate::platform::ids::TenantId;
use database::{Result, Timestamp, Transaction};
use uuid::Uuid;

/// Notes that the same happened to many objects of one kind, with as few statements as may be.
pub async fn note_each(
    tx: &mut Transaction,
    tenant: TenantId,
    at: Timestamp,
    (kind, what): (Kind, What),
    objects: &[Uuid],
) -> Result<()> {
    for some in objects.chunks(store::AT_ONCE) {
        let count = i64::try_from(some.len()).unwrap_or(i64::MAX);
        let last = store::take_numbers(tx, tenant, count).await?;
        store::insert_each(tx, tenant, (kind, what, at), last - count, some).await?;
    }
    Ok(())
}

/// Notes a change.
pub async fn note(tx: &mut Transaction, tenant: TenantId, at: Timestamp, change: Change) -> Result<()> {
    let number = store::take_number(tx, tenant).await?;
    store::insert(tx, tenant, number, at, change).await
}
