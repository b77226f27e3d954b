//! Changing users.

use super::read::own_key;
use super::{properties, wire};
use crate::Server;
use crate::extensions::{self, TargetObject};
use crate::graph::body::UnreadBody;
use crate::graph::query::Selection;
use crate::graph::{Caller, Error, Preference, etag, resource};
use crate::platform::ids::UserId;
use crate::users::operations::{self, Amendment, Key};
use crate::users::{Sight, USER};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;
use std::sync::Arc;

/// `PATCH /users/{id | userPrincipalName}`
pub async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
    preference: Preference,
    sent: UnreadBody,
) -> Result<Response, Error> {
    // Who may change nobody learns nothing about what was sent.
    if !operations::may_change_anybody(&caller) {
        return Err(Error::denied());
    }
    let mut body = sent.object()?;
    let id: Option<UserId> = body.take_not_null("id")?;
    let password = properties::password(&mut body)?;
    let changes = properties::read(&mut body)?;
    let extensions = extensions::take(&server, caller.tenant, TargetObject::User, &mut body).await?;
    body.finish()?;
    let amendment = Amendment { changes: &changes, extensions: &extensions };
    if let Some(id) = id {
        operations::check_id(&server, &caller, &key, (amendment, password.is_some()), id).await?;
    }
    let expected = etag::if_match(&headers)?;
    let user = operations::change_with_password(&server, &caller, &key, amendment, password, expected).await?;
    if !preference.wants_representation() {
        return Ok(preference.applied(resource::no_content()));
    }
    let sight = if operations::is_own(&caller, user.id) {
        Sight::of_self(&caller)?
    } else {
        Sight::of_other(&caller, &key.to_string())?
    };
    let selection = Selection::default_of(&USER);
    let body = wire::user(&user, &[], &selection, sight);
    Ok(preference.applied(resource::entity(&server, StatusCode::OK, "users/$entity", body)))
}

/// `PATCH /me`
pub async fn change_me(
    State(server): State<Arc<Server>>,
    caller: Caller,
    headers: HeaderMap,
    preference: Preference,
    sent: UnreadBody,
) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    change(State(server), caller, key, headers, preference, sent).await
}

/// `DELETE /users/{id | userPrincipalName}`
pub async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::delete(&server, &caller, &key, etag::if_match(&headers)?).await?;
    Ok(resource::no_content())
}

/// `POST /users/{id | userPrincipalName}/revokeSignInSessions`
pub async fn revoke_sessions(State(server): State<Arc<Server>>, caller: Caller, key: Key) -> Result<Response, Error> {
    operations::revoke_sessions(&server, &caller, &key).await?;
    let context = resource::context_url(&server, "Edm.Boolean");
    Ok(resource::json(StatusCode::OK, &json!({ "@odata.context": context, "value": true })))
}

/// `POST /me/revokeSignInSessions`
pub async fn revoke_own_sessions(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let key = own_key(&caller)?;
    revoke_sessions(State(server), caller, key).await
}
