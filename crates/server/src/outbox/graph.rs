//! `/vestibule/v1/mails`: the outbox in the envelope of the directory API.

use super::operations::{self, Filter, Place};
use super::{Mail, State, Waits};
use crate::Server;
use crate::graph::page::{Page, read_skip_token, skip_token};
use crate::graph::{Caller, Error, Segment, resource};
use crate::platform::clock::rfc3339;
use crate::platform::ids::MailId;
use axum::Router;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const PATH: &str = "/vestibule/v1/mails";
const PAGE: usize = 100;

/// The routes of the outbox.
pub fn routes() -> Router<Arc<Server>> {
    Router::new().route(PATH, get(list)).route("/vestibule/v1/mails/{id}/retry", post(retry))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    state: Option<String>,
    #[serde(rename = "$skiptoken")]
    skip_token: Option<String>,
}

async fn list(
    Shared(server): Shared<Arc<Server>>,
    caller: Caller,
    options: Result<Query<Options>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Error> {
    let Query(options) = options.map_err(|rejection| Error::misread_query(&rejection))?;
    let state = match options.state.as_deref() {
        None => None,
        Some(text) => Some(State::parse(text).ok_or_else(|| Error::invalid_property("state", "no such state"))?),
    };
    let query = state.map_or_else(|| PATH.to_owned(), |state| format!("{PATH}?state={state}"));
    let after: Option<Place> = match &options.skip_token {
        None => None,
        Some(token) => Some(read_skip_token(&server, caller.tenant, &query, token)?),
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut mails = operations::list(&server, &caller, Filter { state }, after, limit).await?;
    let more = mails.len() > PAGE;
    mails.truncate(PAGE);
    let next = mails.last().filter(|_| more).map(|last| {
        let joint = if query.contains('?') { '&' } else { '?' };
        format!("{query}{joint}$skiptoken={}", skip_token(&server, caller.tenant, &query, &Place::from(last)))
    });
    let waits = operations::waits_of(&server, caller.tenant, &mails).await?;
    let items = mails.iter().map(|mail| wire(mail, waits.get(&mail.id))).collect();
    Ok(Page { context: "mails".to_owned(), items, count: None, next }.respond(&server))
}

async fn retry(Shared(server): Shared<Arc<Server>>, caller: Caller, Segment(id): Segment) -> Result<Response, Error> {
    let id: MailId = id.parse().map_err(|_| Error::not_found(&id))?;
    let mail = operations::retry(&server, &caller, id).await?;
    let waits = operations::waits_of(&server, caller.tenant, std::slice::from_ref(&mail)).await?;
    Ok(resource::entity(&server, StatusCode::OK, "mails/$entity", wire(&mail, waits.get(&mail.id))))
}

fn wire(mail: &Mail, waits: Option<&Waits>) -> Map<String, Value> {
    let object = json!({
        "id": mail.id,
        "kind": mail.kind,
        "recipient": mail.recipient,
        "invitationId": mail.invitation_id,
        "internetMessageId": mail.message_id,
        "state": mail.state,
        "attempts": mail.attempts,
        "lastError": mail.last_error,
        "waitsFor": waits.map(|waits| waits.reason),
        "waitsUntilDateTime": waits.map(|waits| rfc3339(waits.until)),
        "createdDateTime": rfc3339(mail.created_at),
        "handedOverDateTime": mail.handed_over_at.map(rfc3339),
    });
    match object {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
