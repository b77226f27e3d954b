//! One row of a log, explained: what, who, why refused, what to do.

use super::changes::target_href;
use crate::Server;
use crate::audit::{ChangeEntry, SignInEntry, operations, words};
use crate::platform::clock::rfc3339;
use crate::platform::ids::EventId;
use crate::web::dates;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "portals/logs/one.html")]
struct OnePage {
    inside: Inside,
    list: &'static str,
    list_name: &'static str,
    told: Told,
    request_href: String,
    reference: String,
    call: String,
}

/// A row in words.
pub(super) struct Told {
    /// Where it is explained.
    pub(super) href: String,
    pub(super) when: String,
    pub(super) machine: String,
    pub(super) is_success: bool,
    /// What is written in the mark beside it.
    pub(super) word: &'static str,
    /// What happened, in a sentence.
    pub(super) sentence: String,
    /// Why not.
    pub(super) reason: String,
    /// What can be done about it.
    pub(super) advice: Option<&'static str>,
    pub(super) facts: Vec<Fact>,
    /// Old and new values of what was changed.
    pub(super) changed: Vec<Changed>,
}

/// A property with its old and new value, as they are on the wire.
pub(super) struct Changed {
    pub(super) name: String,
    pub(super) old: String,
    pub(super) new: String,
}

/// One thing the log knows, with where it leads.
pub(super) struct Fact {
    pub(super) term: &'static str,
    pub(super) text: String,
    pub(super) href: Option<String>,
}

pub(super) async fn sign_in(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let outcome = sign_in_page(&server, &visitor, &id).await;
    visitor.respond(&server, outcome)
}

pub(super) async fn change(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let outcome = change_page(&server, &visitor, &id).await;
    visitor.respond(&server, outcome)
}

async fn sign_in_page(server: &Server, visitor: &Visitor, id: &str) -> Result<OnePage, Refusal> {
    let id = read(visitor, id)?;
    let entry = operations::get_sign_in(server, &visitor.caller, id).await?.ok_or(Problem::NotFound)?;
    let base = visitor.base();
    Ok(OnePage {
        inside: visitor.inside(server, Section::SignIns),
        list: "sign-ins",
        list_name: "Sign-ins",
        request_href: format!("{base}/requests/{}", entry.correlation_id),
        reference: entry.correlation_id.reference(),
        call: format!("/v1.0/auditLogs/signIns?$filter=correlationId eq '{}'", entry.correlation_id),
        told: tell_sign_in(&base, &entry),
    })
}

async fn change_page(server: &Server, visitor: &Visitor, id: &str) -> Result<OnePage, Refusal> {
    let id = read(visitor, id)?;
    let entry = operations::get_change(server, &visitor.caller, id).await?.ok_or(Problem::NotFound)?;
    let base = visitor.base();
    Ok(OnePage {
        inside: visitor.inside(server, Section::Changes),
        list: "changes",
        list_name: "Changes",
        request_href: format!("{base}/requests/{}", entry.correlation_id),
        reference: entry.correlation_id.reference(),
        call: format!("/v1.0/auditLogs/directoryAudits?$filter=correlationId eq '{}'", entry.correlation_id),
        told: tell_change(&base, &entry),
    })
}

/// An id in the address. Whoever may not read the logs is told so before whether there is such a row.
fn read(visitor: &Visitor, id: &str) -> Result<EventId, Refusal> {
    if !operations::may_read(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    id.parse().map_err(|_| Problem::NotFound.into())
}

/// A sign-in in words.
pub(super) fn tell_sign_in(base: &str, entry: &SignInEntry) -> Told {
    let name = entry.user_display_name.as_deref().or(entry.user_principal_name.as_deref());
    let app = entry.app_display_name.as_deref().or(entry.resource_display_name.as_deref());
    let who = name.map_or_else(|| app.unwrap_or("Somebody unknown").to_owned(), str::to_owned);
    let way = name.and(app).map(|app| format!(" on the way to {app}")).unwrap_or_default();
    let did = if entry.is_success() { "was let in" } else { "was turned away" };
    let is_success = entry.is_success();
    let by = entry.method.as_deref().filter(|_| is_success).map(words::by_means_of).unwrap_or_default();
    Told {
        href: format!("{base}/sign-ins/{}", entry.id),
        when: dates::day_and_time(entry.at),
        machine: rfc3339(entry.at),
        is_success,
        word: if is_success { "Let in" } else { "Turned away" },
        sentence: format!("{who} {did}{way}{by}."),
        reason: entry.reason(),
        advice: (!is_success).then(|| words::advice(entry.error_code)),
        facts: sign_in_facts(base, entry),
        changed: Vec::new(),
    }
}

fn sign_in_facts(base: &str, entry: &SignInEntry) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |term, text: Option<String>, href: Option<String>| {
        facts.extend(text.filter(|text| !text.is_empty()).map(|text| Fact { term, text, href }));
    };
    let of = |key: &str, value: &str| Some(format!("{base}/sign-ins?{key}={value}"));
    let user = entry.user_id.map(|user| format!("{base}/users/{user}"));
    add("Person", entry.user_display_name.clone(), user);
    add("Signs in as", entry.user_principal_name.clone(), None);
    let home = entry.home_domain.clone();
    add("Home organisation", home.clone(), home.and_then(|home| of("home", &home)));
    let app = entry.app_id.and_then(|app| of("app", &app.to_string()));
    add("App", entry.app_display_name.clone(), app);
    add("For", entry.resource_display_name.clone(), None);
    add("Proof", entry.method.as_deref().map(|method| words::method(method).to_owned()), None);
    let is_program = entry.service_principal_id.is_some();
    let kind = words::kind_of_sign_in(entry.is_interactive, is_program, entry.method.as_deref());
    add("Kind", Some(kind.to_owned()), None);
    add("Error", (!entry.is_success()).then(|| format!("AADSTS{}", entry.error_code)), None);
    add("Attempts", (entry.attempts > 1).then(|| entry.attempts.to_string()), None);
    add("IP address", entry.client_address.clone(), None);
    add("Device", entry.device(), None);
    add("Browser", entry.user_agent.clone(), None);
    add("Correlation id", Some(entry.correlation_id.to_string()), None);
    facts
}

/// A change in words.
pub(super) fn tell_change(base: &str, entry: &ChangeEntry) -> Told {
    let is_success = entry.is_success();
    let changed = entry.changed_properties().into_iter().map(|words| {
        let [name, old, new] = words.map(str::to_owned);
        Changed { name, old, new }
    });
    Told {
        href: format!("{base}/changes/{}", entry.id),
        when: dates::day_and_time(entry.at),
        machine: rfc3339(entry.at),
        is_success,
        word: if is_success { "Done" } else { "Refused" },
        sentence: entry.sentence(),
        reason: entry.why_not(),
        advice: (!is_success)
            .then(|| words::advice_on_change(&entry.activity, entry.reason.as_deref().unwrap_or_default())),
        facts: change_facts(base, entry),
        changed: changed.collect(),
    }
}

fn change_facts(base: &str, entry: &ChangeEntry) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |term, text: &str, href: Option<String>| {
        if !text.is_empty() {
            facts.push(Fact { term, text: text.to_owned(), href });
        }
    };
    add("By", entry.initiator_name(), entry.initiator_id.map(|id| format!("{base}/changes?by={id}")));
    add("Home organisation", entry.home_domain(), None);
    add("About", entry.target_name(), target_href(base, entry));
    add("In the log", &entry.activity, None);
    add("Kind", words::category(&entry.category), Some(format!("{base}/changes?kind={}", entry.category)));
    let details = entry.pairs().into_iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>();
    add("Details", &details.join("; "), None);
    add("Correlation id", &entry.correlation_id.to_string(), None);
    facts
}
