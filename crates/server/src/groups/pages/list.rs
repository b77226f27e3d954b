//! The list of groups.

use super::{require_maker, require_manager, require_role};
use crate::Server;
use crate::graph::Caller;
use crate::groups::store::listed::{self, Beside, Filter, MEMBERS, Rule};
use crate::groups::{Group, RuleState, rights};
use crate::platform::ids::{GroupId, UserId};
use crate::web::address::{Chip, PageAddress};
use crate::web::api_call::ListCall;
use crate::web::numbers::{Counted, capitalized};
use crate::web::pages::Problem;
use crate::web::paging::{Edge, Page};
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::{Query, choice};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::words::Sought;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 25;

const KINDS: [(&str, &str); 2] = [("dynamic", "By a rule"), ("chosen", "Chosen members")];
const RULES: [(&str, &str); 2] = [("failed", "Rule failed"), ("paused", "Rule paused")];
const ROLES: [(&str, &str); 1] = [("assignable", "For roles")];

static CALL: ListCall = ListCall { path: "/v1.0/groups", searched: &["displayName"], top: None };

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    q: Option<String>,
    kind: Option<String>,
    rule: Option<String>,
    roles: Option<String>,
    after: Option<GroupId>,
    before: Option<GroupId>,
    done: Option<String>,
    pick: Option<String>,
}

#[derive(Template)]
#[template(path = "groups/pages/list.html")]
struct ListPage {
    inside: Inside,
    /// "2 groups."
    total: String,
    /// Whether the list holds only what the visitor answers for.
    is_owned: bool,
    is_removed: bool,
    q: String,
    others: Vec<(String, String)>,
    chips: Vec<Chip>,
    bare: String,
    file: String,
    is_filtered: bool,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    summary: String,
    new_href: Option<String>,
    removed_href: Option<String>,
    /// The call that gives the same groups, if there is one.
    call: Option<String>,
    /// For whom groups can be picked, to do something with all of them.
    picks: Option<Picking>,
}

struct Row {
    id: GroupId,
    href: String,
    name: String,
    description: String,
    members: String,
    /// How its rule stands, if it has one.
    rule: Option<(&'static str, &'static str)>,
    is_assignable: bool,
}

/// `GET /portal/{tenant}/groups`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let page = page(&server, &visitor, wanted).await;
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, wanted: Wanted) -> Result<ListPage, Refusal> {
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let (owner, total) = require_some(&mut tx, &visitor.caller).await?;
    let filter = filter(&wanted, owner)?;
    let edge = Edge::of(wanted.after, wanted.before);
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let groups = listed::list(&mut tx, tenant, &filter, edge, limit).await?;
    let groups = Page::of(groups, PAGE, edge.as_ref());
    let beside = listed::list_beside(&mut tx, tenant, &groups.rows, MEMBERS + 1).await?;
    drop(tx);
    let base = format!("{}/groups", visitor.base());
    let address = address(&base, &wanted);
    let (_, last) = groups.ends();
    Ok(ListPage {
        inside: visitor.inside(server, Section::Groups),
        total: capitalized(&total.of("group", "groups")),
        is_owned: owner.is_some(),
        is_removed: wanted.done.as_deref() == Some("removed"),
        others: address.others("q"),
        chips: chips(&address, &wanted),
        file: address.below("as/csv").to_string(),
        is_filtered: address.is_filtered(),
        previous: address.previous(&groups, |group| group.id),
        next: last.map(|last| address.at(Edge::After(last.id))),
        summary: summary(&groups, total, address.is_filtered()),
        new_href: require_maker(&visitor.caller).is_ok().then(|| format!("{base}/new")),
        removed_href: require_manager(&visitor.caller).is_ok().then(|| format!("{base}/removed")),
        call: call(&filter, wanted.q.as_deref()),
        picks: require_manager(&visitor.caller)
            .is_ok()
            .then(|| Picking::of(&address, wanted.pick.as_deref(), |list| list.beginning_at(edge))),
        rows: rows(&base, groups.rows, &beside),
        q: wanted.q.unwrap_or_default(),
        bare: base,
    })
}

/// The list with its filters.
pub fn address(base: &str, wanted: &Wanted) -> PageAddress {
    PageAddress::new(base)
        .set("q", wanted.q.as_deref().filter(|q| !q.trim().is_empty()))
        .set("kind", wanted.kind.as_deref())
        .set("rule", wanted.rule.as_deref())
        .set("roles", wanted.roles.as_deref())
}

/// Which groups the address asks for, among those of an owner if there is one.
pub fn filter(wanted: &Wanted, owner: Option<UserId>) -> Result<Filter, Refusal> {
    Ok(Filter {
        owner,
        sought: wanted.q.as_deref().filter(|q| !q.trim().is_empty()).map(Sought::of),
        is_dynamic: choice(wanted.kind.as_deref(), &[("dynamic", true), ("chosen", false)])?,
        rule: choice(wanted.rule.as_deref(), &[("failed", Rule::Failed), ("paused", Rule::Paused)])?,
        is_assignable: choice(wanted.roles.as_deref(), &[("assignable", true)])?.unwrap_or(false),
    })
}

/// Whose groups are listed, and how many there are: all of them for whoever works in the admin centre, those they answer for
/// for others. Who answers for none has nothing to do here.
pub async fn require_some(tx: &mut Transaction, caller: &Caller) -> Result<(Option<UserId>, Counted), Refusal> {
    if require_role(caller).is_ok() {
        return Ok((None, listed::count(tx, caller.tenant).await?));
    }
    let owned = rights::count_owned(tx, caller).await?;
    let person = caller.user().filter(|_| owned > 0).ok_or(Problem::NotAllowed)?;
    Ok((Some(person.id), Counted::exactly(owned)))
}

fn chips(address: &PageAddress, wanted: &Wanted) -> Vec<Chip> {
    let mut chips = Chip::choices(address, "Members", "kind", &KINDS, wanted.kind.as_deref());
    chips.extend(Chip::choices(address, "Rule", "rule", &RULES, wanted.rule.as_deref()));
    chips.extend(Chip::choices(address, "Roles", "roles", &ROLES, wanted.roles.as_deref()));
    chips
}

fn summary(groups: &Page<Group>, total: Counted, is_filtered: bool) -> String {
    let shown = groups.rows.len();
    let is_whole = !groups.has_before && !groups.has_after;
    let of_all = if is_filtered || is_whole { String::new() } else { format!(" of {total}") };
    match (groups.rows.first(), groups.rows.last()) {
        (Some(first), Some(last)) if shown > 1 => {
            format!("{shown} shown{of_all}, {} to {}.", first.display_name, last.display_name)
        }
        _ => format!("{shown} shown{of_all}."),
    }
}

fn rows(base: &str, groups: Vec<Group>, beside: &[Beside]) -> Vec<Row> {
    let beside: HashMap<GroupId, &Beside> = beside.iter().map(|beside| (beside.id, beside)).collect();
    groups.into_iter().map(|group| row(base, beside.get(&group.id).copied(), group)).collect()
}

fn row(base: &str, beside: Option<&Beside>, group: Group) -> Row {
    let members = Counted::up_to(MEMBERS, beside.map_or(0, |beside| beside.members));
    let rule = match group.membership_rule_state {
        _ if !group.is_dynamic() => None,
        _ if beside.is_some_and(|beside| beside.has_failed) => Some(("stop", "Rule failed")),
        Some(RuleState::Paused) => Some(("wait", "Rule paused")),
        Some(RuleState::On) | None => Some(("in-s", "By a rule")),
    };
    Row {
        id: group.id,
        href: format!("{base}/{}", group.id),
        members: capitalized(&members.to_string()),
        rule,
        is_assignable: group.is_assignable_to_role,
        name: group.display_name,
        description: group.description.unwrap_or_default(),
    }
}

/// The call that gives the same groups. There is none for those whose rule could not be evaluated, by which the API does not filter,
/// nor for some of those that somebody answers for.
fn call(filter: &Filter, text: Option<&str>) -> Option<String> {
    if filter.owner.is_some() {
        let is_whole = Filter { owner: None, ..filter.clone() }.is_open();
        return is_whole.then(|| "/v1.0/me/ownedObjects/microsoft.graph.group".to_owned());
    }
    let mut conditions = Vec::new();
    match filter.is_dynamic {
        Some(true) => conditions.push("groupTypes/any(c:c eq 'DynamicMembership')".to_owned()),
        Some(false) => conditions.push("not groupTypes/any(c:c eq 'DynamicMembership')".to_owned()),
        None => {}
    }
    match filter.rule {
        Some(Rule::Failed) => return None,
        Some(Rule::Paused) => conditions.push("membershipRuleProcessingState eq 'Paused'".to_owned()),
        None => {}
    }
    if filter.is_assignable {
        conditions.push("isAssignableToRole eq true".to_owned());
    }
    Some(CALL.of(&conditions, text))
}
