//! `/v1.0/auditLogs`: the logs on the wire (Graph: signIn, directoryAudit).

use super::entry::{ChangeEntry, ReadEntry, SignInEntry};
use super::export::{ExportedLog, Format, export};
use super::filter::Place;
use super::resource::{CHANGE, READ, SIGN_IN};
use super::{device, operations, query};
use crate::Server;
use crate::graph::page::{Page, read_skip_token, skip_token};
use crate::graph::query::{Added, Resource, Selection};
use crate::graph::resource::object;
use crate::graph::{Caller, Error, Segment};
use crate::platform::clock::rfc3339;
use crate::platform::ids::{EventId, TenantId};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use axum::routing::get;
use odata::{Expression, QueryOptions};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

const SIGN_INS: &str = "/v1.0/auditLogs/signIns";
const CHANGES: &str = "/v1.0/auditLogs/directoryAudits";
const READS: &str = "/vestibule/v1/auditLogs/directoryReads";

/// The size of a page without `$top`, and the largest one.
const PAGE: usize = 1000;

/// The routes of the logs.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route(SIGN_INS, get(list_sign_ins))
        .route("/v1.0/auditLogs/signIns/{id}", get(one_sign_in))
        .route(CHANGES, get(list_changes))
        .route("/v1.0/auditLogs/directoryAudits/{id}", get(one_change))
        .route(READS, get(list_reads))
        .route("/vestibule/v1/auditLogs/directoryReads/{format}", get(export_reads))
        .route("/vestibule/v1/auditLogs/signIns/{format}", get(export_sign_ins))
        .route("/vestibule/v1/auditLogs/directoryAudits/{format}", get(export_changes))
}

async fn list_sign_ins(
    State(server): State<Arc<Server>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let options = Options::read(&server, &caller, (SIGN_INS, &SIGN_IN), query.as_deref())?;
    let mut filters = query::sign_ins(options.query.filter.as_ref())?;
    // Graph's v1.0 log shows what a person did something for, unless it is asked for the other.
    for filter in &mut filters {
        filter.is_interactive.get_or_insert(true);
    }
    let entries = operations::list_sign_ins(&server, &caller, &filters, options.after, options.limit()).await?;
    Ok(options.page("auditLogs/signIns", entries, SignInEntry::place, |entry| sign_in(caller.tenant, entry)))
}

async fn list_changes(
    State(server): State<Arc<Server>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let options = Options::read(&server, &caller, (CHANGES, &CHANGE), query.as_deref())?;
    let filters = query::changes(options.query.filter.as_ref())?;
    let entries = operations::list_changes(&server, &caller, &filters, options.after, options.limit()).await?;
    Ok(options.page("auditLogs/directoryAudits", entries, ChangeEntry::place, change))
}

/// What guests read, which Graph has no log of, in the manner of the other two.
async fn list_reads(
    State(server): State<Arc<Server>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let options = Options::read(&server, &caller, (READS, &READ), query.as_deref())?;
    let filters = query::reads(options.query.filter.as_ref())?;
    let entries = operations::list_reads(&server, &caller, &filters, options.after, options.limit()).await?;
    Ok(options.page("auditLogs/directoryReads", entries, ReadEntry::place, read))
}

async fn one_sign_in(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    let entry = operations::get_sign_in(&server, &caller, event(&id)).await?.ok_or_else(|| Error::not_found(&id))?;
    let selection = Selection::of_one(&SIGN_IN, &uri)?;
    Ok(selection.answer(&server, "auditLogs/signIns", sign_in(caller.tenant, &entry)))
}

async fn one_change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    let entry = operations::get_change(&server, &caller, event(&id)).await?.ok_or_else(|| Error::not_found(&id))?;
    let selection = Selection::of_one(&CHANGE, &uri)?;
    Ok(selection.answer(&server, "auditLogs/directoryAudits", change(&entry)))
}

/// The id of an entry; whatever is none names no entry.
fn event(id: &str) -> EventId {
    id.parse().unwrap_or(EventId(Uuid::nil()))
}

async fn export_sign_ins(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(format): Segment,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    file(&server, &caller, &format, query.as_deref(), |filter| query::sign_ins(filter).map(ExportedLog::SignIns)).await
}

async fn export_changes(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(format): Segment,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    file(&server, &caller, &format, query.as_deref(), |filter| query::changes(filter).map(ExportedLog::Changes)).await
}

async fn export_reads(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(format): Segment,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    file(&server, &caller, &format, query.as_deref(), |filter| query::reads(filter).map(ExportedLog::Reads)).await
}

/// A log as a file: the rows that `read` makes of `$filter`.
async fn file(
    server: &Arc<Server>,
    caller: &Caller,
    format: &str,
    raw: Option<&str>,
    read: fn(Option<&Expression>) -> Result<ExportedLog, Error>,
) -> Result<Response, Error> {
    let (format, filter, words) = exported(format, raw)?;
    let log = read(filter.as_ref())?;
    Ok(export(server, caller, log, format, &words).await?)
}

/// The form of an export, its filter, and the filter in words for the audit.
fn exported(format: &str, raw: Option<&str>) -> Result<(Format, Option<Expression>, String), Error> {
    let format = Format::of(format).ok_or_else(|| Error::not_found(format))?;
    let query = QueryOptions::parse(raw.unwrap_or_default())?;
    refuse_unserved(&query)?;
    if query.top.is_some() || query.skip_token.is_some() {
        return Err(
            Error::unsupported_query("Unsupported Query. An export has no pages.".to_owned()).with_target("$top")
        );
    }
    if query.select.is_some() {
        let message = "Unsupported Query. An export holds everything of each entry.";
        return Err(Error::unsupported_query(message).with_target("$select"));
    }
    let words = query.filter.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok((format, query.filter, words))
}

/// What a caller asked of a log.
struct Options<'a> {
    server: &'a Server,
    caller: &'a Caller,
    query: QueryOptions,
    selection: Selection,
    after: Option<Place>,
    size: usize,
    /// Path and query without the token, which the token is bound to.
    address: String,
}

impl<'a> Options<'a> {
    fn read(
        server: &'a Server,
        caller: &'a Caller,
        (path, resource): (&str, &'static Resource),
        raw: Option<&str>,
    ) -> Result<Self, Error> {
        let raw = raw.unwrap_or_default();
        let query = QueryOptions::parse(raw)?;
        refuse_unserved(&query)?;
        let size = query.top.map_or(PAGE, |top| usize::try_from(top).unwrap_or(usize::MAX));
        if !(1..=PAGE).contains(&size) {
            return Err(Error::bad_request(format!("$top must be between 1 and {PAGE}.")).with_target("$top"));
        }
        let selection = Selection::read(resource, query.select.as_ref(), &Added::default())?;
        let address = address(path, raw);
        let token = query.skip_token.as_deref();
        let after = token.map(|token| read_skip_token(server, caller.tenant, &address, token)).transpose()?;
        Ok(Self { server, caller, query, selection, after, size, address })
    }

    /// The rows to read: those of the page, and one by which it is known whether there are more.
    const fn limit(&self) -> usize {
        self.size + 1
    }

    /// The page of a log whose context is `set`: of what was read up to [`Self::limit`], the rows that belong to it as they are
    /// `written`, with the address of the next page if there is one.
    fn page<E>(
        &self,
        set: &str,
        mut entries: Vec<E>,
        place: fn(&E) -> Place,
        written: impl Fn(&E) -> Map<String, Value>,
    ) -> Response {
        let has_more = entries.len() > self.size;
        entries.truncate(self.size);
        let last = entries.last().filter(|_| has_more).map(place);
        let items = entries.iter().map(|entry| self.selection.shown(written(entry))).collect();
        let next = last.map(|place| self.behind(&place));
        Page { context: self.selection.context(set), items, count: None, next }.respond(self.server)
    }

    /// The address of the page that begins behind a row.
    fn behind(&self, place: &Place) -> String {
        let joint = if self.address.contains('?') { '&' } else { '?' };
        let token = skip_token(self.server, self.caller.tenant, &self.address, place);
        format!("{}{joint}$skiptoken={token}", self.address)
    }
}

/// Path and query without its skip token, in the caller's own spelling.
fn address(path: &str, raw: &str) -> String {
    let is_token = |part: &&str| {
        part.to_ascii_lowercase().trim_start_matches("%24").trim_start_matches('$').starts_with("skiptoken=")
    };
    let rest: Vec<&str> = raw.split('&').filter(|part| !part.is_empty() && !is_token(part)).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

fn refuse_unserved(query: &QueryOptions) -> Result<(), Error> {
    let is_other = |format: &str| !matches!(format, "json" | "application/json");
    let unserved = [
        ("$orderby", query.order_by.is_some()),
        ("$expand", query.expand.is_some()),
        ("$search", query.search.is_some()),
        ("$skip", query.skip.is_some()),
        ("$count", query.count == Some(true)),
        ("$deltatoken", query.delta_token.is_some()),
        ("$format", query.format.as_deref().is_some_and(is_other)),
    ];
    match unserved.into_iter().find(|(_, is_used)| *is_used) {
        None => Ok(()),
        Some((option, _)) => Err(Error::unsupported_query(format!(
            "Unsupported Query. The logs are served newest first, without {option}."
        ))
        .with_target(option)),
    }
}

pub(super) fn sign_in(tenant: TenantId, entry: &SignInEntry) -> Map<String, Value> {
    object(json!({
        "id": entry.id,
        "createdDateTime": rfc3339(entry.at),
        // Never null in Graph's schema; the nil id stands for a name that was none of ours.
        "userId": entry.user_id.map_or(Uuid::nil(), |user| user.0),
        "userDisplayName": entry.user_display_name,
        "userPrincipalName": entry.user_principal_name,
        "appId": entry.app_id,
        "appDisplayName": entry.app_display_name,
        "ipAddress": entry.client_address,
        "clientAppUsed": device::client_app(entry),
        "userAgent": entry.user_agent,
        "deviceDetail": device::detail(entry),
        "authenticationAppDeviceDetails": null,
        // Nobody knows here where an address is.
        "location": { "city": null, "state": null, "countryOrRegion": null, "geoCoordinates": null },
        "correlationId": entry.correlation_id,
        "conditionalAccessStatus": "notApplied",
        "appliedConditionalAccessPolicies": [],
        "isInteractive": entry.is_interactive,
        "homeTenantId": entry.home_tenant_id,
        "resourceId": entry.resource_id,
        "resourceDisplayName": entry.resource_display_name,
        "resourceTenantId": tenant,
        "servicePrincipalId": entry.service_principal_id,
        "servicePrincipalName": entry.service_principal_id.and(entry.app_display_name.as_deref()),
        // No risk is assessed here: what Graph tells whoever has no Identity Protection.
        "riskState": query::NO_RISK,
        "riskDetail": query::HIDDEN,
        "riskLevelAggregated": query::HIDDEN,
        "riskLevelDuringSignIn": query::HIDDEN,
        "riskEventTypes": [],
        "riskEventTypes_v2": [],
        "status": { "errorCode": entry.error_code, "failureReason": entry.failure_reason,
            "additionalDetails": (entry.attempts > 1).then(|| format!("{} attempts within this hour", entry.attempts)) },
    }))
}

pub(super) fn change(entry: &ChangeEntry) -> Map<String, Value> {
    let (initiator, details) = with_home(entry);
    object(json!({
        "id": entry.id,
        "activityDateTime": rfc3339(entry.at),
        "activityDisplayName": entry.activity,
        "category": entry.category,
        "correlationId": entry.correlation_id,
        "operationType": entry.operation,
        "result": entry.result,
        "resultReason": entry.reason,
        "loggedByService": entry.service,
        "initiatedBy": initiator,
        "targetResources": entry.targets.0,
        "additionalDetails": details,
    }))
}

/// `initiatedBy` and `additionalDetails`. Graph's v1.0 has no property for where a person is at home, so it stands among the details.
fn with_home(entry: &ChangeEntry) -> (Value, Value) {
    let (mut initiator, mut details) = (entry.initiator.0.clone(), entry.details.0.clone());
    if let Some(user) = initiator.get_mut("user").and_then(Value::as_object_mut) {
        for (property, key) in [("homeDomain", "InitiatorHomeDomain"), ("homeTenantId", "InitiatorHomeTenantId")] {
            if let (Some(Value::String(value)), Some(details)) = (user.remove(property), details.as_array_mut()) {
                details.push(json!({ "key": key, "value": value }));
            }
        }
    }
    (initiator, details)
}

pub(super) fn read(entry: &ReadEntry) -> Map<String, Value> {
    object(json!({
        "id": entry.id,
        "hourDateTime": rfc3339(entry.at),
        "userId": entry.user_id,
        "userDisplayName": entry.user_display_name,
        "userPrincipalName": entry.user_principal_name,
        "homeTenantId": entry.home_tenant_id,
        "homeDomain": entry.home_domain,
        "appId": entry.app_id,
        "kind": entry.kind,
        "route": entry.route,
        "result": entry.answered,
        "reads": entry.reads,
        "firstDateTime": rfc3339(entry.first_at),
        "lastDateTime": rfc3339(entry.last_at),
        "lastObjectId": entry.object_id,
        "ipAddress": entry.client_address,
        "correlationId": entry.correlation_id,
    }))
}
