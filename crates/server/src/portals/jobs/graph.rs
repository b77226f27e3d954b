//! `/vestibule/v1/jobs`: the work still to be done, in the envelope of the directory API.

use super::operations::{self, Filter, Listed};
use crate::Server;
use crate::graph::page::{Page, read_skip_token, skip_token};
use crate::graph::{Caller, Error, Segment, resource};
use crate::jobs::{Kind, State};
use crate::platform::clock::rfc3339;
use crate::platform::ids::JobId;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) const PATH: &str = "/vestibule/v1/jobs";
const PAGE: usize = 100;

/// The routes of the API.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route(PATH, get(list))
        .route("/vestibule/v1/jobs/retryFailed", post(retry_failed))
        .route("/vestibule/v1/jobs/{id}/retry", post(retry))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    state: Option<String>,
    kind: Option<String>,
    #[serde(rename = "$skiptoken")]
    skip_token: Option<String>,
}

async fn list(
    Shared(server): Shared<Arc<Server>>,
    caller: Caller,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<Response, Error> {
    let Query(options) = options.map_err(|rejection| Error::misread_query(&rejection))?;
    let unknown = |name: &'static str| Error::invalid_property(name, format!("no such {name}"));
    let filter = Filter {
        state: options.state.as_deref().map(|text| State::parse(text).ok_or_else(|| unknown("state"))).transpose()?,
        kind: options.kind.as_deref().map(|text| Kind::parse(text).ok_or_else(|| unknown("kind"))).transpose()?,
    };
    let query = address(filter);
    let after: Option<JobId> = match &options.skip_token {
        None => None,
        Some(token) => Some(read_skip_token(&server, caller.tenant, &query, token)?),
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut jobs = operations::list(&server, &caller, filter, after, limit).await?;
    let more = jobs.len() > PAGE;
    jobs.truncate(PAGE);
    let next = jobs.last().filter(|_| more).map(|last| {
        let joint = if query.contains('?') { '&' } else { '?' };
        format!("{query}{joint}$skiptoken={}", skip_token(&server, caller.tenant, &query, &last.id))
    });
    let items = jobs.iter().map(wire).collect();
    Ok(Page { context: "jobs".to_owned(), items, count: None, next }.respond(&server))
}

/// Path and options of the list without its place, which a skip token is bound to.
pub(super) fn address(filter: Filter) -> String {
    let state = filter.state.map(|state| format!("state={state}"));
    let kind = filter.kind.map(|kind| format!("kind={kind}"));
    let options: Vec<String> = [state, kind].into_iter().flatten().collect();
    if options.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", options.join("&")) }
}

async fn retry(Shared(server): Shared<Arc<Server>>, caller: Caller, Segment(id): Segment) -> Result<Response, Error> {
    let id: JobId = id.parse().map_err(|_| Error::not_found(&id))?;
    operations::retry(&server, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn retry_failed(Shared(server): Shared<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let retried = operations::retry_failed(&server, &caller).await?;
    let mut body = Map::new();
    body.insert("retried".to_owned(), json!(retried));
    Ok(resource::entity(&server, StatusCode::OK, "jobs/retryFailed", body))
}

fn wire(job: &Listed) -> Map<String, Value> {
    // The recipient of a mail to nobody is empty.
    let name = job.recipient.as_ref().or(job.name.as_ref()).filter(|name| !name.is_empty());
    let object = json!({
        "id": job.id,
        "kind": job.kind,
        "subject": { "id": job.subject, "displayName": name },
        "state": job.state,
        "attempts": job.attempts,
        "lastError": job.last_error,
        "nextAttemptDateTime": (job.state == State::Waiting).then(|| rfc3339(job.run_at)),
        "createdDateTime": rfc3339(job.created_at),
    });
    match object {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
