//! What an app may read about the person who signed in (OIDC Core section 5.3).

use super::bearer::{self, Bearer, Holder};
use super::cors::{self, Scope};
use super::person;
use crate::Server;
use crate::graph::Error;
use crate::platform::ids::ClientId;
use crate::users::User;
use crate::web::Routes;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use oauth::claims::AccessTokenClaims;
use serde_json::{Value, json};
use std::sync::Arc;

/// The endpoint; the token names the tenant.
pub fn routes() -> Routes {
    Routes::new().route("/oidc/userinfo", get(show).post(show).options(preflight))
}

async fn show(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    let response = match read(&server, &headers).await {
        Ok(claims) => ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(claims)).into_response(),
        Err(error) => error.into_response(),
    };
    cors::allow(&server, Scope::Everybody, &headers, response).await
}

async fn preflight(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    cors::preflight(&server, Scope::Everybody, &headers).await
}

async fn read(server: &Arc<Server>, headers: &HeaderMap) -> Result<Value, Error> {
    let Bearer { claims, holder, .. } = bearer::authenticate(server, headers).await?;
    let Holder { user, outside } = holder.filter(|_| claims.has_scope("openid")).ok_or_else(Error::denied)?;
    let client: ClientId = claims.azp.parse().map_err(|_| Error::denied())?;
    let email = person::email(&user, outside.as_ref());
    Ok(write(&claims, &user, email, &person::subject(server, user.tenant_id, client, &user)))
}

/// `sub` is the one of the ID token (OIDC Core section 5.3.2), not that of the access token.
fn write(claims: &AccessTokenClaims, user: &User, email: Option<&str>, subject: &str) -> Value {
    let mut answer = json!({ "sub": subject });
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            answer[name] = value.into();
        }
    };
    if claims.has_scope("profile") {
        put("name", Some(&user.display_name));
        put("given_name", user.given_name.as_deref());
        put("family_name", user.surname.as_deref());
    }
    if claims.has_scope("email") {
        put("email", email);
    }
    answer
}
