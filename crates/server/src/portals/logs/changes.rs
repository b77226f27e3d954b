//! `/portal/{tenant}/changes`

use super::list::{Frame, Log, Narrowed, Own, equals, named};
use super::period::Limits;
use super::search::Search;
use super::{PAGE, id, is_success};
use crate::Server;
use crate::audit::{ChangeEntry, ChangeFilter, Place, operations, words};
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
use std::slice;
use uuid::Uuid;

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

pub(super) struct Row {
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
    type Row = Row;
    type Page = ChangesPage;
    const NAME: &'static str = "changes";
    const SECTION: Section = Section::Changes;
    const API: &'static str = "/v1.0/auditLogs/directoryAudits";
    const WHEN: &'static str = "activityDateTime";
    const RESULTS: &'static [(&'static str, &'static str)] = &[("yes", "Done"), ("no", "Refused")];

    fn narrowed(wanted: &Wanted) -> &Narrowed {
        &wanted.narrowed
    }

    fn own(wanted: &Wanted) -> Own<'_> {
        [
            ("activity", wanted.activity.as_deref()),
            ("by", wanted.by.as_deref()),
            ("about", wanted.about.as_deref()),
            ("kind", wanted.kind.as_deref()),
        ]
    }

    fn filter(wanted: &Wanted, found: &Search, (since, until): Limits) -> Result<ChangeFilter, Refusal> {
        if wanted.kind.as_deref().is_some_and(|kind| words::CATEGORIES.iter().all(|(known, _)| *known != kind)) {
            return Err(Problem::BadRequest.into());
        }
        Ok(ChangeFilter {
            since,
            until,
            activity: wanted.activity.clone(),
            categories: wanted.kind.iter().cloned().collect(),
            is_success: is_success(wanted.narrowed.result.as_deref())?,
            is_never: false,
            initiator: id(wanted.by.as_deref())?,
            initiator_name: None,
            target: id(wanted.about.as_deref())?,
            requests: found.requests(),
            among: found.objects(),
            services: Vec::new(),
        })
    }

    async fn read(
        server: &Server,
        visitor: &Visitor,
        filter: &ChangeFilter,
        after: Option<Place>,
    ) -> Result<Vec<ChangeEntry>, Refusal> {
        Ok(operations::list_changes(server, &visitor.caller, slice::from_ref(filter), after, PAGE + 1).await?)
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
        let first = entries.first();
        let by = first.map(|entry| entry.initiator_name().to_owned());
        chips.extend(named(address, ("By", "by"), wanted.by.as_deref(), by));
        let about = first.map(|entry| entry.target_name().to_owned());
        chips.extend(named(address, ("About", "about"), wanted.about.as_deref(), about));
        chips.extend(Chip::choices(address, "Kind", "kind", &words::CATEGORIES, wanted.kind.as_deref()));
        chips
    }

    fn conditions(filter: &ChangeFilter) -> Vec<String> {
        let mut conditions = Vec::new();
        conditions.extend(filter.categories.iter().map(|name| equals("category", name)));
        conditions.extend(filter.activity.as_ref().map(|name| equals("activityDisplayName", name)));
        conditions.extend(filter.initiator.map(|id| equals("initiatedBy/user/id", &id)));
        conditions
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

    fn page(inside: Inside, frame: Frame, rows: Vec<Row>) -> ChangesPage {
        ChangesPage { inside, frame, rows }
    }
}

/// The page of the person a change was made to.
pub(super) fn target_href(base: &str, entry: &ChangeEntry) -> Option<String> {
    let target = &entry.targets.0[0];
    let user = (target["type"] == "User").then(|| target["id"].as_str()).flatten();
    Some(format!("{base}/users/{}", user?.parse::<Uuid>().ok()?))
}
