//! Apps that soon have no secret any more, for whoever may give them another one: those who change every app, and owners.

use super::store::{self, Ending};
use crate::applications::operations::may_write;
use crate::applications::secret::WARNED_BEFORE;
use crate::graph::Caller;
use crate::platform::Timestamp;
use database::{Result, Transaction};

/// The apps whose last secret or certificate ends soon or has ended, the most urgent first; an app with a newer one is in order.
pub(in crate::portals) async fn ending(tx: &mut Transaction, caller: &Caller, now: Timestamp) -> Result<Vec<Ending>> {
    let owner = if may_write(caller) {
        None
    } else {
        let Some(person) = caller.user() else { return Ok(Vec::new()) };
        Some(person.id)
    };
    store::list_ending_secrets(tx, caller.tenant, now.plus(WARNED_BEFORE), owner).await
}

/// Where they are given another one.
pub(in crate::portals) fn way(apps: &[Ending], base: &str) -> String {
    match apps {
        [(id, ..)] => format!("{base}/apps/{id}"),
        _ => format!("{base}/apps?secret=soon"),
    }
}
