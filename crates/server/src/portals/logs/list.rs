//! What the logs have in common as lists: their address, the frame around their rows, the page, the file and the call.

use super::period::{Chosen, Limits, Mistake, PERIODS};
use super::search::Search;
use super::{PAGE, files, format, older, place};
use crate::Server;
use crate::audit::{self, ExportedLog, Place, Requests, operations};
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::platform::ids::CorrelationId;
use crate::web::address::{Chip, PageAddress};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::web::{answer, api_call};
use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::sync::Arc;

/// What every log can be narrowed to, as it stands in the address of its page.
#[derive(Deserialize)]
pub(super) struct Narrowed {
    q: Option<String>,
    pub(super) result: Option<String>,
    period: Option<String>,
    from: Option<String>,
    to: Option<String>,
    after: Option<String>,
}

impl Narrowed {
    fn chosen(&self) -> Chosen<'_> {
        let Self { period, from, to, .. } = self;
        Chosen { period: period.as_deref(), from: from.as_deref(), to: to.as_deref() }
    }

    /// The field that holds no day, or a day that leaves none.
    fn mistake(&self) -> Option<Mistake> {
        self.chosen().mistake()
    }

    /// Adds it to the address of a page. Fields that were sent empty are none.
    fn place_in(&self, address: PageAddress) -> PageAddress {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        address
            .set("q", filled(&self.q))
            .set("result", self.result.as_deref())
            .set("period", self.period.as_deref())
            .set("from", filled(&self.from))
            .set("to", filled(&self.to))
    }

    /// The chips of result and period, behind those of the log itself.
    fn chips(&self, address: &PageAddress, results: &[(&'static str, &'static str)]) -> Vec<Chip> {
        let mut chips = Chip::choices(address, "Result", "result", results, self.result.as_deref());
        chips.extend(Chip::choices(address, "Period", "period", &PERIODS, self.period.as_deref()));
        chips
    }
}

/// What a log can be narrowed to besides, by the names in its address.
pub(super) type Own<'w> = [(&'static str, Option<&'w str>); 4];

/// One of the logs as a list.
pub(super) trait Log {
    /// What the address of the page can say.
    type Wanted: DeserializeOwned + Send + Sync;
    /// Which rows are read.
    type Filter: Into<ExportedLog> + Send + Sync;
    /// One row as it is read.
    type Entry: Send;
    /// One row as it is shown.
    type Row;
    /// The page.
    type Page: Template;
    /// Its name in addresses and in the tokens of its pages.
    const NAME: &'static str;
    /// Where it stands in the navigation.
    const SECTION: Section;
    /// Where the API serves it.
    const API: &'static str;
    /// The property in the API that a period limits.
    const WHEN: &'static str;
    /// The results it can be narrowed to, as addresses name them, and the words for them.
    const RESULTS: &'static [(&'static str, &'static str)];

    /// What every log can be narrowed to.
    fn narrowed(wanted: &Self::Wanted) -> &Narrowed;
    /// What this one can be narrowed to besides.
    fn own(wanted: &Self::Wanted) -> Own<'_>;
    /// The filter of the rows, for somebody who may read them.
    fn filter(wanted: &Self::Wanted, found: &Search, limits: Limits) -> Result<Self::Filter, Refusal>;
    /// The rows, and where they begin.
    fn read(
        server: &Server,
        visitor: &Visitor,
        filter: &Self::Filter,
        after: Option<Place>,
    ) -> impl Future<Output = Result<Vec<Self::Entry>, Refusal>> + Send;
    /// Where a row stands.
    fn place(entry: &Self::Entry) -> Place;
    /// The request a row belongs to.
    fn correlation(entry: &Self::Entry) -> CorrelationId;
    /// The filters as links, but for result and period.
    fn chips(address: &PageAddress, wanted: &Self::Wanted, entries: &[Self::Entry]) -> Vec<Chip>;
    /// The conditions of the call that gives the same rows, but for period and request.
    fn conditions(filter: &Self::Filter) -> Vec<String>;
    /// A row as it is shown; `address` is that of the page with its filters.
    fn row(base: &str, address: &PageAddress, entry: Self::Entry, now: Timestamp) -> Self::Row;
    /// The page around the rows.
    fn page(inside: Inside, frame: Frame, rows: Vec<Self::Row>) -> Self::Page;
}

/// What stands around the rows of a page.
pub(super) struct Frame {
    pub(super) q: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) others: Vec<(String, String)>,
    pub(super) remark: Option<&'static str>,
    /// The day that cannot be looked for; then there are no rows.
    pub(super) mistakes: Vec<Mistake>,
    pub(super) files: [(String, &'static str); 2],
    pub(super) chips: Vec<Chip>,
    pub(super) newest: Option<String>,
    pub(super) older: Option<String>,
    /// What the other log has of the same request, when the list is that of one.
    pub(super) of_request: Option<String>,
    pub(super) request: Option<String>,
    pub(super) bare: String,
    pub(super) is_filtered: bool,
    pub(super) call: String,
}

impl Frame {
    pub(super) fn wrong_day(&self) -> &str {
        self.mistakes.first().map_or("", |(field, _)| field)
    }
}

/// What the address asks for, or why it cannot be read.
type Address<W> = Result<Query<W>, QueryRejection>;

/// A page of the list.
pub(super) async fn show<L: Log>(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    wanted: Address<L::Wanted>,
) -> Response {
    match wanted {
        Ok(Query(wanted)) => list::<L>(&server, &visitor, &wanted).await,
        Err(_) => visitor.refuse(&server, Problem::BadRequest.into()),
    }
}

async fn list<L: Log>(server: &Server, visitor: &Visitor, wanted: &L::Wanted) -> Response {
    match page::<L>(server, visitor, wanted).await {
        Ok((status, page)) => answer::page(status, &page),
        Err(refusal) => visitor.refuse(server, refusal),
    }
}

/// What the list shows, as a file.
pub(super) async fn export<L: Log>(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, ending)): Path<(String, String)>,
    wanted: Address<L::Wanted>,
) -> Response {
    let Ok(Query(wanted)) = wanted else { return visitor.refuse(&server, Problem::BadRequest.into()) };
    // A day that cannot be looked for is said where the page says it: at its field.
    if L::narrowed(&wanted).mistake().is_some() {
        return list::<L>(&server, &visitor, &wanted).await;
    }
    visitor.respond_with(&server, file::<L>(&server, &visitor, &ending, &wanted).await)
}

async fn file<L: Log>(
    server: &Arc<Server>,
    visitor: &Visitor,
    ending: &str,
    wanted: &L::Wanted,
) -> Result<Response, Refusal> {
    let (filter, ..) = filter::<L>(server, visitor, wanted).await?;
    let words = address::<L>(&visitor.base(), wanted).query();
    Ok(audit::export(server, &visitor.caller, filter.into(), format(ending)?, &words).await?)
}

/// The address of the page with everything it is narrowed to.
fn address<L: Log>(base: &str, wanted: &L::Wanted) -> PageAddress {
    let page = PageAddress::new(format!("{base}/{}", L::NAME));
    let own = L::own(wanted).into_iter().fold(page, |address, (name, value)| address.set(name, value));
    L::narrowed(wanted).place_in(own)
}

async fn filter<L: Log>(
    server: &Server,
    visitor: &Visitor,
    wanted: &L::Wanted,
) -> Result<(L::Filter, Search, Limits), Refusal> {
    if !operations::may_read(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    let narrowed = L::narrowed(wanted);
    let found = Search::of(server, visitor, narrowed.q.as_deref()).await?;
    let limits = narrowed.chosen().limits(server.clock.now())?;
    Ok((L::filter(wanted, &found, limits)?, found, limits))
}

async fn page<L: Log>(
    server: &Server,
    visitor: &Visitor,
    wanted: &L::Wanted,
) -> Result<(StatusCode, L::Page), Refusal> {
    let (filter, found, limits) = filter::<L>(server, visitor, wanted).await?;
    let narrowed = L::narrowed(wanted);
    let after = place(server, visitor, L::NAME, narrowed.after.as_deref())?;
    let mistake = narrowed.mistake();
    let mut entries = match mistake {
        None => L::read(server, visitor, &filter, after).await?,
        Some(_) => Vec::new(),
    };
    let has_more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let base = visitor.base();
    let address = address::<L>(&base, wanted);
    let last = entries.last().filter(|_| has_more).map(L::place);
    let requests = found.requests();
    let mut chips = L::chips(&address, wanted, &entries);
    chips.extend(narrowed.chips(&address, L::RESULTS));
    let other = if L::SECTION == Section::Changes { "sign-ins" } else { "changes" };
    let mut others = address.others("q");
    others.retain(|(name, _)| name != "from" && name != "to");
    let frame = Frame {
        q: narrowed.q.clone().unwrap_or_default(),
        from: narrowed.from.clone().unwrap_or_default(),
        to: narrowed.to.clone().unwrap_or_default(),
        others,
        remark: found.remark(),
        mistakes: mistake.into_iter().collect(),
        files: files(&address),
        chips,
        newest: narrowed.after.as_ref().map(|_| address.to_string()),
        older: older(server, visitor, L::NAME, &address, last),
        of_request: requests.map(|requests| format!("{base}/{other}?q={}", requests.first.reference())),
        request: requests.and(entries.first()).map(|entry| format!("{base}/requests/{}", L::correlation(entry))),
        bare: address.bare().to_owned(),
        is_filtered: address.is_filtered(),
        call: call::<L>(&filter, limits, requests),
    };
    let status = if mistake.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let now = server.clock.now();
    let rows = entries.into_iter().map(|entry| L::row(&base, &address, entry, now)).collect();
    Ok((status, L::page(visitor.inside(server, L::SECTION), frame, rows)))
}

/// The call that gives the same rows. The API knows no references, only whole correlation ids.
fn call<L: Log>(filter: &L::Filter, (since, until): Limits, requests: Option<Requests>) -> String {
    let mut conditions = Vec::new();
    conditions.extend(since.map(|since| format!("{} ge {}", L::WHEN, rfc3339(since))));
    conditions.extend(until.map(|until| format!("{} le {}", L::WHEN, rfc3339(until))));
    conditions.extend(L::conditions(filter));
    let one = requests.filter(|requests| requests.first == requests.last);
    conditions.extend(one.map(|one| equals("correlationId", &one.first)));
    format!("{}?{}$top={PAGE}", L::API, api_call::filter(&conditions))
}

/// The condition of a call that a property has a value.
pub(super) fn equals(property: &str, value: &impl Display) -> String {
    format!("{property} eq '{}'", value.to_string().replace('\'', "''"))
}

/// The chip of a filter by an id, if it is set: with the name that the rows give it, and the id itself without one.
pub(super) fn named(
    address: &PageAddress,
    (key, name): (&'static str, &'static str),
    id: Option<&str>,
    known: Option<String>,
) -> Option<Chip> {
    id.map(|id| Chip::set(address, key, name, known.unwrap_or_else(|| id.to_owned())))
}
