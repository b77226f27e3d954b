//! `/portal/{tenant}/changes`

use super::list::{Frame, Log, Narrowed, call, of_one_request};
use super::search::Search;
use super::{PAGE, id, is_success};
use crate::Server;
use crate::audit::{ChangeEntry, ChangeFilter, ExportedLog, Place, Requests, operations, words};
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
use uuid::Uuid;

const RESULTS: [(&str, &str); 2] = [("yes", "Done"), ("no", "Refused")];

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(flatten)]
    narrowed: Narrowed,
    activity: Option<String>,
    by: Option<String>,
    about: Option<String>,
    kind: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/logs/changes.html")]
pub(super) struct ChangesPage {
    inside: Inside,
    frame: Frame,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    request_href: String,
    when: String,
    machine: String,
    what: String,
    why_not: String,
    activity_href: String,
    entry: ChangeEntry,
    by_href: Option<String>,
    about_href: Option<String>,
    reference: String,
}

/// The directory audit.
pub(super) struct Changes;

impl Log for Changes {
    type Wanted = Wanted;
    type Filter = ChangeFilter;
    type Entry = ChangeEntry;
    type Page = ChangesPage;
    const NAME: &'static str = "changes";
    const SECTION: Section = Section::Changes;

    fn narrowed(wanted: &Wanted) -> &Narrowed {
        &wanted.narrowed
    }

    fn filter(server: &Server, wanted: &Wanted, found: &Search) -> Result<ChangeFilter, Refusal> {
        if wanted.kind.as_deref().is_some_and(|kind| words::CATEGORIES.iter().all(|(known, _)| *known != kind)) {
            return Err(Problem::BadRequest.into());
        }
        let (since, until) = wanted.narrowed.limits(server.clock.now())?;
        Ok(ChangeFilter {
            since,
            until,
            activity: wanted.activity.clone(),
            category: wanted.kind.clone(),
            is_success: is_success(wanted.narrowed.result.as_deref())?,
            initiator: id(wanted.by.as_deref())?,
            initiator_name: None,
            target: id(wanted.about.as_deref())?,
            requests: found.requests(),
            among: found.objects(),
            service: None,
        })
    }

    fn requests(filter: &ChangeFilter) -> Option<Requests> {
        filter.requests
    }

    fn address(base: &str, wanted: &Wanted) -> PageAddress {
        let address = PageAddress::new(format!("{base}/changes"))
            .set("activity", wanted.activity.as_deref())
            .set("by", wanted.by.as_deref())
            .set("about", wanted.about.as_deref())
            .set("kind", wanted.kind.as_deref());
        wanted.narrowed.place_in(address)
    }

    async fn read(
        server: &Server,
        visitor: &Visitor,
        filter: &ChangeFilter,
        after: Option<Place>,
    ) -> Result<Vec<ChangeEntry>, Refusal> {
        Ok(operations::list_changes(server, &visitor.caller, filter, after, PAGE + 1).await?)
    }

    fn place(entry: &ChangeEntry) -> Place {
        entry.place()
    }

    fn correlation(entry: &ChangeEntry) -> CorrelationId {
        entry.correlation_id
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
        chips.extend(Chip::choices(address, "Kind", "kind", &words::CATEGORIES, wanted.kind.as_deref()));
        chips.extend(wanted.narrowed.chips(address, &RESULTS));
        chips
    }

    fn call(filter: &ChangeFilter) -> String {
        let mut conditions = Vec::new();
        conditions.extend(filter.since.map(|since| format!("activityDateTime ge {}", rfc3339(since))));
        conditions.extend(filter.until.map(|until| format!("activityDateTime le {}", rfc3339(until))));
        conditions.extend(filter.category.as_ref().map(|name| format!("category eq '{name}'")));
        let activity = filter.activity.as_ref().map(|name| name.replace('\'', "''"));
        conditions.extend(activity.map(|name| format!("activityDisplayName eq '{name}'")));
        conditions.extend(filter.initiator.map(|id| format!("initiatedBy/user/id eq '{id}'")));
        conditions.extend(of_one_request(filter.requests));
        call("directoryAudits", &conditions)
    }

    fn exported(filter: ChangeFilter) -> ExportedLog {
        ExportedLog::Changes(filter)
    }

    fn page(
        inside: Inside,
        frame: Frame,
        address: &PageAddress,
        entries: Vec<ChangeEntry>,
        now: Timestamp,
    ) -> ChangesPage {
        let base = inside.base.clone();
        ChangesPage { inside, frame, rows: entries.into_iter().map(|entry| row(&base, address, entry, now)).collect() }
    }
}

fn row(base: &str, address: &PageAddress, entry: ChangeEntry, now: Timestamp) -> Row {
    Row {
        href: format!("{base}/changes/{}", entry.id),
        request_href: format!("{base}/requests/{}", entry.correlation_id),
        when: dates::recent(entry.at, now),
        machine: rfc3339(entry.at),
        what: entry.what().to_owned(),
        why_not: entry.why_not(),
        activity_href: address.with("activity", &entry.activity),
        by_href: entry.initiator_id.map(|id| address.with("by", id)),
        about_href: target_href(base, &entry),
        reference: entry.correlation_id.reference(),
        entry,
    }
}

/// The page of the person a change was made to.
pub(super) fn target_href(base: &str, entry: &ChangeEntry) -> Option<String> {
    let target = &entry.targets.0[0];
    let user = (target["type"] == "User").then(|| target["id"].as_str()).flatten();
    Some(format!("{base}/users/{}", user?.parse::<Uuid>().ok()?))
}
