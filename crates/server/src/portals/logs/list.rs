//! What the two logs have in common as lists: the frame around their rows, the page and the file.

use super::period::{Chosen, Mistake, PERIODS};
use super::search::Search;
use super::{PAGE, files, format, older, place, query};
use crate::Server;
use crate::audit::{self, ExportedLog, Place, Requests, operations};
use crate::platform::Timestamp;
use crate::platform::ids::CorrelationId;
use crate::web::address::{Chip, PageAddress};
use crate::web::answer;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// What every log can be narrowed to, as it stands in the address of its page.
#[derive(Deserialize)]
pub(super) struct Narrowed {
    pub(super) q: Option<String>,
    pub(super) result: Option<String>,
    pub(super) period: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) after: Option<String>,
}

impl Narrowed {
    /// The first and the last instant, where they are limited.
    pub(super) fn limits(&self, now: Timestamp) -> Result<(Option<Timestamp>, Option<Timestamp>), Refusal> {
        self.chosen().limits(now)
    }

    fn chosen(&self) -> Chosen<'_> {
        let Self { period, from, to, .. } = self;
        Chosen { period: period.as_deref(), from: from.as_deref(), to: to.as_deref() }
    }

    /// The field that holds no day, or a day that leaves none.
    fn mistake(&self) -> Option<Mistake> {
        self.chosen().mistake()
    }

    /// Adds it to the address of a page. Fields that were sent empty are none.
    pub(super) fn place_in(&self, address: PageAddress) -> PageAddress {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        address
            .set("q", filled(&self.q))
            .set("result", self.result.as_deref())
            .set("period", self.period.as_deref())
            .set("from", filled(&self.from))
            .set("to", filled(&self.to))
    }

    /// The chips of result and period, behind those of the log itself.
    pub(super) fn chips(&self, address: &PageAddress, results: &'static [(&'static str, &'static str)]) -> Vec<Chip> {
        let mut chips = Chip::choices(address, "Result", "result", results, self.result.as_deref());
        chips.extend(Chip::choices(address, "Period", "period", &PERIODS, self.period.as_deref()));
        chips
    }
}

/// One of the logs as a list.
pub(super) trait Log {
    /// What the address of the page can say.
    type Wanted: DeserializeOwned + Send + Sync;
    /// Which rows are read.
    type Filter: Send + Sync;
    /// One row as it is read.
    type Entry: Send;
    /// The page.
    type Page: Template;
    /// Its name in addresses and in the tokens of its pages.
    const NAME: &'static str;
    /// Where it stands in the navigation.
    const SECTION: Section;

    /// What every log can be narrowed to.
    fn narrowed(wanted: &Self::Wanted) -> &Narrowed;
    /// The filter of the rows, for somebody who may read them.
    fn filter(server: &Server, wanted: &Self::Wanted, found: &Search) -> Result<Self::Filter, Refusal>;
    /// The requests it is narrowed to.
    fn requests(filter: &Self::Filter) -> Option<Requests>;
    /// The address with the filters.
    fn address(base: &str, wanted: &Self::Wanted) -> PageAddress;
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
    /// The filters as links.
    fn chips(address: &PageAddress, wanted: &Self::Wanted, entries: &[Self::Entry]) -> Vec<Chip>;
    /// The call that gives the same rows.
    fn call(filter: &Self::Filter) -> String;
    /// The rows that go into a file.
    fn exported(filter: Self::Filter) -> ExportedLog;
    /// The page around the rows.
    fn page(
        inside: Inside,
        frame: Frame,
        address: &PageAddress,
        entries: Vec<Self::Entry>,
        now: Timestamp,
    ) -> Self::Page;
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

type Asked<W> = Result<Query<W>, QueryRejection>;

/// A page of the list.
pub(super) async fn show<L: Log>(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    wanted: Asked<L::Wanted>,
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
    wanted: Asked<L::Wanted>,
) -> Response {
    let Ok(Query(wanted)) = wanted else { return visitor.refuse(&server, Problem::BadRequest.into()) };
    // A day that cannot be looked for is said where the page says it: at its field.
    if L::narrowed(&wanted).mistake().is_some() {
        return list::<L>(&server, &visitor, &wanted).await;
    }
    match file::<L>(&server, &visitor, &ending, &wanted).await {
        Ok(response) => response,
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn file<L: Log>(
    server: &Arc<Server>,
    visitor: &Visitor,
    ending: &str,
    wanted: &L::Wanted,
) -> Result<Response, Refusal> {
    let (filter, _) = filter::<L>(server, visitor, wanted).await?;
    let words = query(&L::address(&visitor.base(), wanted));
    Ok(audit::export(server, &visitor.caller, L::exported(filter), format(ending)?, &words).await?)
}

async fn filter<L: Log>(
    server: &Server,
    visitor: &Visitor,
    wanted: &L::Wanted,
) -> Result<(L::Filter, Search), Refusal> {
    if !operations::may_read(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    let found = Search::of(server, visitor, L::narrowed(wanted).q.as_deref()).await?;
    Ok((L::filter(server, wanted, &found)?, found))
}

async fn page<L: Log>(
    server: &Server,
    visitor: &Visitor,
    wanted: &L::Wanted,
) -> Result<(StatusCode, L::Page), Refusal> {
    let (filter, found) = filter::<L>(server, visitor, wanted).await?;
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
    let address = L::address(&base, wanted);
    let last = entries.last().filter(|_| has_more).map(L::place);
    let requests = L::requests(&filter);
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
        chips: L::chips(&address, wanted, &entries),
        newest: narrowed.after.as_ref().map(|_| address.to_string()),
        older: older(server, visitor, L::NAME, &address, last),
        of_request: requests.map(|requests| format!("{base}/{other}?q={}", requests.first.reference())),
        request: requests.and(entries.first()).map(|entry| format!("{base}/requests/{}", L::correlation(entry))),
        bare: address.bare().to_owned(),
        is_filtered: address.is_filtered(),
        call: L::call(&filter),
    };
    let status = if mistake.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok((status, L::page(visitor.inside(server, L::SECTION), frame, &address, entries, server.clock.now())))
}

/// The address of a call with its conditions, of which there may be none.
pub(super) fn call(path: &str, conditions: &[String]) -> String {
    let filter = if conditions.is_empty() { String::new() } else { format!("$filter={}&", conditions.join(" and ")) };
    format!("/v1.0/auditLogs/{path}?{filter}$top={PAGE}")
}

/// The condition of a call for one request. The API knows no references, only whole correlation ids.
pub(super) fn of_one_request(requests: Option<Requests>) -> Option<String> {
    let one = requests.filter(|requests| requests.first == requests.last)?;
    Some(format!("correlationId eq '{}'", one.first))
}
