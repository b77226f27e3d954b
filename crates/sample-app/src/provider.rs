//! The application's dealings with its OpenID Provider: discovery, authorization code, ID token.

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreJsonWebKeySet, CoreRequestTokenError,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    ConfigurationError, CsrfToken, DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, Scope, SignatureVerificationError, SigningError, StandardErrorResponse,
    TokenResponse,
};
use url::Url;

use crate::claims::Claims;
use crate::fetch::{Fetch, FetchError};
use crate::session::random_name;

/// What discovery sets: the authorization endpoint for certain, token and userinfo perhaps.
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What the provider and the application have agreed upon.
pub(crate) struct Registration {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) redirect_uri: String,
    pub(crate) post_logout_redirect_uri: String,
    pub(crate) fetch: Fetch,
}

/// The provider as this application sees it. Its metadata are fetched when first needed, and kept.
pub(crate) struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect_uri: RedirectUrl,
    post_logout_redirect_uri: PostLogoutRedirectUrl,
    fetch: Fetch,
    metadata: RwLock<Option<Arc<ProviderMetadataWithLogout>>>,
}

/// A sign-in that has been sent to the provider and waits for its answer.
pub(crate) struct PendingSignIn {
    /// The browser that asked; nobody else may bring the answer.
    pub(crate) browser: String,
    verifier: PkceCodeVerifier,
    nonce: Nonce,
}

/// Somebody whose ID token has been verified.
pub(crate) struct Person {
    pub(crate) claims: Claims,
    id_token: CoreIdToken,
}

/// Why the provider's part of a sign-in failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    #[error("The provider's metadata or keys could not be read")]
    Discovery(#[source] DiscoveryError<FetchError>),
    #[error("The token endpoint refused the code")]
    Refused { error: String, description: Option<String> },
    #[error("The token endpoint gave no usable answer")]
    Token(#[source] CoreRequestTokenError<FetchError>),
    #[error("The provider names no token endpoint")]
    NoTokenEndpoint(#[from] ConfigurationError),
    #[error("The token endpoint gave no ID token")]
    NoIdToken,
    #[error("The ID token is not valid")]
    IdToken(#[from] ClaimsVerificationError),
    #[error("The key of the ID token cannot be used")]
    Key(#[from] SignatureVerificationError),
    #[error("The hash of the access token cannot be computed")]
    Hash(#[from] SigningError),
    #[error("The access token is not the one the ID token was issued with")]
    AccessTokenHash,
    #[error("The ID token was issued to another client")]
    AuthorizedParty,
    #[error("The ID token holds no JSON object")]
    Payload,
}

impl Provider {
    pub(crate) fn new(registration: Registration) -> Result<Self, url::ParseError> {
        Ok(Self {
            issuer: IssuerUrl::new(registration.issuer)?,
            client_id: ClientId::new(registration.client_id),
            client_secret: ClientSecret::new(registration.client_secret),
            redirect_uri: RedirectUrl::new(registration.redirect_uri)?,
            post_logout_redirect_uri: PostLogoutRedirectUrl::new(registration.post_logout_redirect_uri)?,
            fetch: registration.fetch,
            metadata: RwLock::new(None),
        })
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Begins a sign-in for `browser`: where to send it, the state by which the answer will be
    /// known, and what to keep until then.
    pub(crate) async fn begin(&self, browser: String) -> Result<(Url, String, PendingSignIn), ProviderError> {
        let client = self.client(&*self.metadata().await?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(random_name()),
                || Nonce::new(random_name()),
            )
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok((url, state.into_secret(), PendingSignIn { browser, verifier, nonce }))
    }

    /// Redeems the code and verifies the ID token that comes for it.
    pub(crate) async fn finish(&self, code: String, pending: PendingSignIn) -> Result<Person, ProviderError> {
        let metadata = self.metadata().await?;
        let client = self.client(&metadata);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))?
            .set_pkce_verifier(pending.verifier)
            .request_async(&self.fetch)
            .await
            .map_err(token_error)?;
        let id_token = tokens.id_token().ok_or(ProviderError::NoIdToken)?;
        let verified = verify(&client, id_token, tokens.access_token(), &pending.nonce);
        if verified.as_ref().is_err_and(is_unknown_key) {
            // The provider may have a new key since we looked; once is enough to find out.
            let client = self.client(&*self.fetch_keys(&metadata).await?);
            verify(&client, id_token, tokens.access_token(), &pending.nonce)?;
        } else {
            verified?;
        }
        Ok(Person { claims: payload(id_token)?, id_token: id_token.clone() })
    }

    /// Where to send the browser so that the session at the provider ends too (OpenID Connect
    /// RP-Initiated Logout 1.0 section 2); `None` if the provider offers no such place.
    pub(crate) async fn end_session_url(&self, person: &Person) -> Result<Option<Url>, ProviderError> {
        let metadata = self.metadata().await?;
        let endpoint = metadata.additional_metadata().end_session_endpoint.clone();
        Ok(endpoint.map(|endpoint| {
            LogoutRequest::from(endpoint)
                .set_id_token_hint(&person.id_token)
                .set_post_logout_redirect_uri(self.post_logout_redirect_uri.clone())
                .http_get_url()
        }))
    }

    async fn metadata(&self) -> Result<Arc<ProviderMetadataWithLogout>, ProviderError> {
        let known = self.metadata.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(metadata) = known {
            return Ok(metadata);
        }
        let metadata = ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &self.fetch)
            .await
            .map_err(ProviderError::Discovery)?;
        Ok(self.remember(metadata))
    }

    async fn fetch_keys(
        &self,
        metadata: &ProviderMetadataWithLogout,
    ) -> Result<Arc<ProviderMetadataWithLogout>, ProviderError> {
        let keys =
            CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), &self.fetch).await.map_err(ProviderError::Discovery)?;
        Ok(self.remember(metadata.clone().set_jwks(keys)))
    }

    fn remember(&self, metadata: ProviderMetadataWithLogout) -> Arc<ProviderMetadataWithLogout> {
        let metadata = Arc::new(metadata);
        *self.metadata.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&metadata));
        metadata
    }

    fn client(&self, metadata: &ProviderMetadataWithLogout) -> Client {
        CoreClient::from_provider_metadata(metadata.clone(), self.client_id.clone(), Some(self.client_secret.clone()))
            .set_auth_type(auth_type(metadata))
            .set_redirect_uri(self.redirect_uri.clone())
    }
}

/// Basic is what every provider must take (RFC 6749 section 2.3.1), unless it lists its methods and
/// leaves it out.
fn auth_type(metadata: &ProviderMetadataWithLogout) -> AuthType {
    let listed = metadata.token_endpoint_auth_methods_supported();
    let basic = listed.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    if basic { AuthType::BasicAuth } else { AuthType::RequestBody }
}

/// Checks the ID token as OpenID Connect Core 1.0 section 3.1.3.7 asks, and the access token's hash
/// if the ID token has one (section 3.1.3.8).
fn verify(
    client: &Client,
    id_token: &CoreIdToken,
    access_token: &AccessToken,
    nonce: &Nonce,
) -> Result<(), ProviderError> {
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, nonce)?;
    if claims.authorized_party().is_some_and(|party| party != client.client_id()) {
        return Err(ProviderError::AuthorizedParty);
    }
    if let Some(expected) = claims.access_token_hash() {
        let key = id_token.signing_key(&verifier)?;
        let actual = AccessTokenHash::from_token(access_token, id_token.signing_alg()?, key)?;
        if actual != *expected {
            return Err(ProviderError::AccessTokenHash);
        }
    }
    Ok(())
}

fn is_unknown_key(error: &ProviderError) -> bool {
    let ProviderError::IdToken(ClaimsVerificationError::SignatureVerification(cause)) = error else {
        return false;
    };
    *cause == SignatureVerificationError::NoMatchingKey
}

fn token_error(error: CoreRequestTokenError<FetchError>) -> ProviderError {
    match error {
        CoreRequestTokenError::ServerResponse(answer) => refused(&answer),
        other => ProviderError::Token(other),
    }
}

fn refused<T: openidconnect::ErrorResponseType + AsRef<str>>(answer: &StandardErrorResponse<T>) -> ProviderError {
    ProviderError::Refused {
        error: answer.error().as_ref().to_owned(),
        description: answer.error_description().cloned(),
    }
}

/// Every claim of a verified token, as the provider wrote it. The library keeps only those it knows.
fn payload(id_token: &CoreIdToken) -> Result<Claims, ProviderError> {
    let compact = id_token.to_string();
    let encoded = compact.split('.').nth(1).ok_or(ProviderError::Payload)?;
    let json = BASE64_URL_SAFE_NO_PAD.decode(encoded).map_err(|_| ProviderError::Payload)?;
    serde_json::from_slice(&json).map_err(|_| ProviderError::Payload)
}
