//! The list of groups.

use super::{require_manager, require_role};
use crate::Server;
use crate::graph::query::{Order, Place, Slice};
use crate::groups::resource::DISPLAY_NAME;
use crate::groups::{GROUP, Group, RuleState, store};
use crate::platform::ids::GroupId;
use crate::users::fold;
use crate::web::address::PageAddress;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
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
    require_role(&visitor.caller)?;
    let tenant = visitor.caller.tenant;
    let text = wanted.q.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let mut tx = server.read().await?;
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
    let mut groups = store::list(&mut tx, tenant, &slice).await?;
    let total = store::count(&mut tx, tenant, None).await?;
    drop(tx);
    let more = slice.cut(&mut groups);
    let base = format!("{}/groups", visitor.base());
    let address = PageAddress::new(base.clone()).set("q", text.as_deref());
    Ok(ListPage {
        inside: visitor.inside(server, Section::Groups),
        total,
        is_removed: wanted.done.as_deref() == Some("removed"),
        is_filtered: address.is_filtered(),
        first: after.is_some().then(|| address.to_string()),
        next: groups.last().filter(|_| more).map(|last| address.with("after", last.id)),
        new_href: require_manager(&visitor.caller).is_ok().then(|| format!("{base}/new")),
        removed_href: require_manager(&visitor.caller).is_ok().then(|| format!("{base}/removed")),
        call: call(text.as_deref()),
        picks: require_manager(&visitor.caller)
            .is_ok()
            .then(|| Picking::of(&address, wanted.after, wanted.pick.as_deref())),
        rows: groups.into_iter().map(|group| row(&base, group)).collect(),
        q: text.unwrap_or_default(),
        bare: base,
    })
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

fn call(text: Option<&str>) -> String {
    let filter =
        text.map(|text| format!("&$filter=startsWith(displayName,'{}')&$count=true", text.replace('\'', "''")));
    format!("/v1.0/groups?$orderby=displayName{}", filter.unwrap_or_default())
}
