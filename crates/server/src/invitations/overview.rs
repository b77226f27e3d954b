//! `/vestibule/v1/invitations`: what became of invitations, in the envelope of the directory API. Beyond Graph, which
//! cannot list them. No answer holds a link.

use super::invitation::{Invitee, State};
use super::operations::{self, Filter, Place};
use crate::Server;
use crate::graph::page::{Page, read_skip_token, skip_token};
use crate::graph::{Caller, Error, Segment, resource};
use crate::outbox::Waits;
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::platform::ids::InvitationId;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const PATH: &str = "/vestibule/v1/invitations";
/// Invitations on a page unless `$top` says otherwise, and the most it may say.
const PAGE: usize = 100;
const LONGEST_PAGE: usize = 999;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route(PATH, get(list))
        .route("/vestibule/v1/invitations/resendHeld", post(resend_held))
        .route("/vestibule/v1/invitations/{id}", get(show))
        .route("/vestibule/v1/invitations/{id}/resend", post(resend))
        .route("/vestibule/v1/invitations/{id}/revoke", post(revoke))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    state: Option<String>,
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skiptoken")]
    skip_token: Option<String>,
}

async fn list(
    Shared(server): Shared<Arc<Server>>,
    caller: Caller,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<Response, Error> {
    let Query(options) = options.map_err(|rejection| Error::misread_query(&rejection))?;
    let state = match options.state.as_deref() {
        None => None,
        Some(text) => Some(State::parse(text).ok_or_else(|| Error::invalid_property("state", "no such state"))?),
    };
    let top = options.top.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&top) {
        return Err(Error::unsupported_query("$top must be between 1 and 999.").with_target("$top"));
    }
    let query = query(state, options.top);
    let after: Option<Place> = match &options.skip_token {
        None => None,
        Some(token) => Some(read_skip_token(&server, caller.tenant, &query, token)?),
    };
    let limit = i64::try_from(top + 1).unwrap_or(i64::MAX);
    let filter = Filter { state, ..Filter::default() };
    let mut invitees = operations::list(&server, &caller, filter, after, limit).await?;
    let more = invitees.len() > top;
    invitees.truncate(top);
    let next = invitees.last().filter(|_| more).map(|last| {
        let joint = if query.contains('?') { '&' } else { '?' };
        format!("{query}{joint}$skiptoken={}", skip_token(&server, caller.tenant, &query, &Place::from(last)))
    });
    let now = server.clock.now();
    let queued: Vec<_> = invitees
        .iter()
        .filter(|invitee| invitee.state(now) == State::Queued)
        .map(|found| found.invitation.id)
        .collect();
    let waits = operations::waits_of(&server, caller.tenant, &queued).await?;
    let items = invitees.iter().map(|invitee| wire(invitee, waits.get(&invitee.invitation.id), now)).collect();
    Ok(Page { context: "invitations".to_owned(), items, count: None, next }.respond(&server))
}

/// Path and options of the list without its place, which a skip token is bound to.
fn query(state: Option<State>, top: Option<usize>) -> String {
    let state = state.map(|state| format!("state={state}"));
    let top = top.map(|top| format!("$top={top}"));
    let options: Vec<String> = [state, top].into_iter().flatten().collect();
    if options.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", options.join("&")) }
}

async fn show(Shared(server): Shared<Arc<Server>>, caller: Caller, Segment(id): Segment) -> Result<Response, Error> {
    answer(&server, &caller, parse(&id)?).await
}

async fn resend(Shared(server): Shared<Arc<Server>>, caller: Caller, Segment(id): Segment) -> Result<Response, Error> {
    let id = parse(&id)?;
    operations::resend(&server, &caller, id).await?;
    answer(&server, &caller, id).await
}

async fn resend_held(Shared(server): Shared<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let resent = operations::resend_held(&server, &caller).await?;
    let refused: Vec<Value> = resent
        .refused
        .iter()
        .map(|refused| {
            json!({
                "id": refused.invitation,
                "invitedUserEmailAddress": refused.address,
                "reason": refused.error.to_string(),
            })
        })
        .collect();
    let mut body = Map::new();
    body.insert("resent".to_owned(), json!(resent.sent));
    body.insert("refused".to_owned(), json!(refused));
    body.insert("hasMore".to_owned(), json!(resent.has_more));
    Ok(resource::entity(&server, StatusCode::OK, "invitations/resendHeld", body))
}

async fn revoke(Shared(server): Shared<Arc<Server>>, caller: Caller, Segment(id): Segment) -> Result<Response, Error> {
    let id = parse(&id)?;
    operations::revoke(&server, &caller, id).await?;
    answer(&server, &caller, id).await
}

fn parse(id: &str) -> Result<InvitationId, Error> {
    id.parse().map_err(|_| Error::not_found(id))
}

async fn answer(server: &Server, caller: &Caller, id: InvitationId) -> Result<Response, Error> {
    let invitee = operations::get(server, caller, id).await?;
    let waits = operations::waits(server, &invitee).await?;
    let body = wire(&invitee, waits.as_ref(), server.clock.now());
    Ok(resource::entity(server, StatusCode::OK, "invitations/$entity", body))
}

fn wire(invitee: &Invitee, waits: Option<&Waits>, now: Timestamp) -> Map<String, Value> {
    let invitation = &invitee.invitation;
    let object = json!({
        "id": invitation.id,
        "state": invitee.state(now),
        "invitedUserEmailAddress": invitation.address,
        "invitedUserDisplayName": invitee.guest_name,
        "invitedUser": { "id": invitation.user_id },
        "inviteRedirectUrl": invitation.redirect_url,
        "applicationId": invitation.application_id,
        "invitedBy": { "kind": invitation.inviter_kind, "id": invitation.inviter_id, "displayName": invitation.inviter_name },
        "mailError": invitee.mail_problem(now),
        "mailWaitsFor": waits.map(|waits| waits.reason),
        "mailWaitsUntilDateTime": waits.map(|waits| rfc3339(waits.until)),
        "createdDateTime": rfc3339(invitation.created_at),
        "expirationDateTime": invitation.expires_at.map(rfc3339),
        "openedDateTime": invitation.opened_at.map(rfc3339),
        "acceptedDateTime": invitation.accepted_at.map(rfc3339),
        "revokedDateTime": invitation.revoked_at.map(rfc3339),
        "heldDateTime": invitation.held_at.map(rfc3339),
    });
    match object {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
