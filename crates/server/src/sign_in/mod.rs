//! Proving who one is: passwords and mailed codes, the sessions that follow, and the steps a browser comes back to.
//!
//! Owns `continuation`, `session`, `attempt`, `global_attempt`, `known_browser`, `recovery_link`. Where a proved person
//! may go is decided elsewhere: `redemption` lets guests in, `authorization` lets them on to apps.

pub mod attempts;
pub mod browser;
pub mod continuation;
mod cookie;
pub mod door;
pub mod members;
mod pages;
pub mod passcode;
pub mod password;
pub mod place;
pub mod recovery;
pub mod refusal;
pub mod session;
pub mod store;
pub mod strangers;
#[cfg(test)]
mod tests;
mod throttle;

pub use pages::routes;

use crate::Server;
use crate::web::csrf;
use database::Result;
use std::time::Duration;

/// How long an ended session is kept, for whoever looks into what happened.
const SESSIONS_KEPT: Duration = Duration::from_hours(30 * 24);

/// Removes what nobody can use any more; how many rows that were.
pub async fn purge(server: &Server) -> Result<u64> {
    let now = server.clock.now();
    let mut tx = server.write().await?;
    let mut rows = attempts::purge(&mut tx, server).await?;
    rows += store::continuations::purge(&mut tx, now).await?;
    // A page that is still open says of its code that it has lapsed, so the code stays as long as its page.
    rows += passcode::store::purge(&mut tx, now.minus(csrf::LIFETIME)).await?;
    rows += csrf::purge(&mut tx, server).await?;
    rows += store::sessions::purge(&mut tx, now.minus(SESSIONS_KEPT)).await?;
    rows += store::known_browsers::purge(&mut tx, now.minus(browser::LIFETIME)).await?;
    rows += store::recovery_links::purge(&mut tx, now).await?;
    tx.commit().await?;
    Ok(rows)
}
