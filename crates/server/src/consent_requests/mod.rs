//! Asking an administrator to let an app act for everybody (Entra: admin consent workflow).
//!
//! Owns `consent_request`, `consent_request_block` and `consent_request_policy`. Whoever may not answer an app by themselves asks on
//! its page, which is [`crate::authorization`]'s; the reviewers that the policy names are told by mail and answer on a page of
//! the portal. To let an app act takes the right to do so anywhere; a reviewer without it says no, or lets nobody ask any more.
//!
//! ```text
//!   asked for ──> in progress ──approved or denied──> completed
//!                      └──nobody answered in time──> lapsed
//! ```

mod consent_request;
mod error;
mod graph;
mod letter;
pub mod operations;
mod policy;
mod policy_store;
mod resource;
mod reviewers;
mod settle;
mod store;
#[cfg(test)]
mod tests;

pub use consent_request::{ConsentRequest, LONGEST_REASON, Status, Verdict};
pub use error::{AskError, DecideError};
pub use graph::routes;
pub use operations::{Asked, Standing, Wish, ask, standing};
pub use policy::{MOST_DAYS, MOST_REVIEWERS, Policy, Reviewer};
pub use reviewers::{is_reviewer, may_review};
pub use settle::{purge, settle};
#[cfg(test)]
pub use store::insert;

use crate::platform::ids::{ServicePrincipalId, TenantId, UserId};
use database::{Result, Transaction};

/// Removes what a user who is purged has asked for.
pub async fn forget_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    store::forget_user(tx, tenant, user).await
}

/// Removes some of what people have asked for an app that is purged, and of what was asked for at it, at most `limit` of each; how
/// many requests those were.
pub async fn forget_app(tx: &mut Transaction, tenant: TenantId, app: ServicePrincipalId, limit: i64) -> Result<u64> {
    store::forget_app(tx, tenant, app, limit).await
}
