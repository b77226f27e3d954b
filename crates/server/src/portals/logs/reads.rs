//! `/portal/{tenant}/reads`

use super::list::{Frame, Log, Narrowed, of_one_request};
use super::search::Search;
use super::{PAGE, id};
use crate::Server;
use crate::audit::{Answered, ExportedLog, Place, ReadEntry, ReadFilter, Requests, operations, words};
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::platform::ids::{ClientId, CorrelationId};
use crate::service_principals;
use crate::web::address::{Chip, PageAddress};
use crate::web::dates;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

const RESULTS: [(&str, &str); 3] = [("served", "Told"), ("refused", "Refused"), ("notFound", "Nothing there")];

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
#[template(path = "portals/logs/reads.html")]
pub(super) struct ReadsPage {
    inside: Inside,
    frame: Frame,
    rows: Vec<Row>,
}

struct Row {
    when: String,
    machine: String,
    who: String,
    address: String,
    user_href: String,
    what: String,
    kind_href: String,
    route: String,
    app: String,
    answered: Answered,
    reads: i64,
    first: String,
    last: String,
    object: String,
    client: String,
    reference: String,
    correlation: String,
    request_href: String,
    by_href: String,
    home: Option<(String, String)>,
}

/// A row with the name of its app.
pub(super) struct Shown {
    entry: ReadEntry,
    app: String,
}

/// What guests read of the directory.
pub(super) struct Reads;

impl Log for Reads {
    type Wanted = Wanted;
    type Filter = ReadFilter;
    type Entry = Shown;
    type Page = ReadsPage;
    const NAME: &'static str = "reads";
    const SECTION: Section = Section::Reads;

    fn narrowed(wanted: &Wanted) -> &Narrowed {
        &wanted.narrowed
    }

    fn filter(server: &Server, wanted: &Wanted, found: &Search) -> Result<ReadFilter, Refusal> {
        let (since, until) = wanted.narrowed.limits(server.clock.now())?;
        let result = wanted.narrowed.result.as_deref();
        let answered = result.map(|result| Answered::parse(result).ok_or(Problem::BadRequest));
        Ok(ReadFilter {
            since,
            until,
            user: id(wanted.user.as_deref())?,
            client: id(wanted.app.as_deref())?,
            kind: wanted.kind.clone(),
            answered: answered.transpose()?,
            home: wanted.home.as_deref().map(str::to_lowercase).or_else(|| found.home()),
            requests: found.requests(),
            among: found.subjects(),
        })
    }

    fn requests(filter: &ReadFilter) -> Option<Requests> {
        filter.requests
    }

    fn address(base: &str, wanted: &Wanted) -> PageAddress {
        let address = PageAddress::new(format!("{base}/reads"))
            .set("user", wanted.user.as_deref())
            .set("app", wanted.app.as_deref())
            .set("home", wanted.home.as_deref())
            .set("kind", wanted.kind.as_deref());
        wanted.narrowed.place_in(address)
    }

    async fn read(
        server: &Server,
        visitor: &Visitor,
        filter: &ReadFilter,
        after: Option<Place>,
    ) -> Result<Vec<Shown>, Refusal> {
        let entries = operations::list_reads(server, &visitor.caller, filter, after, PAGE + 1).await?;
        let clients: HashSet<ClientId> = entries.iter().filter_map(|entry| entry.app_id).collect();
        let mut names: HashMap<ClientId, String> = HashMap::new();
        let mut tx = server.read().await?;
        for client in clients {
            let app = service_principals::store::find_by_client(&mut tx, visitor.caller.tenant, client).await?;
            names.insert(client, app.map_or_else(|| client.to_string(), |app| app.display_name));
        }
        let name = |client: Option<ClientId>| client.and_then(|client| names.get(&client).cloned());
        let shown = |entry: ReadEntry| Shown {
            app: name(entry.app_id).unwrap_or_else(|| "The pages of the portal".to_owned()),
            entry,
        };
        Ok(entries.into_iter().map(shown).collect())
    }

    fn place(shown: &Shown) -> Place {
        shown.entry.place()
    }

    fn correlation(shown: &Shown) -> CorrelationId {
        shown.entry.correlation_id
    }

    fn chips(address: &PageAddress, wanted: &Wanted, shown: &[Shown]) -> Vec<Chip> {
        let mut chips = Vec::new();
        if let Some(user) = &wanted.user {
            let name = shown.first().map(|shown| shown.entry.user_display_name.clone());
            chips.push(Chip::set(address, "Guest", "user", name.unwrap_or_else(|| user.clone())));
        }
        if let Some(app) = &wanted.app {
            let name = shown.first().map(|shown| shown.app.clone());
            chips.push(Chip::set(address, "App", "app", name.unwrap_or_else(|| app.clone())));
        }
        chips.extend(wanted.home.as_ref().map(|home| Chip::set(address, "Home organisation", "home", home)));
        match &wanted.kind {
            Some(kind) => chips.push(Chip::set(address, "What", "kind", words::kind_of_read(kind))),
            None => chips.extend(Chip::choices(address, "What", "kind", &words::READS, None)),
        }
        chips.extend(wanted.narrowed.chips(address, &RESULTS));
        chips
    }

    fn call(filter: &ReadFilter) -> String {
        let mut conditions = Vec::new();
        conditions.extend(filter.since.map(|since| format!("lastDateTime ge {}", rfc3339(since))));
        conditions.extend(filter.until.map(|until| format!("lastDateTime le {}", rfc3339(until))));
        conditions.extend(filter.user.map(|user| format!("userId eq '{user}'")));
        conditions.extend(filter.client.map(|client| format!("appId eq '{client}'")));
        conditions.extend(filter.home.as_ref().map(|home| format!("homeDomain eq '{}'", home.replace('\'', "''"))));
        conditions.extend(filter.kind.as_ref().map(|kind| format!("kind eq '{}'", kind.replace('\'', "''"))));
        conditions.extend(filter.answered.map(|answered| format!("result eq '{answered}'")));
        conditions.extend(of_one_request(filter.requests));
        let joined = conditions.join(" and ");
        let filter = if joined.is_empty() { joined } else { format!("$filter={joined}&") };
        format!("/vestibule/v1/auditLogs/directoryReads?{filter}$top={PAGE}")
    }

    fn exported(filter: ReadFilter) -> ExportedLog {
        ExportedLog::Reads(filter)
    }

    fn page(inside: Inside, frame: Frame, address: &PageAddress, shown: Vec<Shown>, now: Timestamp) -> ReadsPage {
        let base = inside.base.clone();
        ReadsPage { inside, frame, rows: shown.into_iter().map(|shown| row(&base, address, shown, now)).collect() }
    }
}

fn row(base: &str, address: &PageAddress, shown: Shown, now: Timestamp) -> Row {
    let Shown { entry, app } = shown;
    Row {
        when: dates::recent(entry.last_at, now),
        machine: rfc3339(entry.last_at),
        who: entry.user_display_name,
        address: entry.user_principal_name,
        user_href: format!("{base}/users/{}", entry.user_id),
        what: words::kind_of_read(&entry.kind).to_owned(),
        kind_href: address.with("kind", &entry.kind),
        route: entry.route,
        app,
        answered: entry.answered,
        reads: entry.reads,
        first: dates::day_and_time(entry.first_at),
        last: dates::day_and_time(entry.last_at),
        object: entry.object_id.map(|id| id.to_string()).unwrap_or_default(),
        client: entry.client_address.unwrap_or_default(),
        reference: entry.correlation_id.reference(),
        correlation: entry.correlation_id.to_string(),
        request_href: format!("{base}/requests/{}", entry.correlation_id),
        by_href: address.with("user", entry.user_id),
        home: entry.home_domain.map(|home| {
            let href = address.with("home", &home);
            (home, href)
        }),
    }
}
