//! `/portal/{tenant}/sign-ins`

use super::{PAGE, PERIODS, Search, id, is_success, older, place, search, since};
use crate::Server;
use crate::audit::entry::SignInEntry;
use crate::audit::filter::SignInFilter;
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

const LOG: &str = "sign-ins";
const RESULTS: [(&str, &str); 2] = [("yes", "Let in"), ("no", "Turned away")];

#[derive(Deserialize)]
pub(super) struct Wanted {
    q: Option<String>,
    result: Option<String>,
    user: Option<String>,
    app: Option<String>,
    period: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "audit/pages/sign_ins.html")]
struct SignInsPage {
    inside: Inside,
    q: String,
    others: Vec<(String, String)>,
    no_reference: bool,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    newest: Option<String>,
    older: Option<String>,
    changes: Option<String>,
    bare: String,
    is_filtered: bool,
    call: String,
}

struct Row {
    when: String,
    machine: String,
    who: String,
    address: String,
    user_href: Option<String>,
    home: Option<String>,
    app: String,
    is_success: bool,
    reason: String,
    method: String,
    code: i64,
    client: String,
    agent: String,
    reference: String,
    correlation: String,
    changes_href: String,
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

async fn page(server: &Server, visitor: &Visitor, wanted: Wanted) -> Result<SignInsPage, Refusal> {
    let now = server.clock.now();
    let found = search(wanted.q.as_deref());
    let filter = SignInFilter {
        since: since(wanted.period.as_deref(), now)?,
        user: id(wanted.user.as_deref())?,
        client: id(wanted.app.as_deref())?,
        is_success: is_success(wanted.result.as_deref())?,
        requests: if let Search::Requests(requests) = found { Some(requests) } else { None },
        ..SignInFilter::default()
    };
    let after = place(server, visitor, LOG, wanted.after.as_deref())?;
    let mut entries = operations::list_sign_ins(server, &visitor.caller, &filter, after, PAGE + 1).await?;
    let has_more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let base = visitor.base();
    let address = PageAddress::new(format!("{base}/sign-ins"))
        .set("q", wanted.q.as_deref().filter(|q| !q.trim().is_empty()))
        .set("result", wanted.result.as_deref())
        .set("user", wanted.user.as_deref())
        .set("app", wanted.app.as_deref())
        .set("period", wanted.period.as_deref());
    let last = entries.last().filter(|_| has_more).map(SignInEntry::place);
    Ok(SignInsPage {
        inside: visitor.inside(server, Section::SignIns),
        others: address.others("q"),
        no_reference: matches!(found, Search::NoReference),
        chips: chips(&address, &wanted, &entries),
        newest: wanted.after.as_ref().map(|_| address.to_string()),
        older: older(server, visitor, LOG, &address, last),
        changes: filter.requests.map(|requests| format!("{base}/changes?q={}", requests.first.reference())),
        bare: address.bare().to_owned(),
        is_filtered: address.is_filtered(),
        call: call(&filter),
        rows: entries.into_iter().map(|entry| row(visitor, &base, entry, now)).collect(),
        q: wanted.q.unwrap_or_default(),
    })
}

fn chips(address: &PageAddress, wanted: &Wanted, entries: &[SignInEntry]) -> Vec<Chip> {
    let mut chips = Vec::new();
    if let Some(user) = &wanted.user {
        let name = entries.first().and_then(|entry| entry.user_display_name.clone());
        chips.push(Chip::set(address, "Person", "user", name.unwrap_or_else(|| user.clone())));
    }
    if let Some(app) = &wanted.app {
        let name = entries.first().and_then(|entry| entry.app_display_name.clone());
        chips.push(Chip::set(address, "App", "app", name.unwrap_or_else(|| app.clone())));
    }
    chips.extend(Chip::choices(address, "Result", "result", &RESULTS, wanted.result.as_deref()));
    chips.extend(Chip::choices(address, "Period", "period", &PERIODS, wanted.period.as_deref()));
    chips
}

fn row(visitor: &Visitor, base: &str, entry: SignInEntry, now: Timestamp) -> Row {
    let reason = entry.reason();
    let is_program = entry.service_principal_id.is_some();
    let nobody = if is_program { "A program" } else { "Nobody known" };
    let address = entry.user_principal_name.unwrap_or_default();
    let is_success = entry.error_code == 0;
    Row {
        when: dates::recent(entry.at, now),
        machine: rfc3339(entry.at),
        who: entry.user_display_name.unwrap_or_else(|| if address.is_empty() { nobody } else { &address }.to_owned()),
        address,
        user_href: entry.user_id.map(|user| format!("{base}/users/{user}")),
        home: entry
            .home_tenant_id
            .map(|home| if home == visitor.caller.tenant { visitor.tenant_name.clone() } else { home.to_string() }),
        app: entry.app_display_name.or(entry.resource_display_name).unwrap_or_default(),
        is_success,
        reason,
        method: entry.method.as_deref().map(words::method).unwrap_or_default().to_owned(),
        code: entry.error_code,
        client: entry.client_address.unwrap_or_default(),
        agent: entry.user_agent.unwrap_or_default(),
        reference: entry.correlation_id.reference(),
        correlation: entry.correlation_id.to_string(),
        changes_href: format!("{base}/changes?q={}", entry.correlation_id.reference()),
    }
}

/// The call that gives the same rows. The API knows no references, only whole correlation ids.
fn call(filter: &SignInFilter) -> String {
    let mut conditions = Vec::new();
    conditions.extend(filter.since.map(|since| format!("createdDateTime ge {}", rfc3339(since))));
    conditions.extend(filter.user.map(|user| format!("userId eq '{user}'")));
    conditions.extend(filter.client.map(|client| format!("appId eq '{client}'")));
    conditions.extend(filter.is_success.filter(|yes| *yes).map(|_| "status/errorCode eq 0".to_owned()));
    conditions.extend(
        filter
            .requests
            .filter(|requests| requests.first == requests.last)
            .map(|one| format!("correlationId eq '{}'", one.first)),
    );
    let filter = if conditions.is_empty() { String::new() } else { format!("$filter={}&", conditions.join(" and ")) };
    format!("/v1.0/auditLogs/signIns?{filter}$top={PAGE}")
}
