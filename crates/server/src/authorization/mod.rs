//! How apps get people and tokens: the `OpenID` Connect provider of each tenant, and the way from a token to a caller.
//!
//! Owns `token_grant`, `authorization_code`, `refresh_token`, `presented_assertion`. Who a person is proves `sign_in`; what an app
//! is and may do say `applications` and `service_principals`.

pub mod audience;
mod authorize;
pub mod bearer;
mod client;
mod consent;
mod cors;
mod discovery;
mod error;
pub mod federation;
mod introspection;
pub mod key_rotation;
mod logout;
mod memberships;
mod optional_claims;
mod person;
mod presented;
mod proof;
mod reader;
mod resource;
mod revocation;
mod store;
mod tenant_path;
mod there;
mod token_endpoint;
mod tokens;
mod told;
mod userinfo;

pub use client::Client;
pub use consent::asking;
pub use error::unread;
pub use store::grants::RevokedReason;

use crate::Server;
use crate::config::Retention;
use crate::platform::ids::{TenantId, UserId};
use crate::platform::signing_keys;
use crate::web::Routes;
use database::Transaction;
use std::time::Duration;

/// How long codes, tokens and keys are kept after their end: longer than any access token lives that hangs on their grant. A
/// refresh token that was replaced is kept until its own end all the same: by it, reuse is noticed (RFC 9700 section 4.14.2).
const KEPT: Duration = Duration::from_hours(24);

/// The endpoints of the provider.
pub fn routes() -> Routes {
    Routes::new()
        .merge(discovery::routes())
        .merge(authorize::routes())
        .merge(consent::routes())
        .merge(token_endpoint::routes())
        .merge(logout::routes())
        .merge(userinfo::routes())
        .merge(introspection::routes())
        .merge(revocation::routes())
}

/// Removes what nobody can use any more; how many rows that were.
pub async fn purge(server: &Server) -> database::Result<u64> {
    let before = server.clock.now().minus(KEPT);
    let mut rows = 0;
    loop {
        let mut tx = server.write().await?;
        let keys = signing_keys::purge(&mut tx, before, Retention::AT_ONCE).await?;
        let removed = store::purge::before(&mut tx, before).await? + keys;
        tx.commit().await?;
        rows += removed;
        if !Retention::may_have_left(removed) {
            return Ok(rows);
        }
    }
}

/// Removes everything that apps hold of a user who is purged.
pub async fn forget_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> database::Result<()> {
    store::purge::of_user(tx, tenant, user).await
}

#[cfg(test)]
pub(crate) mod tests;
