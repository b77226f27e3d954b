//! Questions about memberships that are answered with ids (Graph: getMemberGroups, checkMemberGroups and the like).

use crate::Server;
use crate::directory_objects::operations::{self, Subject};
use crate::graph::body::{Object, UnreadBody};
use crate::graph::{Caller, Error, resource};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Ids one question may name (Graph: checkMemberGroups).
const AT_ONCE: usize = 20;

/// `POST ../getMemberGroups`
pub async fn member_groups(
    State(server): State<Arc<Server>>,
    caller: Caller,
    subject: Subject,
    body: UnreadBody,
) -> Result<Response, Error> {
    member(&server, &caller, &subject, &body, false).await
}

/// `POST ../getMemberObjects`
pub async fn member_objects(
    State(server): State<Arc<Server>>,
    caller: Caller,
    subject: Subject,
    body: UnreadBody,
) -> Result<Response, Error> {
    member(&server, &caller, &subject, &body, true).await
}

/// `POST ../checkMemberGroups`
pub async fn check_groups(
    State(server): State<Arc<Server>>,
    caller: Caller,
    subject: Subject,
    body: UnreadBody,
) -> Result<Response, Error> {
    check(&server, &caller, &subject, (&body, "groupIds"), false).await
}

/// `POST ../checkMemberObjects`
pub async fn check_objects(
    State(server): State<Arc<Server>>,
    caller: Caller,
    subject: Subject,
    body: UnreadBody,
) -> Result<Response, Error> {
    check(&server, &caller, &subject, (&body, "ids"), true).await
}

/// Every group is one of security, so that `securityEnabledOnly` leaves out roles and nothing else.
async fn member(
    server: &Server,
    caller: &Caller,
    subject: &Subject,
    body: &UnreadBody,
    with_roles: bool,
) -> Result<Response, Error> {
    let who = subject.find(server, caller, true).await?;
    let mut body = body.object()?;
    let security_only: bool = body.take_not_null("securityEnabledOnly")?.unwrap_or(false);
    body.finish()?;
    let ids = operations::memberships(server, caller, who, with_roles && !security_only).await?;
    Ok(respond(server, &ids))
}

async fn check(
    server: &Server,
    caller: &Caller,
    subject: &Subject,
    (body, name): (&UnreadBody, &'static str),
    with_roles: bool,
) -> Result<Response, Error> {
    let who = subject.find(server, caller, true).await?;
    let ids = read_ids(body.object()?, name, AT_ONCE)?;
    Ok(respond(server, &operations::check_within(server, caller, who, &ids, with_roles).await?))
}

/// The ids of a body that holds nothing else.
fn read_ids(mut body: Object, name: &'static str, limit: usize) -> Result<Vec<Uuid>, Error> {
    let ids = take_ids(&mut body, name, limit)?;
    body.finish()?;
    Ok(ids)
}

/// Takes a list of ids that is required.
pub fn take_ids(body: &mut Object, name: &'static str, limit: usize) -> Result<Vec<Uuid>, Error> {
    let ids: Vec<Uuid> = body.take(name)?.ok_or_else(|| Error::invalid_property(name, "it is required"))?;
    if ids.len() > limit {
        return Err(Error::invalid_property(name, format!("it takes at most {limit} ids")));
    }
    Ok(ids)
}

fn respond(server: &Server, ids: &[Uuid]) -> Response {
    let value: Vec<Value> = ids.iter().map(|id| json!(id)).collect();
    let context = resource::context_url(server, "Collection(Edm.String)");
    resource::json(StatusCode::OK, &json!({ "@odata.context": context, "value": value }))
}
