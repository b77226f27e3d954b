//! `/portal/{tenant}/sign-ins`

use super::list::{Frame, Log, Narrowed, Own};
use super::people::{self, Wanted};
use super::period::Limits;
use super::search::Search;
use super::{PAGE, id, is_success};
use crate::Server;
use crate::audit::{Place, SignInEntry, SignInFilter, operations, words};
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::platform::ids::CorrelationId;
use crate::web::address::{Chip, PageAddress};
use crate::web::dates;
use crate::web::portal::Refusal;
use crate::web::query::choice;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use std::slice;

const KINDS: [(&str, &str); 2] = [("people", "People"), ("programs", "Programs")];

#[derive(Template)]
#[template(path = "portals/logs/sign_ins.html")]
pub(super) struct SignInsPage {
    inside: Inside,
    frame: Frame,
    rows: Vec<Row>,
}

pub(super) struct Row {
    href: String,
    home: Option<(String, String)>,
    when: String,
    machine: String,
    who: String,
    address: String,
    user_href: Option<String>,
    app: String,
    is_success: bool,
    reason: String,
    method: String,
    code: i64,
    client: String,
    agent: String,
    reference: String,
    correlation: String,
    request_href: String,
}

/// The sign-in log.
pub(super) struct SignIns;

impl Log for SignIns {
    type Wanted = Wanted;
    type Filter = SignInFilter;
    type Entry = SignInEntry;
    type Row = Row;
    type Page = SignInsPage;
    const NAME: &'static str = "sign-ins";
    const SECTION: Section = Section::SignIns;
    const API: &'static str = "/v1.0/auditLogs/signIns";
    const WHEN: &'static str = "createdDateTime";
    const RESULTS: &'static [(&'static str, &'static str)] = &[("yes", "Let in"), ("no", "Turned away")];

    fn narrowed(wanted: &Wanted) -> &Narrowed {
        &wanted.narrowed
    }

    fn own(wanted: &Wanted) -> Own<'_> {
        wanted.own()
    }

    fn filter(wanted: &Wanted, found: &Search, (since, until): Limits) -> Result<SignInFilter, Refusal> {
        Ok(SignInFilter {
            since,
            until,
            user: id(wanted.user.as_deref())?,
            client: id(wanted.app.as_deref())?,
            is_success: is_success(wanted.narrowed.result.as_deref())?,
            is_interactive: choice(wanted.kind.as_deref(), &[("people", true), ("programs", false)])?,
            home: wanted.home(found),
            requests: found.requests(),
            among: found.subjects(),
            ..SignInFilter::default()
        })
    }

    async fn read(
        server: &Server,
        visitor: &Visitor,
        filter: &SignInFilter,
        after: Option<Place>,
    ) -> Result<Vec<SignInEntry>, Refusal> {
        Ok(operations::list_sign_ins(server, &visitor.caller, slice::from_ref(filter), after, PAGE + 1).await?)
    }

    fn place(entry: &SignInEntry) -> Place {
        entry.place()
    }

    fn correlation(entry: &SignInEntry) -> CorrelationId {
        entry.correlation_id
    }

    fn chips(address: &PageAddress, wanted: &Wanted, entries: &[SignInEntry]) -> Vec<Chip> {
        let first = entries.first();
        let person = first.and_then(|entry| entry.user_display_name.clone());
        let app = first.and_then(|entry| entry.app_display_name.clone());
        let mut chips = wanted.chips(address, "Person", [person, app]);
        chips.extend(Chip::choices(address, "Kind", "kind", &KINDS, wanted.kind.as_deref()));
        chips
    }

    fn conditions(filter: &SignInFilter) -> Vec<String> {
        let mut conditions = people::conditions(filter.user, filter.client);
        conditions.extend(filter.is_interactive.map(|yes| format!("isInteractive eq {yes}")));
        let outcome = filter.is_success.map(|yes| if yes { "status/errorCode eq 0" } else { "status/errorCode ne 0" });
        conditions.extend(outcome.map(str::to_owned));
        conditions
    }

    fn row(base: &str, address: &PageAddress, entry: SignInEntry, now: Timestamp) -> Row {
        let reason = entry.reason();
        let home = entry.home_domain.as_ref().map(|home| (home.clone(), address.with("home", home)));
        let nobody = if entry.service_principal_id.is_some() { "A program" } else { "Nobody known" };
        let address = entry.user_principal_name.unwrap_or_default();
        let unnamed = || if address.is_empty() { nobody } else { &address }.to_owned();
        let is_success = entry.error_code == 0;
        Row {
            href: format!("{base}/sign-ins/{}", entry.id),
            home,
            when: dates::recent(entry.at, now),
            machine: rfc3339(entry.at),
            who: entry.user_display_name.unwrap_or_else(unnamed),
            address,
            user_href: entry.user_id.map(|user| format!("{base}/users/{user}")),
            app: entry.app_display_name.or(entry.resource_display_name).unwrap_or_default(),
            is_success,
            reason,
            method: entry.method.as_deref().map(words::method).unwrap_or_default().to_owned(),
            code: entry.error_code,
            client: entry.client_address.unwrap_or_default(),
            agent: entry.user_agent.unwrap_or_default(),
            reference: entry.correlation_id.reference(),
            correlation: entry.correlation_id.to_string(),
            request_href: format!("{base}/requests/{}", entry.correlation_id),
        }
    }

    fn page(inside: Inside, frame: Frame, rows: Vec<Row>) -> SignInsPage {
        SignInsPage { inside, frame, rows }
    }
}
