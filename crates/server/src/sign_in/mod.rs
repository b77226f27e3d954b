//! Proving who one is: passwords and mailed codes, the sessions that follow, and the steps a browser comes back to.
//!
//! Owns `continuation`, `session`, `attempt`, `global_attempt`, `known_browser`, `recovery_link`. Where a proved person
//! may go is decided elsewhere: `redemption` lets guests in, `authorization` lets them on to apps.

pub mod attempts;
pub mod browser;
pub mod continuation;
mod cookie;
pub mod door;
mod graph;
pub mod members;
pub mod organizations;
mod own_password;
mod pages;
pub mod passcode;
pub mod place;
pub mod recovery;
pub mod refusal;
pub mod session;
pub mod store;
pub mod strangers;
#[cfg(test)]
pub(crate) mod tests;
mod throttle;

pub use crate::users::password;
pub use graph::routes as api_routes;
pub use pages::routes;

use crate::Server;
use crate::config::Retention;
use crate::platform::ids::{TenantId, UserId};
use crate::web::csrf;
use database::{Result, Transaction};
use std::time::Duration;

/// How long an ended session is kept, for whoever looks into what happened.
const SESSIONS_KEPT: Duration = Duration::from_hours(30 * 24);

/// Removes what nobody can use any more; how many rows that were.
pub async fn purge(server: &Server) -> Result<u64> {
    let mut rows = 0;
    loop {
        let mut tx = server.write().await?;
        let removed = purge_some(&mut tx, server).await?;
        tx.commit().await?;
        rows += removed;
        if !Retention::may_have_left(removed) {
            return Ok(rows);
        }
    }
}

/// Removes the sessions and links of a user who is purged.
pub async fn forget_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    store::sessions::delete_of_user(tx, tenant, user).await?;
    passcode::store::delete_of_user(tx, tenant, user).await?;
    store::recovery_links::delete_of_user(tx, tenant, user).await
}

/// A batch of each kind.
async fn purge_some(tx: &mut Transaction, server: &Server) -> Result<u64> {
    let now = server.clock.now();
    let mut rows = attempts::purge(tx, server).await?;
    rows += store::continuations::purge(tx, now).await?;
    // A page that is still open says of its code that it has lapsed, so the code stays as long as its page.
    rows += passcode::store::purge(tx, now.minus(csrf::LIFETIME)).await?;
    rows += csrf::purge(tx, server).await?;
    rows += store::sessions::purge(tx, now.minus(SESSIONS_KEPT)).await?;
    rows += store::known_browsers::purge(tx, now.minus(browser::LIFETIME)).await?;
    rows += store::recovery_links::purge(tx, now).await?;
    Ok(rows)
}
