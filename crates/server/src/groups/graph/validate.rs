//! Whether a group could be called so, before anything is made (Graph: validateProperties). No policy says how groups are to be
//! called here and names need not be unique, so it is the form of the names that is looked at.

use crate::Server;
use crate::graph::body::{Object, UnreadBody};
use crate::graph::{Caller, Error, resource};
use crate::groups::operations::{self, Key, Sight};
use crate::groups::{GroupError, change, may_read};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use uuid::Uuid;

/// `POST /directoryObjects/validateProperties` and `POST /groups/validateProperties`
pub async fn of_any(caller: Caller, sent: UnreadBody) -> Result<Response, Error> {
    if !may_read(&caller) {
        return Err(Error::denied());
    }
    let mut body = sent.object()?;
    let kind: Option<String> = body.take("entityType")?;
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("Group")) {
        return Err(Error::invalid_property("entityType", "it is Group"));
    }
    validate(body)
}

/// `POST /groups/{id}/validateProperties`
pub async fn of_group(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    sent: UnreadBody,
) -> Result<Response, Error> {
    match operations::see(&mut server.read().await?, &caller, &key).await? {
        (_, Sight::Whole) => validate(sent.object()?),
        (_, Sight::Id) => Err(Error::denied()),
    }
}

/// On whose behalf the group would be made is taken and makes no difference.
fn validate(mut body: Object) -> Result<Response, Error> {
    let name: Option<String> = body.take("displayName")?;
    let nickname: Option<String> = body.take("mailNickname")?;
    body.take::<Uuid>("onBehalfOfUserId")?;
    body.finish()?;
    if name.is_none() && nickname.is_none() {
        return Err(Error::invalid_property("displayName", "it is required, or mailNickname is"));
    }
    name.map_or(Ok(()), |name| change::display_name(&name).map(drop)).map_err(unprocessable)?;
    nickname.map_or(Ok(()), |name| change::mail_nickname(name).map(drop)).map_err(unprocessable)?;
    Ok(resource::no_content())
}

/// 422, as Graph answers about names that are refused.
fn unprocessable(error: GroupError) -> Error {
    match error {
        GroupError::Invalid { property, problem } => {
            let message = format!("Invalid value specified for property '{property}': {problem}");
            Error::new(StatusCode::UNPROCESSABLE_ENTITY, "Request_BadRequest", message).with_target(property)
        }
        other => other.into(),
    }
}
