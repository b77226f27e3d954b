//! Reading what belongs to one application, of whatever kind.

use super::{Key, get};
use crate::Server;
use crate::applications::ApplicationError;
use crate::applications::belonging::Belonging;
use crate::graph::Caller;
use crate::graph::query::{Condition, Listing, Place, count_meeting};
use crate::platform::ids::{ApplicationId, TenantId};
use database::Transaction;

/// Some of what belongs to an application.
#[derive(Debug)]
pub struct BelongingPage<T> {
    /// The application.
    pub application: ApplicationId,
    /// What belongs to it, in order.
    pub items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many there are in all, if it was asked for.
    pub count: Option<i64>,
}

/// What belongs to an application the caller may see (Graph: list extensionProperties, list federatedIdentityCredentials).
pub async fn list_belonging<T: Belonging>(
    server: &Server,
    caller: &Caller,
    key: Key,
    listing: &Listing,
) -> Result<BelongingPage<T>, ApplicationError> {
    let (mut tx, slice) = (server.read().await?, &listing.slice);
    let application = get(&mut tx, caller, key).await?.id;
    let mut query = tx.query(T::LISTED.list).bind(caller.tenant).bind(application);
    slice.write(&mut query);
    let found: Vec<T> = query.fetch_all().await?;
    let (items, next) = slice.page(found, |last| Place { key: None, id: last.ids().0 });
    let count = if listing.with_count {
        Some(count_belonging::<T>(&mut tx, (caller.tenant, application), slice.condition.as_ref()).await?)
    } else {
        None
    };
    Ok(BelongingPage { application, items, next, count })
}

/// How many of an application meet a condition.
pub(super) async fn count_belonging<T: Belonging>(
    tx: &mut Transaction,
    (tenant, application): (TenantId, ApplicationId),
    condition: Option<&Condition>,
) -> database::Result<i64> {
    count_meeting(condition, tx.query(T::LISTED.count).bind(tenant).bind(application)).await
}
