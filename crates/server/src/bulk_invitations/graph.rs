//! `/vestibule/v1/bulkInvitations`, in the envelope of the directory API. Beyond Graph, which has no such call.

use super::bulk_invitation::{BulkInvitation, BulkRow, RowResult};
use super::operations::{self, Defaults, Upload};
use crate::Server;
use crate::graph::page::{Page, read_skip_token, skip_token};
use crate::graph::resource::{self, object};
use crate::graph::{Caller, Error, Segment};
use crate::invitations::operations::require_inviter;
use crate::outbox::Waits;
use crate::platform::clock::rfc3339;
use crate::platform::ids::BulkInvitationId;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) const PATH: &str = "/vestibule/v1/bulkInvitations";
/// Runs or rows on a page unless `$top` says otherwise, and the most it may say.
const PAGE: usize = 100;
const LONGEST_PAGE: usize = 999;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route(PATH, get(list).post(send))
        .route("/vestibule/v1/bulkInvitations/{id}", get(show))
        .route("/vestibule/v1/bulkInvitations/{id}/rows", get(rows))
        .route("/vestibule/v1/bulkInvitations/{id}/failures", get(failures))
        .route("/vestibule/v1/bulkInvitations/{id}/start", post(start))
        .route("/vestibule/v1/bulkInvitations/{id}/stop", post(stop))
}

/// What holds for rows that say nothing else; the body is the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SendOptions {
    name: Option<String>,
    invite_redirect_url: Option<String>,
    #[serde(default)]
    send_invitation_message: bool,
    customized_message_body: Option<String>,
    message_language: Option<String>,
}

async fn send(
    Shared(server): Shared<Arc<Server>>,
    caller: Caller,
    options: Result<Query<SendOptions>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    require_inviter(&server, &caller).await?;
    let Query(sent) = options.map_err(|rejection| Error::misread_query(&rejection))?;
    if !is_text(&headers) {
        let message = "The Content-Type of the body must be text/csv or text/plain.";
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Request_BadRequest", message));
    }
    let defaults = Defaults {
        name: sent.name,
        redirect_url: sent.invite_redirect_url,
        send_mail: sent.send_invitation_message,
        message: sent.customized_message_body,
        language: sent.message_language,
    };
    let upload = Upload::begin(&server, &caller, defaults).await?;
    let bulk = upload.receive(&server, &caller, body.into_data_stream()).await?;
    let whole = answer(&server, &bulk, StatusCode::CREATED).await?;
    Ok(resource::located(&server, &format!("/vestibule/v1/bulkInvitations/{}", bulk.id), whole))
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["text/csv", "text/plain"].iter().any(|text| kind.eq_ignore_ascii_case(text))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    result: Option<String>,
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skiptoken")]
    skip_token: Option<String>,
}

impl Options {
    fn read(options: Result<Query<Self>, QueryRejection>) -> Result<Self, Error> {
        let Query(options) = options.map_err(|rejection| Error::misread_query(&rejection))?;
        if !(1..=LONGEST_PAGE).contains(&options.page()) {
            return Err(Error::unsupported_query("$top must be between 1 and 999.").with_target("$top"));
        }
        Ok(options)
    }

    fn page(&self) -> usize {
        self.top.unwrap_or(PAGE)
    }

    fn limit(&self) -> i64 {
        i64::try_from(self.page() + 1).unwrap_or(i64::MAX)
    }

    /// Path and options without the place, which a skip token is bound to.
    fn query(&self, path: &str) -> String {
        let result = self.result.as_ref().map(|result| format!("&result={result}")).unwrap_or_default();
        format!("{path}?$top={}{result}", self.page())
    }
}

async fn list(
    Shared(server): Shared<Arc<Server>>,
    caller: Caller,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<Response, Error> {
    let options = Options::read(options)?;
    let query = options.query(PATH);
    let after: Option<BulkInvitationId> = match &options.skip_token {
        None => None,
        Some(token) => Some(read_skip_token(&server, caller.tenant, &query, token)?),
    };
    let mut found = operations::list(&server, &caller, after, options.limit()).await?;
    let more = found.len() > options.page();
    found.truncate(options.page());
    let last = found.last().filter(|_| more);
    let next = last.map(|last| format!("{query}&$skiptoken={}", skip_token(&server, caller.tenant, &query, &last.id)));
    let items = found.iter().map(wire).collect();
    Ok(Page { context: "bulkInvitations".to_owned(), items, count: None, next }.respond(&server))
}

async fn show(Shared(server): Shared<Arc<Server>>, caller: Caller, Segment(id): Segment) -> Result<Response, Error> {
    let bulk = operations::get(&server, &caller, &id).await?;
    answer(&server, &bulk, StatusCode::OK).await
}

async fn rows(
    Shared(server): Shared<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<Response, Error> {
    let bulk = operations::get(&server, &caller, &id).await?;
    let options = Options::read(options)?;
    let result = match options.result.as_deref() {
        None => None,
        Some(text) => Some(RowResult::parse(text).ok_or_else(|| Error::invalid_property("result", "no such result"))?),
    };
    let query = options.query(&format!("{PATH}/{}/rows", bulk.id));
    let after: i64 = match &options.skip_token {
        None => 0,
        Some(token) => read_skip_token(&server, caller.tenant, &query, token)?,
    };
    let mut found = operations::rows(&server, &bulk, result, after, options.limit()).await?;
    let more = found.len() > options.page();
    found.truncate(options.page());
    let last = found.last().filter(|_| more);
    let next =
        last.map(|last| format!("{query}&$skiptoken={}", skip_token(&server, caller.tenant, &query, &last.position)));
    let waits = operations::waits_of_rows(&server, &bulk, &found).await?;
    let items = found.iter().map(|row| wire_row(row, waits.get(&row.invitation_id))).collect();
    Ok(Page { context: "bulkInvitations/rows".to_owned(), items, count: None, next }.respond(&server))
}

async fn failures(
    Shared(server): Shared<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Response, Error> {
    let bulk = operations::get(&server, &caller, &id).await?;
    Ok(super::failures::file(&server, bulk))
}

async fn start(Shared(server): Shared<Arc<Server>>, caller: Caller, Segment(id): Segment) -> Result<Response, Error> {
    let bulk = operations::start(&server, &caller, &id).await?;
    answer(&server, &bulk, StatusCode::OK).await
}

async fn stop(Shared(server): Shared<Arc<Server>>, caller: Caller, Segment(id): Segment) -> Result<Response, Error> {
    let bulk = operations::stop(&server, &caller, &id).await?;
    answer(&server, &bulk, StatusCode::OK).await
}

async fn answer(server: &Server, bulk: &BulkInvitation, status: StatusCode) -> Result<Response, Error> {
    let mut body = wire(bulk);
    let counts = bulk.counts.each().map(|(result, count)| (result.as_str().to_owned(), Value::from(count))).collect();
    body.insert("results".to_owned(), Value::Object(counts));
    let waits = operations::waits_of_last(server, bulk).await?;
    body.insert("mailWaitsFor".to_owned(), json!(waits.map(|waits| waits.reason)));
    body.insert("mailWaitsUntilDateTime".to_owned(), json!(waits.map(|waits| rfc3339(waits.until))));
    Ok(resource::entity(server, status, "bulkInvitations/$entity", body))
}

fn wire(bulk: &BulkInvitation) -> Map<String, Value> {
    object(json!({
        "id": bulk.id,
        "name": bulk.name,
        "state": bulk.state,
        "problem": bulk.problem,
        "inviteRedirectUrl": bulk.redirect_url,
        "sendInvitationMessage": bulk.send_mail,
        "customizedMessageBody": bulk.message,
        "messageLanguage": bulk.language,
        "invitedBy": { "kind": bulk.inviter_kind, "id": bulk.inviter_id, "displayName": bulk.inviter_name },
        "rowCount": bulk.row_count,
        "createdDateTime": rfc3339(bulk.created_at),
        "startedDateTime": bulk.started_at.map(rfc3339),
        "completedDateTime": bulk.finished_at.map(rfc3339),
    }))
}

fn wire_row(row: &BulkRow, waits: Option<&Waits>) -> Map<String, Value> {
    let invitation = (row.result == RowResult::Invited).then_some(row.invitation_id);
    object(json!({
        "line": row.line,
        "invitedUserEmailAddress": row.address,
        "invitedUserDisplayName": row.display_name,
        "groups": row.group_names,
        "appRoles": row.app_role_names,
        "result": row.result,
        "problem": row.problem,
        "invitationId": invitation,
        "mailWaitsFor": waits.map(|waits| waits.reason),
        "mailWaitsUntilDateTime": waits.map(|waits| rfc3339(waits.until)),
    }))
}
