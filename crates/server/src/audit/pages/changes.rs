//! `/portal/{tenant}/changes`

use super::{PAGE, PERIODS, Search, id, is_success, older, place, search, since};
use crate::Server;
use crate::audit::entry::ChangeEntry;
use crate::audit::filter::ChangeFilter;
use crate::audit::{operations, words};
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::web::address::{Chip, PageAddress};
use crate::web::dates;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

const LOG: &str = "changes";
const RESULTS: [(&str, &str); 2] = [("yes", "Done"), ("no", "Refused")];

#[derive(Deserialize)]
pub(super) struct Wanted {
    q: Option<String>,
    activity: Option<String>,
    result: Option<String>,
    by: Option<String>,
    about: Option<String>,
    period: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "audit/pages/changes.html")]
struct ChangesPage {
    inside: Inside,
    q: String,
    others: Vec<(String, String)>,
    no_reference: bool,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    newest: Option<String>,
    older: Option<String>,
    sign_ins: Option<String>,
    bare: String,
    is_filtered: bool,
    call: String,
}

struct Row {
    when: String,
    machine: String,
    what: String,
    activity_href: String,
    entry: ChangeEntry,
    by_href: Option<String>,
    about_href: Option<String>,
    reference: String,
}

pub(super) async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let outcome = match wanted {
        Ok(Query(wanted)) => page(&server, &visitor, wanted).await,
        Err(_) => Err(Problem::BadRequest.into()),
    };
    visitor.respond(&server, outcome)
}

async fn page(server: &Server, visitor: &Visitor, wanted: Wanted) -> Result<ChangesPage, Refusal> {
    let now = server.clock.now();
    let found = search(wanted.q.as_deref());
    let filter = ChangeFilter {
        since: since(wanted.period.as_deref(), now)?,
        activity: wanted.activity.clone(),
        is_success: is_success(wanted.result.as_deref())?,
        initiator: id(wanted.by.as_deref())?,
        target: id(wanted.about.as_deref())?,
        requests: if let Search::Requests(requests) = found { Some(requests) } else { None },
        ..ChangeFilter::default()
    };
    let after = place(server, visitor, LOG, wanted.after.as_deref())?;
    let mut entries = operations::list_changes(server, &visitor.caller, &filter, after, PAGE + 1).await?;
    let has_more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let base = visitor.base();
    let address = PageAddress::new(format!("{base}/changes"))
        .set("q", wanted.q.as_deref().filter(|q| !q.trim().is_empty()))
        .set("activity", wanted.activity.as_deref())
        .set("result", wanted.result.as_deref())
        .set("by", wanted.by.as_deref())
        .set("about", wanted.about.as_deref())
        .set("period", wanted.period.as_deref());
    let last = entries.last().filter(|_| has_more).map(ChangeEntry::place);
    Ok(ChangesPage {
        inside: visitor.inside(server, Section::Changes),
        others: address.others("q"),
        no_reference: matches!(found, Search::NoReference),
        chips: chips(&address, &wanted, &entries),
        newest: wanted.after.as_ref().map(|_| address.to_string()),
        older: older(server, visitor, LOG, &address, last),
        sign_ins: filter.requests.map(|requests| format!("{base}/sign-ins?q={}", requests.first.reference())),
        bare: address.bare().to_owned(),
        is_filtered: address.is_filtered(),
        call: call(&filter),
        rows: entries.into_iter().map(|entry| row(&base, &address, entry, now)).collect(),
        q: wanted.q.unwrap_or_default(),
    })
}

fn chips(address: &PageAddress, wanted: &Wanted, entries: &[ChangeEntry]) -> Vec<Chip> {
    let mut chips = Vec::new();
    if let Some(activity) = &wanted.activity {
        chips.push(Chip::set(address, "What", "activity", words::plain(activity)));
    }
    if let Some(by) = &wanted.by {
        let name = entries.first().map(|entry| entry.initiator_name().to_owned());
        chips.push(Chip::set(address, "By", "by", name.unwrap_or_else(|| by.clone())));
    }
    if let Some(about) = &wanted.about {
        let name = entries.first().map(|entry| entry.target_name().to_owned());
        chips.push(Chip::set(address, "About", "about", name.unwrap_or_else(|| about.clone())));
    }
    chips.extend(Chip::choices(address, "Result", "result", &RESULTS, wanted.result.as_deref()));
    chips.extend(Chip::choices(address, "Period", "period", &PERIODS, wanted.period.as_deref()));
    chips
}

fn row(base: &str, address: &PageAddress, entry: ChangeEntry, now: Timestamp) -> Row {
    let target = &entry.targets.0[0];
    let user = (target["type"] == "User").then(|| target["id"].as_str()).flatten();
    let about = user.and_then(|id| id.parse::<Uuid>().ok());
    Row {
        when: dates::recent(entry.at, now),
        machine: rfc3339(entry.at),
        what: words::plain(&entry.activity).to_owned(),
        activity_href: address.with("activity", &entry.activity),
        by_href: entry.initiator_id.map(|id| address.with("by", id)),
        about_href: about.map(|id| format!("{base}/users/{id}")),
        reference: entry.correlation_id.reference(),
        entry,
    }
}

/// The call that gives the same rows.
fn call(filter: &ChangeFilter) -> String {
    let mut conditions = Vec::new();
    conditions.extend(filter.since.map(|since| format!("activityDateTime ge {}", rfc3339(since))));
    conditions
        .extend(filter.activity.as_ref().map(|name| format!("activityDisplayName eq '{}'", name.replace('\'', "''"))));
    conditions.extend(filter.initiator.map(|id| format!("initiatedBy/user/id eq '{id}'")));
    conditions.extend(
        filter
            .requests
            .filter(|requests| requests.first == requests.last)
            .map(|one| format!("correlationId eq '{}'", one.first)),
    );
    let filter = if conditions.is_empty() { String::new() } else { format!("$filter={}&", conditions.join(" and ")) };
    format!("/v1.0/auditLogs/directoryAudits?{filter}$top={PAGE}")
}
