//! `/portal/{tenant}/sign-ins`

use super::list::{Frame, Log, Narrowed, call, of_one_request};
use super::search::Search;
use super::{PAGE, id, is_success};
use crate::Server;
use crate::audit::{ExportedLog, Place, Requests, SignInEntry, SignInFilter, operations, words};
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::platform::ids::CorrelationId;
use crate::web::address::{Chip, PageAddress};
use crate::web::dates;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use serde::Deserialize;

const RESULTS: [(&str, &str); 2] = [("yes", "Let in"), ("no", "Turned away")];
const KINDS: [(&str, &str); 2] = [("people", "People"), ("programs", "Programs")];

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(flatten)]
    narrowed: Narrowed,
    user: Option<String>,
    app: Option<String>,
    home: Option<String>,
    kind: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/logs/sign_ins.html")]
pub(super) struct SignInsPage {
    inside: Inside,
    frame: Frame,
    rows: Vec<Row>,
}

struct Row {
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
    type Page = SignInsPage;
    const NAME: &'static str = "sign-ins";
    const SECTION: Section = Section::SignIns;

    fn narrowed(wanted: &Wanted) -> &Narrowed {
        &wanted.narrowed
    }

    fn filter(server: &Server, wanted: &Wanted, found: &Search) -> Result<SignInFilter, Refusal> {
        let (since, until) = wanted.narrowed.limits(server.clock.now())?;
        Ok(SignInFilter {
            since,
            until,
            user: id(wanted.user.as_deref())?,
            client: id(wanted.app.as_deref())?,
            is_success: is_success(wanted.narrowed.result.as_deref())?,
            is_interactive: match wanted.kind.as_deref() {
                None => None,
                Some("people") => Some(true),
                Some("programs") => Some(false),
                Some(_) => return Err(Problem::BadRequest.into()),
            },
            home: wanted.home.as_deref().map(str::to_lowercase).or_else(|| found.home()),
            requests: found.requests(),
            among: found.subjects(),
            ..SignInFilter::default()
        })
    }

    fn requests(filter: &SignInFilter) -> Option<Requests> {
        filter.requests
    }

    fn address(base: &str, wanted: &Wanted) -> PageAddress {
        let address = PageAddress::new(format!("{base}/sign-ins"))
            .set("user", wanted.user.as_deref())
            .set("app", wanted.app.as_deref())
            .set("home", wanted.home.as_deref())
            .set("kind", wanted.kind.as_deref());
        wanted.narrowed.place_in(address)
    }

    async fn read(
        server: &Server,
        visitor: &Visitor,
        filter: &SignInFilter,
        after: Option<Place>,
    ) -> Result<Vec<SignInEntry>, Refusal> {
        Ok(operations::list_sign_ins(server, &visitor.caller, filter, after, PAGE + 1).await?)
    }

    fn place(entry: &SignInEntry) -> Place {
        entry.place()
    }

    fn correlation(entry: &SignInEntry) -> CorrelationId {
        entry.correlation_id
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
        chips.extend(wanted.home.as_ref().map(|home| Chip::set(address, "Home organisation", "home", home)));
        chips.extend(Chip::choices(address, "Kind", "kind", &KINDS, wanted.kind.as_deref()));
        chips.extend(wanted.narrowed.chips(address, &RESULTS));
        chips
    }

    fn call(filter: &SignInFilter) -> String {
        let mut conditions = Vec::new();
        conditions.extend(filter.since.map(|since| format!("createdDateTime ge {}", rfc3339(since))));
        conditions.extend(filter.until.map(|until| format!("createdDateTime le {}", rfc3339(until))));
        conditions.extend(filter.user.map(|user| format!("userId eq '{user}'")));
        conditions.extend(filter.client.map(|client| format!("appId eq '{client}'")));
        conditions.extend(filter.is_interactive.map(|yes| format!("isInteractive eq {yes}")));
        conditions.extend(filter.is_success.filter(|yes| *yes).map(|_| "status/errorCode eq 0".to_owned()));
        conditions.extend(of_one_request(filter.requests));
        call("signIns", &conditions)
    }

    fn exported(filter: SignInFilter) -> ExportedLog {
        ExportedLog::SignIns(filter)
    }

    fn page(
        inside: Inside,
        frame: Frame,
        address: &PageAddress,
        entries: Vec<SignInEntry>,
        now: Timestamp,
    ) -> SignInsPage {
        let base = inside.base.clone();
        SignInsPage { inside, frame, rows: entries.into_iter().map(|entry| row(&base, address, entry, now)).collect() }
    }
}

fn row(base: &str, address: &PageAddress, entry: SignInEntry, now: Timestamp) -> Row {
    let reason = entry.reason();
    let home = entry.home_domain.as_ref().map(|home| (home.clone(), address.with("home", home)));
    let nobody = if entry.service_principal_id.is_some() { "A program" } else { "Nobody known" };
    let address = entry.user_principal_name.unwrap_or_default();
    let is_success = entry.error_code == 0;
    Row {
        href: format!("{base}/sign-ins/{}", entry.id),
        home,
        when: dates::recent(entry.at, now),
        machine: rfc3339(entry.at),
        who: entry.user_display_name.unwrap_or_else(|| if address.is_empty() { nobody } else { &address }.to_owned()),
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
