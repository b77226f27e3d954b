//! The list of groups as a file: exactly what its filters show, for spreadsheets.

use super::list::{Wanted, address, filter, require_some};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::groups::store::listed::{self, Beside, Filter, MEMBERS};
use crate::groups::{Group, GroupType, RuleState};
use crate::platform::clock::rfc3339;
use crate::platform::ids::{GroupId, TenantId};
use crate::web::download;
use crate::web::numbers::Counted;
use crate::web::paging::Edge;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::visitor::Visitor;
use axum::extract::State;
use axum::response::Response;
use bulk_file::write_cells;
use database::Result;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows that are read and written at once: one statement counts the members of all of them.
const PART: i64 = 100;
const COLUMNS: [&str; 9] = [
    "displayName",
    "description",
    "members",
    "groupType",
    "membershipRule",
    "rule",
    "isAssignableToRole",
    "createdDateTime",
    "id",
];

/// `GET /portal/{tenant}/groups/as/csv`
pub async fn download(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    match file(&server, &visitor, &wanted).await {
        Ok(response) => response,
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn file(server: &Arc<Server>, visitor: &Visitor, wanted: &Wanted) -> std::result::Result<Response, Refusal> {
    let caller = &visitor.caller;
    let mut tx = server.read().await?;
    let (owner, _) = require_some(&mut tx, caller).await?;
    drop(tx);
    let filter = Arc::new(filter(wanted, owner)?);
    let words = address("", wanted).query();
    let target = Target { id: None, ..Target::new("Directory", caller.tenant.0, "groups") };
    let details = [("format", "csv"), ("filter", words.as_str())];
    let mut tx = server.write().await?;
    audit::record(&mut tx, server, caller, Activity::ExportGroups, &Outcome::Success, &target, &details).await?;
    tx.commit().await?;
    let (server, tenant) = (Arc::clone(server), caller.tenant);
    Ok(download::table("groups.csv", &COLUMNS, move |behind| {
        let (server, filter) = (Arc::clone(&server), Arc::clone(&filter));
        async move { part(&server, tenant, &filter, behind).await }
    }))
}

/// Some of the rows, and the group that the last of them is.
async fn part(
    server: &Server,
    tenant: TenantId,
    filter: &Filter,
    behind: Option<GroupId>,
) -> Result<(String, Option<GroupId>)> {
    let mut tx = server.read().await?;
    let groups = listed::list(&mut tx, tenant, filter, behind.map(Edge::After), PART).await?;
    let beside = listed::list_beside(&mut tx, tenant, &groups, MEMBERS + 1).await?;
    drop(tx);
    let beside: HashMap<GroupId, Beside> = beside.into_iter().map(|beside| (beside.id, beside)).collect();
    let mut text = String::new();
    for group in &groups {
        write(group, beside.get(&group.id), &mut text);
    }
    Ok((text, groups.last().map(|group| group.id)))
}

fn write(group: &Group, beside: Option<&Beside>, text: &mut String) {
    let (id, made) = (group.id.to_string(), rfc3339(group.created_at));
    let members = Counted::up_to(MEMBERS, beside.map_or(0, |beside| beside.members)).cell();
    let rule = match group.membership_rule_state {
        _ if !group.is_dynamic() => "",
        _ if beside.is_some_and(|beside| beside.has_failed) => "failed",
        Some(RuleState::Paused) => "paused",
        Some(RuleState::On) | None => "on",
    };
    let cells = [
        group.display_name.as_str(),
        group.description.as_deref().unwrap_or_default(),
        &members,
        group.group_type.map_or("", GroupType::as_str),
        group.membership_rule.as_deref().unwrap_or_default(),
        rule,
        if group.is_assignable_to_role { "true" } else { "false" },
        &made,
        &id,
    ];
    write_cells(text, cells.into_iter());
}
