//! Reading groups.

use super::{Key, find};
use crate::Server;
use crate::graph::query::{Condition, Count, Listing, Order, Place, Slice};
use crate::graph::{Caller, Level};
use crate::groups::resource::SEARCHED;
use crate::groups::rights::{READ, may_read};
use crate::groups::store::Evaluation;
use crate::groups::{GROUP, Group, GroupError, Relation, store};
use crate::platform::ids::{GroupId, PrincipalId, TenantId};
use crate::users::fold;
use crate::words;
use database::Transaction;
use uuid::Uuid;

/// How much of a group the caller may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of it, and who belongs to it.
    Whole,
    /// That it is there.
    Id,
}

/// Some groups.
#[derive(Debug)]
pub struct Page {
    /// The groups in order.
    pub groups: Vec<Group>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many there are in all, if it was asked for.
    pub count: Option<i64>,
}

/// A group the caller can name, and how much of it they may see.
///
/// # Errors
/// `NotFound` also for one a restricted guest does not belong to.
pub async fn see(tx: &mut Transaction, caller: &Caller, key: &Key) -> Result<(Group, Sight), GroupError> {
    if !caller.has_any(&READ) {
        return Err(GroupError::Denied);
    }
    let group = get_known(tx, caller, key).await?;
    let sight = if caller.level() == Level::Restricted { Sight::Id } else { Sight::Whole };
    Ok((group, sight))
}

/// How far the rule of a group was evaluated; nothing for one without a rule.
pub async fn evaluation(
    tx: &mut Transaction,
    caller: &Caller,
    group: &Group,
) -> Result<Option<Evaluation>, GroupError> {
    Ok(store::find_evaluation(tx, caller.tenant, group.id).await?)
}

/// The group, if the caller may know that it is there.
///
/// # Errors
/// `NotFound` for one they may not know of, after the same statements as for one that is not there: neither the answer nor the
/// work tells these apart.
pub(super) async fn get_known(tx: &mut Transaction, caller: &Caller, key: &Key) -> Result<Group, GroupError> {
    let found = find(tx, caller.tenant, key).await?;
    // No group has this id.
    let id = found.as_ref().map_or(GroupId(Uuid::nil()), |group| group.id);
    let is_known = knows(tx, caller, id).await?;
    found.filter(|_| is_known).ok_or_else(|| GroupError::NotFound(key.to_string()))
}

/// Whether the caller may know that the group is there: a restricted guest knows those they belong to or answer for.
async fn knows(tx: &mut Transaction, caller: &Caller, group: GroupId) -> Result<bool, GroupError> {
    let Some(person) = caller.user().filter(|_| caller.level() == Level::Restricted) else { return Ok(true) };
    let person = PrincipalId::from(person.id);
    for relation in [Relation::Members, Relation::Owners] {
        if store::is_linked(tx, caller.tenant, relation, group, person).await? {
            return Ok(true);
        }
    }
    Ok(store::list_transitive_above(tx, caller.tenant, person).await?.contains(&group))
}

/// A page of groups (Graph: list groups). A guest below the level of members finds a group by its whole name and lists none.
pub async fn list(server: &Server, caller: &Caller, listing: &Listing) -> Result<Page, GroupError> {
    let slice = listing.slice.led_by("displayName");
    check_may_list(caller, slice.condition.as_ref())?;
    let mut tx = server.read().await?;
    let (to_read, is_few) = words::narrow(&mut tx, caller.tenant, &SEARCHED, &slice).await?;
    let groups = store::list(&mut tx, caller.tenant, &to_read).await?;
    let place = |last: &Group| place(&slice.order, last);
    let (groups, next) = if is_few { slice.arrange(groups, place) } else { slice.page(groups, place) };
    let count = if listing.with_count {
        Some(store::count(&mut tx, caller.tenant, slice.condition.as_ref()).await?)
    } else {
        None
    };
    Ok(Page { groups, next, count })
}

/// Where a page that ends with this group ended.
pub(in crate::groups) fn place(order: &Order, group: &Group) -> Place {
    order.place(|| fold(&group.display_name), group.deleted_at, group.id.0)
}

/// How many groups meet a condition (Graph: `/groups/$count`).
pub async fn count(server: &Server, caller: &Caller, count: &Count) -> Result<i64, GroupError> {
    check_may_list(caller, count.condition.as_ref())?;
    let mut tx = server.read().await?;
    Ok(store::count(&mut tx, caller.tenant, count.condition.as_ref()).await?)
}

/// The groups that are called so, in any case: two at most, which is enough to know whether it is one. Whether the caller may
/// know of them is not asked.
pub async fn with_name(tx: &mut Transaction, tenant: TenantId, name: &str) -> database::Result<Vec<Group>> {
    let condition = Some(Condition::equal("g.display_name_folded", fold(name)));
    let slice = Slice { condition, order: Order::by_id(&GROUP), after: None, size: 1 };
    store::list(tx, tenant, &slice).await
}

/// The same of the groups whose names the caller may know: whoever is shown no name of a group finds none, and nothing is looked
/// up for them, so that neither the answer nor the work tells whether there is one.
pub async fn known_with_name(tx: &mut Transaction, caller: &Caller, name: &str) -> database::Result<Vec<Group>> {
    if may_read(caller) { with_name(tx, caller.tenant, name).await } else { Ok(Vec::new()) }
}

fn check_may_list(caller: &Caller, condition: Option<&Condition>) -> Result<(), GroupError> {
    let may = match caller.level() {
        Level::Member => true,
        Level::Limited => condition.is_some_and(names_one),
        Level::Restricted => false,
    };
    if may && caller.has_any(&READ) { Ok(()) } else { Err(GroupError::Denied) }
}

/// Whether a filter is `displayName eq '..'` and nothing else.
fn names_one(condition: &Condition) -> bool {
    match condition {
        Condition::And(parts) => matches!(parts.as_slice(), [only] if names_one(only)),
        Condition::Compare { column: "g.display_name_folded", operator: " = ", .. } => true,
        _ => false,
    }
}
