//! `/portal/{tenant}/reads`

use super::list::{Frame, Log, Narrowed, Own, equals};
use super::people::{self, Wanted};
use super::period::Limits;
use super::search::Search;
use super::{PAGE, id};
use crate::Server;
use crate::audit::{Answered, Place, ReadEntry, ReadFilter, operations, words};
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
use std::collections::{HashMap, HashSet};
use std::slice;

#[derive(Template)]
#[template(path = "portals/logs/reads.html")]
pub(super) struct ReadsPage {
    inside: Inside,
    frame: Frame,
    rows: Vec<Row>,
}

pub(super) struct Row {
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
    /// The word for it.
    result: &'static str,
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
    type Row = Row;
    type Page = ReadsPage;
    const NAME: &'static str = "reads";
    const SECTION: Section = Section::Reads;
    const API: &'static str = "/vestibule/v1/auditLogs/directoryReads";
    const WHEN: &'static str = "lastDateTime";
    const RESULTS: &'static [(&'static str, &'static str)] = &words::ANSWERS;

    fn narrowed(wanted: &Wanted) -> &Narrowed {
        &wanted.narrowed
    }

    fn own(wanted: &Wanted) -> Own<'_> {
        wanted.own()
    }

    fn filter(wanted: &Wanted, found: &Search, (since, until): Limits) -> Result<ReadFilter, Refusal> {
        let result = wanted.narrowed.result.as_deref();
        let answered = result.map(|result| Answered::parse(result).ok_or(Problem::BadRequest));
        Ok(ReadFilter {
            since,
            until,
            user: id(wanted.user.as_deref())?,
            client: id(wanted.app.as_deref())?,
            kind: wanted.kind.clone(),
            answered: answered.transpose()?,
            home: wanted.home(found),
            requests: found.requests(),
            among: found.subjects(),
        })
    }

    async fn read(
        server: &Server,
        visitor: &Visitor,
        filter: &ReadFilter,
        after: Option<Place>,
    ) -> Result<Vec<Shown>, Refusal> {
        let entries = operations::list_reads(server, &visitor.caller, slice::from_ref(filter), after, PAGE + 1).await?;
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
        let first = shown.first();
        let guest = first.map(|shown| shown.entry.user_display_name.clone());
        let mut chips = wanted.chips(address, "Guest", [guest, first.map(|shown| shown.app.clone())]);
        match &wanted.kind {
            Some(kind) => chips.push(Chip::set(address, "What", "kind", words::kind_of_read(kind))),
            None => chips.extend(Chip::choices(address, "What", "kind", &words::READS, None)),
        }
        chips
    }

    fn conditions(filter: &ReadFilter) -> Vec<String> {
        let mut conditions = people::conditions(filter.user, filter.client);
        conditions.extend(filter.home.as_ref().map(|home| equals("homeDomain", home)));
        conditions.extend(filter.kind.as_ref().map(|kind| equals("kind", kind)));
        conditions.extend(filter.answered.map(|answered| equals("result", &answered)));
        conditions
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
            result: words::answer(entry.answered),
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

    fn page(inside: Inside, frame: Frame, rows: Vec<Row>) -> ReadsPage {
        ReadsPage { inside, frame, rows }
    }
}
