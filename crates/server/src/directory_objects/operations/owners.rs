//! What somebody answers for. Who answers for an app is [`super::app_owners`].

use super::above::{Above, count_above, list_above};
use super::{Page, Who, load};
use crate::Server;
use crate::applications::owner_store;
use crate::changes::Kind;
use crate::directory_objects::directory_object::{Cast, View};
use crate::graph::query::{Condition, Count, Listing, Place};
use crate::graph::{Caller, Error};
use crate::groups::store::Above as Edges;
use uuid::Uuid;

/// A page of what somebody answers for: groups, then registrations, then service principals, each by id. By a condition or in
/// an order of groups there are only groups.
///
/// # Errors
/// 400 for a filter and an order of registrations or service principals.
pub async fn list_owned(
    server: &Server,
    caller: &Caller,
    (cast, who): (Option<Cast>, Who),
    listing: &Listing,
) -> Result<Page, Error> {
    let slice = &listing.slice;
    let is_plain = slice.condition.is_none() && !slice.order.is_asked();
    if app_kind(cast).is_some() {
        refuse_conditions(slice.condition.as_ref(), slice.order.names().next())?;
    }
    let after = slice.after.as_ref().filter(|_| is_plain).and_then(app_place);
    let mut page = Page::default();
    if after.is_none() {
        page = list_above(server, caller, (Above { edges: Edges::Owned, cast }, who), listing).await?;
    }
    if !is_plain || page.next.is_some() || !has_apps(cast) {
        return Ok(page);
    }
    let room = slice.size.saturating_sub(u32::try_from(page.objects.len()).unwrap_or(u32::MAX));
    let mut tx = server.read().await?;
    let window = (app_kind(cast), after);
    let mut found = owner_store::list_owned(&mut tx, caller.tenant, who.id, window, room.saturating_add(1)).await?;
    let more = found.len() > usize::try_from(room).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(room).unwrap_or(usize::MAX));
    let last_group = page.objects.last().map(|last| place(&(Kind::Group, last.id())));
    page.next = found.last().map(place).or(last_group).filter(|_| more);
    page.objects.extend(load(&mut tx, caller.tenant, View::of(caller), &found).await?);
    Ok(page)
}

/// How many objects somebody answers for.
pub async fn count_owned(
    server: &Server,
    caller: &Caller,
    (cast, who): (Option<Cast>, Who),
    count: &Count,
) -> Result<i64, Error> {
    if app_kind(cast).is_some() {
        refuse_conditions(count.condition.as_ref(), None)?;
    }
    let groups = count_above(server, caller, (Above { edges: Edges::Owned, cast }, who), count).await?;
    if count.condition.is_some() || !has_apps(cast) {
        return Ok(groups);
    }
    let mut tx = server.read().await?;
    Ok(groups + owner_store::count_owned(&mut tx, caller.tenant, who.id, app_kind(cast)).await?)
}

/// The one of the two kinds of apps that a type means.
fn app_kind(cast: Option<Cast>) -> Option<Kind> {
    match cast {
        Some(Cast::Kind(kind @ (Kind::Application | Kind::ServicePrincipal))) => Some(kind),
        _ => None,
    }
}

fn has_apps(cast: Option<Cast>) -> bool {
    cast.is_none() || app_kind(cast).is_some()
}

fn place((kind, id): &(Kind, Uuid)) -> Place {
    Place { key: Some(kind.as_str().to_owned()), id: *id }
}

/// The place, if it lies among the apps.
fn app_place(place: &Place) -> Option<(Kind, Uuid)> {
    let kind = place.key.as_deref().and_then(Kind::parse)?;
    app_kind(Some(Cast::Kind(kind))).map(|kind| (kind, place.id))
}

fn refuse_conditions(condition: Option<&Condition>, order: Option<&str>) -> Result<(), Error> {
    let option = match (condition, order) {
        (Some(_), _) => "$filter",
        (None, Some(_)) => "$orderby",
        (None, None) => return Ok(()),
    };
    Err(Error::unsupported_query(format!("Unsupported Query. {option} is not served here.")).with_target(option))
}
