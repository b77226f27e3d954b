//! What can be done about deleted objects of one kind: the same for all of them, but for what [`Recoverable`] says.

use super::{GOING, Recoverable, since, store};
use crate::Server;
use crate::audit::{self, Outcome};
use crate::graph::Caller;
use crate::graph::query::{Condition, Count, Listing, Place, Slice};
use crate::platform::ids::TenantId;
use crate::tenants;
use database::Timestamp;
use uuid::Uuid;

/// Objects of a tenant that are looked for at a time.
const AT_ONCE: i64 = 100;

/// Some deleted objects.
pub(super) struct Page<T> {
    /// The objects in order.
    pub(super) objects: Vec<T>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<Place>,
    /// How many there are in all, if it was asked for.
    pub(super) count: Option<i64>,
}

/// One deleted object.
pub(super) async fn find<T: Recoverable>(server: &Server, caller: &Caller, id: Uuid) -> Result<Option<T>, T::Error> {
    check_may_read::<T>(caller)?;
    let mut tx = server.read().await?;
    Ok(store::find::<T>(&mut tx, caller.tenant, id, since(server.clock.now())).await?)
}

/// A page of deleted objects (Graph: list deleted items).
pub(super) async fn list<T: Recoverable>(
    server: &Server,
    caller: &Caller,
    listing: &Listing,
) -> Result<Page<T>, T::Error> {
    check_may_read::<T>(caller)?;
    T::check_names(caller, &listing.names)?;
    let (objects, next) = page::<T>(server, caller, &listing.slice).await?;
    let count = if listing.with_count {
        Some(number::<T>(server, caller, listing.slice.condition.as_ref()).await?)
    } else {
        None
    };
    Ok(Page { objects, next, count })
}

/// How many deleted objects meet a condition.
pub(super) async fn count<T: Recoverable>(server: &Server, caller: &Caller, count: &Count) -> Result<i64, T::Error> {
    check_may_read::<T>(caller)?;
    T::check_names(caller, &count.names)?;
    number::<T>(server, caller, count.condition.as_ref()).await
}

async fn number<T: Recoverable>(
    server: &Server,
    caller: &Caller,
    condition: Option<&Condition>,
) -> Result<i64, T::Error> {
    let mut tx = server.read().await?;
    Ok(store::count::<T>(&mut tx, caller.tenant, since(server.clock.now()), condition).await?)
}

/// Some deleted objects, and where the next page begins.
pub async fn page<T: Recoverable>(
    server: &Server,
    caller: &Caller,
    slice: &Slice,
) -> Result<(Vec<T>, Option<Place>), T::Error> {
    check_may_read::<T>(caller)?;
    let mut tx = server.read().await?;
    let (since, mut found) = (since(server.clock.now()), Vec::new());
    for part in slice.parts() {
        let Some(part) = part.rest(found.len()) else { break };
        found.extend(store::list::<T>(&mut tx, caller.tenant, since, &part).await?);
    }
    Ok(slice.page(found, |last| last.place(&slice.order)))
}

/// Brings a deleted object back; `None` if there is no such one.
///
/// # Errors
/// What the kind refuses: a caller, or a conflict with what came in between.
pub async fn restore<T: Recoverable>(
    server: &Server,
    caller: &Caller,
    id: Uuid,
    wish: T::Wish,
) -> Result<Option<T>, T::Error> {
    check_may_change::<T>(caller)?;
    let since = since(server.clock.now());
    let mut tx = server.write().await?;
    let Some(found) = store::find::<T>(&mut tx, caller.tenant, id, since).await? else { return Ok(None) };
    let Some(restored) = found.bring_back(&mut tx, server, caller, wish).await? else { return Ok(None) };
    audit::record(&mut tx, server, caller, T::RESTORED, &Outcome::Success, &restored.target(), &[]).await?;
    tx.commit().await?;
    Ok(Some(restored))
}

/// Removes a deleted object for good; `false` if there is no such one. Of what hangs on it a job may have something left to do.
pub(super) async fn purge<T: Recoverable>(
    server: &Server,
    caller: &Caller,
    id: Uuid,
    others: &T::Others,
) -> Result<bool, T::Error> {
    begin::<T>(server, caller, id, since(server.clock.now()), others).await
}

/// Removes the objects of every tenant that were deleted before an instant, and what is left of those that somebody purged; how many
/// those were. One that cannot be removed now is left for the next time, and holds up no other one: neither of another tenant, nor
/// what else is kept for a while only.
pub(super) async fn purge_old<T: Recoverable>(
    server: &Server,
    before: Timestamp,
    others: &T::Others,
) -> database::Result<u64> {
    let tenants = tenants::store::list(&mut server.read().await?).await?;
    let mut objects = 0;
    for tenant in tenants {
        let caller = Caller::system(tenant.id);
        loop {
            let ids = store::list_old::<T>(&mut server.read().await?, tenant.id, before, AT_ONCE).await?;
            let mut gone = 0;
            for id in ids {
                match remove_old::<T>(server, &caller, id, others).await {
                    Ok(()) => gone += 1,
                    // Another process was faster, or a row names it that nobody has looked for.
                    Err(error @ database::Error::Conflict(_)) => {
                        tracing::warn!(%error, tenant = %tenant.id, object = %id, "what was deleted long ago stays");
                    }
                    Err(error) => return Err(error),
                }
            }
            objects += gone;
            if gone == 0 {
                break;
            }
        }
    }
    Ok(objects)
}

async fn remove_old<T: Recoverable>(
    server: &Server,
    caller: &Caller,
    id: Uuid,
    others: &T::Others,
) -> database::Result<()> {
    begin::<T>(server, caller, id, GOING, others).await.map_err(T::failure)?;
    end::<T>(server, caller.tenant, id, others).await
}

/// The first transaction, from which on the object is gone for everybody; `false` if there is no such one that was deleted behind
/// `since`.
async fn begin<T: Recoverable>(
    server: &Server,
    caller: &Caller,
    id: Uuid,
    since: Timestamp,
    others: &T::Others,
) -> Result<bool, T::Error> {
    check_may_change::<T>(caller)?;
    let mut tx = server.write().await?;
    let Some(object) = store::find::<T>(&mut tx, caller.tenant, id, since).await? else { return Ok(false) };
    if !object.remove(&mut tx, server, caller, others).await? {
        return Ok(false);
    }
    audit::record(&mut tx, server, caller, T::PURGED, &Outcome::Success, &object.target(), &[]).await?;
    tx.commit().await?;
    Ok(true)
}

/// Goes on with an object that is going until it is gone.
async fn end<T: Recoverable>(server: &Server, tenant: TenantId, id: Uuid, others: &T::Others) -> database::Result<()> {
    while clear::<T>(server, tenant, id, others).await? {}
    Ok(())
}

/// Takes the next step with an object that is going, in a transaction of its own; `false` when it is gone.
pub async fn clear<T: Recoverable>(
    server: &Server,
    tenant: TenantId,
    id: Uuid,
    others: &T::Others,
) -> database::Result<bool> {
    let Some(lock_going) = T::STATEMENTS.lock_going else { return Ok(false) };
    let mut tx = server.write().await?;
    if !store::hold_going(&mut tx, lock_going, tenant, id).await? {
        return Ok(false);
    }
    let is_more = T::clear(&mut tx, server, tenant, id, others).await?;
    tx.commit().await?;
    Ok(is_more)
}

fn check_may_read<T: Recoverable>(caller: &Caller) -> Result<(), T::Error> {
    if T::may_read(caller) { Ok(()) } else { Err(T::denied()) }
}

fn check_may_change<T: Recoverable>(caller: &Caller) -> Result<(), T::Error> {
    if T::may_change(caller) { Ok(()) } else { Err(T::denied()) }
}
