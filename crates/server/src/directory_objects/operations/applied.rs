//! What a policy is given to.

use super::{Page, load};
use crate::Server;
use crate::applications;
use crate::changes::Kind;
use crate::directory_objects::directory_object::View;
use crate::graph::query::{Listing, Place};
use crate::graph::{Caller, Error, Permission, Role};
use crate::platform::ids::TokenLifetimePolicyId;
use crate::token_lifetimes::{LifetimeError, operations::check_may_read, store};

/// What lets a caller read what a policy is given to without reading policies and apps.
const READ: [Permission; 2] = [Permission::DirectoryReadAll, Permission::DirectoryReadWriteAll];

/// Refuses whoever may not know what policies are given to: who reads policies and apps may, and who reads the whole directory
/// (Graph: tokenLifetimePolicy, list appliesTo). People need a role, as they do for policies.
pub fn check_may_list_applied(caller: &Caller) -> Result<(), LifetimeError> {
    let is_somebody = caller.is_application() || caller.holds_any(Role::ALL);
    let reads_both = || check_may_read(caller).is_ok() && applications::operations::may_read(caller);
    if (is_somebody && caller.has_any(&READ)) || reads_both() { Ok(()) } else { Err(LifetimeError::Denied) }
}

/// A page of the registrations and service principals that a policy is given to, by kind and id, and how many those are if it was
/// asked for. What is deleted is not among them.
pub async fn list_applied(
    server: &Server,
    caller: &Caller,
    policy: &str,
    listing: &Listing,
) -> Result<(Page, Option<i64>), Error> {
    check_may_list_applied(caller)?;
    let missing = || LifetimeError::NotFound(policy.to_owned());
    let id: TokenLifetimePolicyId = policy.parse().map_err(|_| missing())?;
    let (tenant, slice) = (caller.tenant, &listing.slice);
    let mut tx = server.read().await?;
    store::find(&mut tx, tenant, id).await?.ok_or_else(missing)?;
    let after = slice.after.as_ref().and_then(|place| Some((Kind::parse(place.key.as_deref()?)?, place.id)));
    let found = store::list_holders(&mut tx, tenant, id, (after, slice.size + 1)).await?;
    let (found, next) = slice.page(found, |(kind, id)| Place { key: Some(kind.as_str().to_owned()), id: *id });
    let count = if listing.with_count { Some(store::count_holders(&mut tx, tenant, id).await?) } else { None };
    let objects = load(&mut tx, tenant, View::of(caller), &found).await?;
    Ok((Page { objects, next }, count))
}
