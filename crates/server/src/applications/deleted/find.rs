//! Reading deleted applications.

use super::since;
use crate::Server;
use crate::applications::operations::{Page, READ, ROLES, place};
use crate::applications::{Application, ApplicationError, deleted_store};
use crate::graph::query::{Count, Listing, Place, Slice};
use crate::graph::{Caller, Role};
use crate::platform::ids::ApplicationId;

pub(super) fn may_read(caller: &Caller) -> bool {
    let is_manager = caller.holds_any(&ROLES) || caller.holds_any(&[Role::GlobalAdministrator]);
    caller.has_any(&READ) && (caller.is_application() || is_manager)
}

fn check_may_read(caller: &Caller) -> Result<(), ApplicationError> {
    if super::may_read(caller) { Ok(()) } else { Err(ApplicationError::Denied) }
}

/// One deleted application.
pub(super) async fn find(
    server: &Server,
    caller: &Caller,
    id: ApplicationId,
) -> Result<Option<Application>, ApplicationError> {
    check_may_read(caller)?;
    Ok(deleted_store::find(&mut server.read().await?, caller.tenant, id, since(server)).await?)
}

/// A page of deleted applications (Graph: list deleted items of the kind application), without what they proved themselves with.
pub async fn list(server: &Server, caller: &Caller, listing: &Listing) -> Result<Page, ApplicationError> {
    let (applications, next) = page(server, caller, &listing.slice).await?;
    let count = if listing.with_count {
        let mut tx = server.read().await?;
        let condition = listing.slice.condition.as_ref();
        Some(deleted_store::count(&mut tx, caller.tenant, since(server), condition).await?)
    } else {
        None
    };
    Ok(Page { applications, secrets: Vec::new(), keys: Vec::new(), next, count })
}

/// How many deleted applications meet a condition.
pub async fn count(server: &Server, caller: &Caller, count: &Count) -> Result<i64, ApplicationError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    Ok(deleted_store::count(&mut tx, caller.tenant, since(server), count.condition.as_ref()).await?)
}

/// Some deleted applications, and where the next page begins.
pub async fn page(
    server: &Server,
    caller: &Caller,
    slice: &Slice,
) -> Result<(Vec<Application>, Option<Place>), ApplicationError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    let applications = deleted_store::list(&mut tx, caller.tenant, since(server), slice).await?;
    Ok(slice.page(applications, |last| place(&slice.order, last)))
}
