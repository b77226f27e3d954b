//! The SQL of reading the logs, the newest row first.

use super::entry::{ChangeEntry, ReadEntry, SignInEntry};
use super::filter::{ChangeFilter, Name, Place, ReadFilter, Requests, SignInFilter};
use super::reads::Answered;
use crate::graph::query::{Condition, Value, write_condition};
use crate::platform::Timestamp;
use crate::platform::ids::{EventId, TenantId};
use database::{Query, Result, Transaction, sql, sql_across};
use std::time::Duration;

macro_rules! sign_in_columns {
    () => {
        "id, at, user_id, user_display_name, user_principal_name, home_tenant_id, home_domain, app_id, app_display_name,
         resource_id, resource_display_name, service_principal_id, is_interactive, client_address, user_agent,
         correlation_id, error_code, failure_reason, method, attempts"
    };
}

macro_rules! change_columns {
    () => {
        "id, at, activity, category, service, operation, result, reason, correlation_id, initiator_id, initiator, targets,
         details"
    };
}

macro_rules! read_columns {
    () => {
        "id, at, user_id, user_display_name, user_principal_name, home_tenant_id, home_domain, app_id, kind, route, answered,
         reads, first_at, last_at, object_id, client_address, correlation_id"
    };
}

/// The length of the period that one row counts.
const HOUR: Duration = Duration::from_hours(1);

/// Sign-ins, at most `limit`, from behind `after`.
pub async fn list_sign_ins(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &SignInFilter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<SignInEntry>> {
    sign_ins(tx, tenant, filter, after, limit).fetch_all().await
}

/// One sign-in.
pub async fn find_sign_in(tx: &mut Transaction, tenant: TenantId, id: EventId) -> Result<Option<SignInEntry>> {
    let text = sql!(concat!("SELECT ", sign_in_columns!(), " FROM sign_in WHERE tenant_id = $1 AND id = $2"));
    tx.query(text).bind(tenant).bind(id).fetch_optional().await
}

/// Changes, at most `limit`, from behind `after`.
pub async fn list_changes(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &ChangeFilter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<ChangeEntry>> {
    changes(tx, tenant, filter, after, limit).fetch_all().await
}

/// One change.
pub async fn find_change(tx: &mut Transaction, tenant: TenantId, id: EventId) -> Result<Option<ChangeEntry>> {
    let text = sql!(concat!("SELECT ", change_columns!(), " FROM directory_audit WHERE tenant_id = $1 AND id = $2"));
    tx.query(text).bind(tenant).bind(id).fetch_optional().await
}

/// The statement of a page of sign-ins.
pub(super) fn sign_ins<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    filter: &SignInFilter,
    after: Option<Place>,
    limit: i64,
) -> Query<'t> {
    let mut query =
        tx.query(sql!(concat!("SELECT ", sign_in_columns!(), " FROM sign_in WHERE tenant_id = $1"))).bind(tenant);
    push_period(&mut query, filter.since, filter.until);
    if let Some(user) = filter.user {
        query.push(" AND user_id = ").value(user);
    }
    if let Some(name) = &filter.nobody {
        query.push(" AND user_id IS NULL AND user_principal_name = ").value(name.clone());
    }
    if let Some(client) = filter.client {
        query.push(" AND app_id = ").value(client);
    }
    let column = "lower(user_principal_name)";
    match &filter.name {
        Some(Name::IsAnyOf(names)) => {
            push_among(&mut query, column, names.iter().map(|name| Value::Text(name.to_ascii_lowercase())));
        }
        Some(Name::BeginsWith(start)) => {
            write_condition(Some(&Condition::prefix(column, &start.to_ascii_lowercase())), &mut query);
        }
        None => {}
    }
    push_among(&mut query, "app_display_name", texts(&filter.app_names));
    push_among(&mut query, "client_address", texts(&filter.addresses));
    if filter.is_never {
        query.push(" AND 1 = 0");
    }
    if let Some(home) = &filter.home {
        query.push(" AND home_domain = ").value(home.clone());
    }
    push_among(&mut query, "error_code", filter.error_codes.iter().copied().map(Value::Number));
    // Written out, not bound: an index over refused rows alone serves no other text.
    let outcome = filter.outcome();
    match outcome {
        Some(true) => _ = query.push(" AND error_code = 0"),
        Some(false) => _ = query.push(" AND error_code <> 0"),
        None => {}
    }
    match (filter.is_interactive, outcome) {
        // In words that the index over interactive rows does not serve: of refused ones there are fewer.
        (Some(true), Some(false)) => _ = query.push(" AND is_interactive IS TRUE"),
        (Some(true), _) => _ = query.push(" AND is_interactive"),
        (Some(false), _) => _ = query.push(" AND NOT is_interactive"),
        (None, _) => {}
    }
    push_requests(&mut query, filter.requests);
    push_page(&mut query, filter.requests.is_some(), after, limit);
    query
}

/// The statement of a page of changes.
pub(super) fn changes<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    filter: &ChangeFilter,
    after: Option<Place>,
    limit: i64,
) -> Query<'t> {
    let mut query = tx
        .query(sql!(concat!("SELECT ", change_columns!(), " FROM directory_audit WHERE tenant_id = $1")))
        .bind(tenant);
    push_period(&mut query, filter.since, filter.until);
    if let Some(activity) = &filter.activity {
        query.push(" AND activity = ").value(activity.clone());
    }
    push_among(&mut query, "category", texts(&filter.categories));
    push_among(&mut query, "service", texts(&filter.services));
    match filter.is_success {
        Some(true) => _ = query.push(" AND result = 'success'"),
        Some(false) => _ = query.push(" AND result <> 'success'"),
        None => {}
    }
    if filter.is_never {
        query.push(" AND 1 = 0");
    }
    if let Some(initiator) = filter.initiator {
        query.push(" AND initiator_id = ").value(initiator);
    }
    if let Some(name) = &filter.initiator_name {
        query.push(" AND initiator_name = ").value(name.to_ascii_lowercase());
    }
    if let Some(target) = filter.target {
        query.push(" AND target_id = ").value(target);
    }
    push_requests(&mut query, filter.requests);
    push_page(&mut query, filter.requests.is_some(), after, limit);
    query
}

/// What guests read, at most `limit`, from behind `after`.
pub async fn list_reads(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &ReadFilter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<ReadEntry>> {
    reads(tx, tenant, filter, after, limit).fetch_all().await
}

/// The statement of a page of reads.
pub(super) fn reads<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    filter: &ReadFilter,
    after: Option<Place>,
    limit: i64,
) -> Query<'t> {
    let mut query =
        tx.query(sql!(concat!("SELECT ", read_columns!(), " FROM directory_read WHERE tenant_id = $1"))).bind(tenant);
    // The hour is what the rows are found by; the last read lies within it.
    if let Some(since) = filter.since {
        query.push(" AND at > ").value(since.minus(HOUR)).push(" AND last_at >= ").value(since);
    }
    if let Some(until) = filter.until {
        query.push(" AND at <= ").value(until).push(" AND last_at <= ").value(until);
    }
    if let Some(user) = filter.user {
        query.push(" AND user_id = ").value(user);
    }
    if let Some(client) = filter.client {
        query.push(" AND app_id = ").value(client);
    }
    if let Some(kind) = &filter.kind {
        query.push(" AND kind = ").value(kind.clone());
    }
    if let Some(home) = &filter.home {
        query.push(" AND home_domain = ").value(home.clone());
    }
    match filter.answered {
        // Written out beside what is bound: an index over what was not served serves no other text.
        Some(Answered::Served) => _ = query.push(" AND answered = 'served'"),
        Some(other) => _ = query.push(" AND answered <> 'served' AND answered = ").value(other),
        None => {}
    }
    push_requests(&mut query, filter.requests);
    push_page(&mut query, filter.requests.is_some(), after, limit);
    query
}

fn push_period(query: &mut Query<'_>, since: Option<Timestamp>, until: Option<Timestamp>) {
    if let Some(since) = since {
        query.push(" AND at >= ").value(since);
    }
    if let Some(until) = until {
        query.push(" AND at <= ").value(until);
    }
}

/// One of these values; none do not limit. Not for columns that an index is read by, which has the rows of each value in their
/// order and not those of several.
fn push_among(query: &mut Query<'_>, column: &'static str, values: impl Iterator<Item = Value>) {
    let values: Vec<Value> = values.collect();
    if !values.is_empty() {
        write_condition(Some(&Condition::Among { column, values }), query);
    }
}

fn texts(texts: &[String]) -> impl Iterator<Item = Value> {
    texts.iter().cloned().map(Value::Text)
}

fn push_requests(query: &mut Query<'_>, requests: Option<Requests>) {
    if let Some(Requests { first, last }) = requests {
        query.push(" AND correlation_id BETWEEN ").value(first).push(" AND ").value(last);
    }
}

/// The place, the order and the size of a page. The rows of one request are few and found by it; the sign in front of the
/// column keeps SQLite from looking for them through all rows in the order of time instead.
fn push_page(query: &mut Query<'_>, is_of_request: bool, after: Option<Place>, limit: i64) {
    if let Some(place) = after {
        query.push(if is_of_request { " AND (+at, id) < (" } else { " AND (at, id) < (" });
        query.value(place.at).push(", ").value(place.id).push(")");
    }
    let order = if is_of_request { " ORDER BY +at DESC, id DESC LIMIT " } else { " ORDER BY at DESC, id DESC LIMIT " };
    query.push(order).value(limit);
}

/// Removes some sign-ins of before this instant.
pub async fn purge_sign_ins(tx: &mut Transaction, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(sql_across!(
        "old sign-ins of every tenant are purged",
        "DELETE FROM sign_in WHERE (tenant_id, id) IN (SELECT s.tenant_id, s.id FROM sign_in s WHERE s.at < $1 LIMIT $2)"
    ))
    .bind(before)
    .bind(limit)
    .execute()
    .await
}

/// Removes some reads of before this instant.
pub async fn purge_reads(tx: &mut Transaction, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(sql_across!(
        "old reads of every tenant are purged",
        "DELETE FROM directory_read WHERE (tenant_id, id) IN
             (SELECT r.tenant_id, r.id FROM directory_read r WHERE r.at < $1 LIMIT $2)"
    ))
    .bind(before)
    .bind(limit)
    .execute()
    .await
}

/// Removes some changes of before this instant.
pub async fn purge_changes(tx: &mut Transaction, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(sql_across!(
        "old changes of every tenant are purged",
        "DELETE FROM directory_audit WHERE (tenant_id, id) IN
             (SELECT a.tenant_id, a.id FROM directory_audit a WHERE a.at < $1 LIMIT $2)"
    ))
    .bind(before)
    .bind(limit)
    .execute()
    .await
}
