//! A token that an app asks about: who the app is, and what the token is.

use super::bearer::{self, Rejection};
use super::client::Client;
use super::error::{EndpointError, unread};
use super::proof::Proof;
use super::store::behind::{self, Standing};
use super::store::refresh_tokens::RefreshToken;
use super::{tenant_path, token_endpoint};
use crate::Server;
use crate::audit::group::record_soon;
use crate::platform::ids::TenantId;
use crate::platform::{Secret, SecretKind};
use crate::web::form::holds_nul;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::claims::AccessTokenClaims;
use oauth::presented_token::PresentedToken;
use std::sync::Arc;

/// A token and the app that presents it.
pub struct Presented {
    /// Where.
    pub tenant: TenantId,
    /// Who asks.
    pub client: Arc<Client>,
    /// How the app proved who it is.
    pub proof: Proof,
    /// The token as it came.
    token: oauth::Secret,
}

/// What a token turned out to be. That it was made here is sure; whether it still opens anything is not.
#[expect(clippy::large_enum_variant, reason = "there is one of it for each request, and it goes nowhere")]
pub enum Token {
    /// An access token of this tenant whose time is not over, for whatever audience.
    Access(Arc<AccessTokenClaims>),
    /// A refresh token of the app and what it hangs on.
    Refresh(RefreshToken, Standing),
}

impl Presented {
    /// Reads the form and authenticates the app as the token endpoint does; a wrong secret is logged as there.
    async fn read(
        server: &Arc<Server>,
        segment: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Self, EndpointError> {
        let (pairs, authorization) = token_endpoint::form(headers, body)?;
        let PresentedToken { client: authentication, token } = PresentedToken::parse(pairs, authorization)?;
        let mut tx = server.read().await?;
        let tenant = tenant_path::resolve(&mut tx, server, segment).await?.id;
        let client = Client::find(&mut tx, server, tenant, authentication.client_id()).await?;
        let outcome = async {
            client.check_enabled()?;
            client.authenticate(tx, server, &authentication).await
        };
        let proof = outcome.await.inspect_err(|error| {
            if let EndpointError::Refused(refusal) = error {
                record_soon(server, tenant, token_endpoint::refused(client.logged(), refusal));
            }
        })?;
        Ok(Self { tenant, client, proof, token })
    }

    /// What the token is; `None` if it is nothing that this tenant gave, or over. Another app's token costs as much as
    /// one that nobody gave.
    pub async fn find(&self, server: &Server) -> Result<Option<Token>, EndpointError> {
        match Secret::parse(SecretKind::RefreshToken, self.token.expose()) {
            Some(secret) => self.find_refresh_token(server, &secret).await,
            None => standing(bearer::verify_for_anybody(server, self.tenant, self.token.expose()).await)
                .map(|claims| claims.map(Token::Access)),
        }
    }

    async fn find_refresh_token(&self, server: &Server, secret: &Secret) -> Result<Option<Token>, EndpointError> {
        let mut tx = server.read().await?;
        let found = behind::find_refresh_token(&mut tx, self.tenant, &secret.hash(), self.client.id()).await?;
        Ok(found.map(|(token, found)| Token::Refresh(token, found)))
    }
}

/// Answers what an app sent about a token: with what `about` says of it, and otherwise with the error of RFC 6749
/// section 5.2. No answer is kept by anybody.
pub async fn answer<T: IntoResponse>(
    (server, segment): (&Arc<Server>, &str),
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    about: impl AsyncFnOnce(Presented) -> Result<T, EndpointError>,
) -> Response {
    let body = match body {
        Ok(body) if holds_nul(&body) => return unread(server, StatusCode::BAD_REQUEST),
        Ok(body) => body,
        Err(rejection) => return unread(server, rejection.status()),
    };
    let said = async { about(Presented::read(server, segment, headers, &body).await?).await };
    match said.await {
        Ok(said) => ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], said).into_response(),
        Err(error) => error.into_json(server, headers.contains_key(header::AUTHORIZATION)),
    }
}

/// What there is behind a token; `None` when there is nothing any more, an error only for a failure of ours.
pub fn standing<T>(found: Result<T, Rejection>) -> Result<Option<T>, EndpointError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Rejection::Storage(error)) => Err(error.into()),
        Err(Rejection::Keys(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}
