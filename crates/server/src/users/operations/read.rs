//! Reading users.

use super::{Key, along, look_up};
use crate::Server;
use crate::graph::Caller;
use crate::graph::query::{Condition, Count, Listing, Order, Place, Slice};
use crate::platform::ids::{TenantId, UserId};
use crate::users::rights::{self, Sight};
use crate::users::{Identity, User, UserError, fold, store};
use database::Transaction;
use std::collections::HashMap;

/// One user, and what the caller may see of them.
#[derive(Debug)]
pub struct Found {
    /// The user.
    pub user: User,
    /// How they sign in.
    pub identities: Vec<Identity>,
    /// What may be shown.
    pub sight: Sight,
}

/// Some users, and what the caller may see of them.
#[derive(Debug)]
pub struct Page {
    /// The users in order.
    pub users: Vec<User>,
    /// How they sign in; empty unless it was asked for.
    pub identities: HashMap<UserId, Vec<Identity>>,
    /// What may be shown.
    pub sight: Sight,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many users there are in all, if it was asked for.
    pub count: Option<i64>,
}

impl Page {
    /// These users and no more.
    pub(super) fn of(users: Vec<User>, sight: Sight) -> Self {
        Self { users, identities: HashMap::new(), sight, next: None, count: None }
    }
}

/// A user by id or name.
///
/// # Errors
/// `NotFound` also for a user the caller may not know of; `Denied` if the caller may see nobody but themselves.
pub async fn find(server: &Server, caller: &Caller, key: &Key) -> Result<Found, UserError> {
    let mut tx = server.read().await?;
    let (user, sight) = see(&mut tx, caller, key).await?;
    let identities = store::list_identities(&mut tx, caller.tenant, user.id).await?;
    Ok(Found { user, identities, sight })
}

pub(super) async fn see(tx: &mut Transaction, caller: &Caller, key: &Key) -> Result<(User, Sight), UserError> {
    match look_up(tx, caller.tenant, key).await? {
        Some(user) if rights::is_self(caller, user.id) => Ok((user, Sight::of_self(caller)?)),
        // What is refused must not depend on whether the user exists.
        other => {
            let sight = Sight::of_other(caller, &key.to_string())?;
            Ok((other.ok_or_else(|| UserError::NotFound(key.to_string()))?, sight))
        }
    }
}

/// A page of users (Graph: list users).
pub async fn list(server: &Server, caller: &Caller, listing: &Listing) -> Result<Page, UserError> {
    let sight = Sight::of_all(caller)?;
    check_names(sight, &listing.names)?;
    check_combination(&listing.names)?;
    let mut tx = server.read().await?;
    let mut page = page(&mut tx, caller, sight, &listing.slice).await?;
    attach_identities(&mut tx, caller, &mut page, listing.selection.has("identities")).await?;
    if listing.with_count {
        page.count = Some(store::count(&mut tx, caller.tenant, listing.slice.condition.as_ref()).await?);
    }
    Ok(page)
}

/// Reads how the users of a page sign in, if that is asked for and may be seen.
pub(super) async fn attach_identities(
    tx: &mut Transaction,
    caller: &Caller,
    page: &mut Page,
    is_asked: bool,
) -> database::Result<()> {
    if is_asked && page.sight.shows("identities") {
        let ids: Vec<UserId> = page.users.iter().map(|user| user.id).collect();
        page.identities = store::list_identities_of(tx, caller.tenant, &ids).await?;
    }
    Ok(())
}

/// How many users meet a condition (Graph: `/users/$count`).
pub async fn count(server: &Server, caller: &Caller, count: &Count) -> Result<i64, UserError> {
    check_names(Sight::of_all(caller)?, &count.names)?;
    check_combination(&count.names)?;
    let mut tx = server.read().await?;
    Ok(store::count(&mut tx, caller.tenant, count.condition.as_ref()).await?)
}

/// Whoever may not read a property may not find out about it by filtering or sorting.
pub(in crate::users) fn check_names(sight: Sight, names: &[&str]) -> Result<(), UserError> {
    if names.iter().all(|name| sight.shows(name)) { Ok(()) } else { Err(UserError::Denied) }
}

/// When somebody signed in last is asked for alone (Graph: signInActivity).
pub(super) fn check_combination(names: &[&str]) -> Result<(), UserError> {
    let of_activity = names.iter().filter(|name| name.starts_with("signInActivity/")).count();
    if of_activity > 0 && of_activity < names.len() {
        let problem = "it cannot be combined with other properties in a query".to_owned();
        return Err(UserError::Invalid { property: "signInActivity", problem });
    }
    Ok(())
}

pub(super) async fn page(
    tx: &mut Transaction,
    caller: &Caller,
    sight: Sight,
    slice: &Slice,
) -> Result<Page, UserError> {
    let (users, next) = among(tx, caller.tenant, slice, None).await?;
    Ok(Page { next, ..Page::of(users, sight) })
}

/// The users of a slice who meet a further condition, and where the next page begins. Many meet `besides`: it leads to nobody,
/// and those who do not meet it are passed over.
pub async fn among(
    tx: &mut Transaction,
    tenant: TenantId,
    slice: &Slice,
    besides: Option<&Condition>,
) -> database::Result<(Vec<User>, Option<Place>)> {
    if let Some(found) = along::page(tx, tenant, slice, besides).await? {
        return Ok(found);
    }
    let slice = besides.map_or_else(|| slice.clone(), |besides| slice.within(besides.clone()));
    let mut users = Vec::new();
    for part in slice.parts() {
        let Some(part) = part.rest(users.len()) else { break };
        users.extend(store::list(tx, tenant, &part).await?);
    }
    Ok(slice.page(users, |last| place(&slice.order, last)))
}

/// Where a page in this order ends with a user.
pub fn place(order: &Order, user: &User) -> Place {
    let key = match order.property() {
        Some("displayName") => Some(fold(&user.display_name)),
        Some("userPrincipalName") => Some(fold(&user.user_principal_name)),
        Some("mail") => user.mail.as_deref().map(str::to_ascii_lowercase),
        Some("deletedDateTime") => user.deleted_at.map(Order::instant_key),
        _ => None,
    };
    Place { key, id: user.id.0 }
}
