//! The list of groups.

use super::{require_maker, require_manager, require_role};
use crate::Server;
use crate::graph::Caller;
use crate::graph::query::{Order, Place, Slice};
use crate::groups::resource::DISPLAY_NAME;
use crate::groups::store::Above;
use crate::groups::{GROUP, Group, RuleState, rights, store};
use crate::platform::ids::{GroupId, UserId};
use crate::users::fold;
use crate::web::address::PageAddress;
use crate::web::pages::Problem;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use std::sync::Arc;

/// Rows of one page.
const PAGE: u32 = 25;

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    q: Option<String>,
    after: Option<GroupId>,
    done: Option<String>,
    pick: Option<String>,
}

#[derive(Template)]
#[template(path = "groups/pages/list.html")]
struct ListPage {
    inside: Inside,
    total: i64,
    /// Whether the list holds only what the visitor answers for.
    is_owned: bool,
    is_removed: bool,
    q: String,
    bare: String,
    is_filtered: bool,
    rows: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
    new_href: Option<String>,
    removed_href: Option<String>,
    call: String,
    /// For whom groups can be picked, to do something with all of them.
    picks: Option<Picking>,
}

struct Row {
    id: GroupId,
    href: String,
    name: String,
    description: String,
    is_dynamic: bool,
    is_paused: bool,
    is_assignable: bool,
}

/// `GET /portal/{tenant}/groups`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let page = page(&server, &visitor, wanted).await;
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, wanted: Wanted) -> Result<ListPage, Refusal> {
    let tenant = visitor.caller.tenant;
    let text = wanted.q.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let mut tx = server.read().await?;
    let (owner, total) = require_some(&mut tx, &visitor.caller).await?;
    let after = match wanted.after {
        Some(id) => store::find(&mut tx, tenant, id).await?,
        None => None,
    };
    let place = |group: &Group| Place { key: Some(fold(&group.display_name)), id: group.id.0 };
    let slice = Slice {
        condition: text.as_deref().map(|text| DISPLAY_NAME.begins_with(text)),
        order: Order::by(&GROUP, "displayName"),
        after: after.as_ref().map(place),
        size: PAGE,
    };
    let mut groups = match owner {
        Some(owner) => store::list_above(&mut tx, tenant, (Above::Owned, owner.into()), &slice).await?,
        None => store::list(&mut tx, tenant, &slice).await?,
    };
    drop(tx);
    let more = slice.cut(&mut groups);
    let base = format!("{}/groups", visitor.base());
    let address = PageAddress::new(base.clone()).set("q", text.as_deref());
    Ok(ListPage {
        inside: visitor.inside(server, Section::Groups),
        total,
        is_owned: owner.is_some(),
        is_removed: wanted.done.as_deref() == Some("removed"),
        is_filtered: address.is_filtered(),
        first: after.is_some().then(|| address.to_string()),
        next: groups.last().filter(|_| more).map(|last| address.with("after", last.id)),
        new_href: require_maker(&visitor.caller).is_ok().then(|| format!("{base}/new")),
        removed_href: require_manager(&visitor.caller).is_ok().then(|| format!("{base}/removed")),
        call: call(owner, text.as_deref()),
        picks: require_manager(&visitor.caller)
            .is_ok()
            .then(|| Picking::of(&address, wanted.after, wanted.pick.as_deref())),
        rows: groups.into_iter().map(|group| row(&base, group)).collect(),
        q: text.unwrap_or_default(),
        bare: base,
    })
}

/// Whose groups are listed, and how many there are: all of them for whoever works in the admin centre, those they answer for
/// for others. Who answers for none has nothing to do here.
async fn require_some(tx: &mut Transaction, caller: &Caller) -> Result<(Option<UserId>, i64), Refusal> {
    if require_role(caller).is_ok() {
        return Ok((None, store::count(tx, caller.tenant, None).await?));
    }
    let owned = rights::count_owned(tx, caller).await?;
    let person = caller.user().filter(|_| owned > 0).ok_or(Problem::NotAllowed)?;
    Ok((Some(person.id), owned))
}

fn row(base: &str, group: Group) -> Row {
    Row {
        id: group.id,
        href: format!("{base}/{}", group.id),
        is_dynamic: group.is_dynamic(),
        is_paused: group.membership_rule_state == Some(RuleState::Paused),
        is_assignable: group.is_assignable_to_role,
        name: group.display_name,
        description: group.description.unwrap_or_default(),
    }
}

fn call(owner: Option<UserId>, text: Option<&str>) -> String {
    let filter =
        text.map(|text| format!("&$filter=startsWith(displayName,'{}')&$count=true", text.replace('\'', "''")));
    match owner {
        Some(_) => "/v1.0/me/ownedObjects/microsoft.graph.group".to_owned(),
        None => format!("/v1.0/groups?$orderby=displayName{}", filter.unwrap_or_default()),
    }
}
