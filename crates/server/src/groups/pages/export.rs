//! The list of groups as a file: exactly what its filters show, for spreadsheets.

use super::list::{Wanted, address, filter, require_some};
use crate::Server;
use crate::audit::Activity;
use crate::groups::store::listed::{self, Beside, Filter, MEMBERS};
use crate::groups::{Group, GroupType, RuleState};
use crate::platform::clock::rfc3339;
use crate::platform::ids::GroupId;
use crate::web::export::{Export, Source};
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

static EXPORT: Export = Export {
    name: "groups",
    activity: Activity::ExportGroups,
    columns: &[
        "displayName",
        "description",
        "members",
        "groupType",
        "membershipRule",
        "rule",
        "isAssignableToRole",
        "createdDateTime",
        "id",
    ],
};

/// `GET /portal/{tenant}/groups/as/csv`
pub async fn download(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    visitor.respond_with(&server, file(&server, &visitor, &wanted).await)
}

async fn file(server: &Arc<Server>, visitor: &Visitor, wanted: &Wanted) -> std::result::Result<Response, Refusal> {
    let mut tx = server.read().await?;
    let (owner, _) = require_some(&mut tx, &visitor.caller).await?;
    drop(tx);
    let words = address("", wanted).query();
    Ok(EXPORT.file(server, &visitor.caller, (&words, filter(wanted, owner)?), part).await?)
}

/// Some of the rows, and the group that the last of them is.
async fn part(source: Arc<Source<Filter>>, behind: Option<GroupId>) -> Result<(String, Option<GroupId>)> {
    let mut tx = source.server.read().await?;
    let groups = listed::list(&mut tx, source.tenant, &source.listing, behind.map(Edge::After), PART).await?;
    let beside = listed::list_beside(&mut tx, source.tenant, &groups, MEMBERS + 1).await?;
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
