//! The token endpoint (RFC 6749 section 3.2): a code, a refresh token or an app's own secret becomes tokens.

mod answer;
mod client_credentials;
mod code;
mod refresh;
mod reuse;

use super::client::Client;
use super::cors::{self, Scope};
use super::error::{EndpointError, unread};
use super::proof::Proof;
use super::{store, tenant_path};
use crate::Server;
use crate::audit::group::record_soon;
use crate::audit::sign_in::SignIn;
use crate::platform::ids::{TenantId, UserId};
use crate::users;
use crate::web::Routes;
use crate::web::form::holds_nul;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use oauth::error::aadsts;
use oauth::token_request::{Grant, TokenRequest};
use oauth::token_response::TokenResponse;
use std::sync::Arc;

/// The endpoint.
pub fn routes() -> Routes {
    Routes::new().route("/{tenant}/oauth2/v2.0/token", post(exchange).options(preflight))
}

/// A request with everything known about it.
struct Exchange<'a> {
    server: &'a Arc<Server>,
    tenant: TenantId,
    client: Arc<Client>,
    /// How the client proved who it is.
    proof: Proof,
    /// The origin of the script that sent the request, if one did.
    origin: Option<&'a str>,
    request: TokenRequest,
}

async fn exchange(
    State(server): State<Arc<Server>>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let basic = headers.contains_key(header::AUTHORIZATION);
    let outcome = match body {
        Ok(body) if holds_nul(&body) => Err(StatusCode::BAD_REQUEST),
        Ok(body) => Ok(answer(&server, &segment, &headers, &body).await),
        Err(rejection) => Err(rejection.status()),
    };
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(status) => {
            let refusal = unread(&server, status);
            return cors::allow(&server, Scope::of(&segment), &headers, refusal).await;
        }
    };
    let response = match outcome {
        Ok(tokens) => (
            [
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::PRAGMA, HeaderValue::from_static("no-cache")),
            ],
            Json(tokens),
        )
            .into_response(),
        Err(error) => error.into_json(&server, basic),
    };
    cors::allow(&server, Scope::of(&segment), &headers, response).await
}

async fn preflight(State(server): State<Arc<Server>>, Path(segment): Path<String>, headers: HeaderMap) -> Response {
    cors::preflight(&server, Scope::of(&segment), &headers).await
}

async fn answer(
    server: &Arc<Server>,
    segment: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<TokenResponse, EndpointError> {
    let request = read(headers, body)?;
    let mut tx = server.read().await?;
    let tenant = tenant_path::resolve(&mut tx, server, segment).await?.id;
    let client = Client::find(&mut tx, server, tenant, request.client.client_id()).await?;
    let logged = match request.grant {
        Grant::ClientCredentials => client.logged_as_program(),
        _ => client.logged(),
    };
    let outcome = async {
        client.check_enabled()?;
        let proof = client.authenticate(tx, server, &request.client).await?;
        let origin = text(headers, header::ORIGIN.as_str())?;
        grant(Exchange { server, tenant, client, proof, origin, request }).await
    };
    match outcome.await {
        Ok(tokens) => Ok(tokens),
        Err(away) => Err(away.told(server, tenant, logged).await),
    }
}

async fn grant(exchange: Exchange<'_>) -> Result<TokenResponse, TurnedAway> {
    match exchange.request.grant.clone() {
        Grant::ClientCredentials => Ok(client_credentials::answer(exchange).await?),
        Grant::AuthorizationCode { code, redirect_uri, code_verifier } => {
            code::answer(exchange, &code, &redirect_uri, code_verifier.as_ref()).await
        }
        Grant::RefreshToken { refresh_token } => refresh::answer(exchange, &refresh_token).await,
    }
}

/// Why there are no tokens, and whose grant the request was about, as far as that was found out.
struct TurnedAway {
    error: EndpointError,
    whose: Option<UserId>,
}

impl<E: Into<EndpointError>> From<E> for TurnedAway {
    fn from(error: E) -> Self {
        Self { error: error.into(), whose: None }
    }
}

impl TurnedAway {
    /// A request about something of this grant.
    fn with(grant: &store::grants::Grant) -> impl Fn(EndpointError) -> Self {
        let whose = Some(grant.user_id);
        move |error| Self { error, whose }
    }

    /// Writes a refusal into the sign-in log, and is the error to answer with. The names of the user are read here alone,
    /// so that nobody who gets tokens pays for them; of a deleted user the id is all there is.
    async fn told(self, server: &Arc<Server>, tenant: TenantId, logged: SignIn) -> EndpointError {
        let Self { error, whose } = self;
        let EndpointError::Refused(refusal) = &error else { return error };
        let row = refused(SignIn { user: whose, ..logged }, refusal);
        let named = async {
            let Some(id) = whose else { return Ok(row) };
            let user = users::store::find(&mut server.read().await?, tenant, id).await?;
            Ok(match user {
                Some(user) => user.logged(row),
                None => row,
            })
        };
        match named.await {
            Ok(row) => record_soon(server, tenant, row),
            Err(failure) => return EndpointError::Storage(failure),
        }
        error
    }
}

/// The row of the sign-in log for a refusal.
pub fn refused(logged: SignIn, refusal: &oauth::Error) -> SignIn {
    SignIn {
        error_code: refusal.aadsts().number.into(),
        failure_reason: Some(refusal.aadsts().sentence.to_owned()),
        ..logged
    }
}

fn read(headers: &HeaderMap, body: &Bytes) -> Result<TokenRequest, EndpointError> {
    let (pairs, authorization) = form(headers, body)?;
    Ok(TokenRequest::parse(pairs, authorization)?)
}

/// RFC 6749 section 4.1.3: a form, in UTF-8; its pairs, and the `Authorization` header.
pub fn form<'r>(
    headers: &'r HeaderMap,
    body: &'r Bytes,
) -> Result<(url::form_urlencoded::Parse<'r>, Option<&'r str>), EndpointError> {
    let kind = text(headers, header::CONTENT_TYPE.as_str())?.unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        let problem = "the Content-Type must be application/x-www-form-urlencoded";
        return Err(aadsts::MALFORMED.error().naming(problem).into());
    }
    let authorization = text(headers, header::AUTHORIZATION.as_str())?;
    Ok((url::form_urlencoded::parse(body), authorization))
}

/// A header as text; one that is no text or stands twice is refused, because nobody could tell which one counts.
pub fn text<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, EndpointError> {
    let malformed = || aadsts::MALFORMED.error().naming(format!("the header {name}"));
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(|value| value.to_str().map_err(|_| malformed())).transpose()?;
    if values.next().is_some() {
        return Err(malformed().into());
    }
    Ok(first)
}
