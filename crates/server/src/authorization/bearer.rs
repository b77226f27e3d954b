//! From an access token to a caller: what stands in front of the API.
//!
//! A good signature is not enough. Whether the account, the app, the session and the grant still stand is read at every
//! use, so that whatever an administrator ends, ends at once.

mod caller;
mod known;
mod token;

pub use caller::{Holder, of as caller_of, still_standing};
pub use known::KnownTokens;
pub use token::{verify, verify_for_anybody};

use super::cors::{self, Scope};
use crate::Server;
use crate::audit::Reading;
use crate::graph::throttle::{self, Charge};
use crate::graph::{Caller, Error};
use crate::platform::signing_keys::SigningKeyError;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use oauth::claims::AccessTokenClaims;
use std::sync::Arc;

/// Where the API is. Beside our own part of it stands the style page, which is for anybody.
const ROOTS: [&str; 3] = ["/v1.0/", "/beta/", "/vestibule/v1/"];

/// Why a token opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// There is none.
    #[error("Access token is empty.")]
    Missing,
    /// Not a token of ours: no compact JWS, an unknown key or algorithm, a wrong signature, an ID token.
    #[error("CompactToken parsing failed or its signature is not valid.")]
    Malformed,
    /// Its time is over or has not begun.
    #[error("Lifetime validation failed, the token is expired.")]
    Expired,
    /// It is for another API.
    #[error("Access token validation failure. Invalid audience.")]
    Audience,
    /// Issuer and tenant do not belong together.
    #[error("Access token validation failure. Invalid issuer.")]
    Issuer,
    /// The account, app, session or grant no longer stands.
    #[error("The token was revoked or its account is no longer enabled.")]
    Revoked,
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(SigningKeyError),
}

impl From<SigningKeyError> for Rejection {
    fn from(error: SigningKeyError) -> Self {
        match error {
            SigningKeyError::Storage(error) => Self::Storage(error),
            other => Self::Keys(other),
        }
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Missing => Self::unauthenticated(rejection.to_string()),
            Rejection::Storage(error) => error.into(),
            Rejection::Keys(_) => {
                let status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
                Self::new(status, "UnknownError", "The request could not be completed.").caused_by(rejection)
            }
            refused => Self::invalid_token(refused.to_string()).caused_by(refused),
        }
    }
}

/// Puts the caller into requests of the API, and counts what their app asks for. One that is there already was put there by a
/// batch, or by a test.
///
/// Scripts of single-page applications call the API from their own origin, so refusals carry the permission to read them
/// as answers do, and the question that a browser asks before needs no token: it cannot bring one.
pub async fn identify(server: Arc<Server>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = ROOTS.iter().any(|root| path.starts_with(root));
    if !is_api {
        return next.run(request).await;
    }
    let known = request.extensions().get::<Caller>();
    if let Some(charge) = known.map(|caller| throttle::charge(&server, caller, &request)) {
        return answer(&server, charge, request, next).await;
    }
    // What a look at the database may take is kept apart: inside of the whole it would be moved along from layer to layer with every
    // request, those of the pages as well.
    if is_preflight(&request) {
        return Box::pin(cors::preflight(&server, Scope::Everybody, request.headers())).await;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let origin: HeaderMap = origin.into_iter().map(|origin| (header::ORIGIN, origin)).collect();
    let response = match Box::pin(authenticate(&server, request.headers())).await {
        Ok(bearer) => {
            let charge = throttle::charge(&server, &bearer.caller, &request);
            request.extensions_mut().insert(bearer.caller);
            answer(&server, charge, request, next).await
        }
        Err(rejection) => Error::from(rejection).into_response(),
    };
    Box::pin(cors::allow(&server, Scope::Everybody, &origin, response)).await
}

/// Answers a request whose caller is known and whose app was charged for it, and counts what a guest reads.
async fn answer(server: &Arc<Server>, charge: Charge, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let reading = caller.and_then(|caller| Reading::of(caller, request.method(), request.uri(), request.extensions()));
    let response = throttle::pass(charge, request, next).await;
    if let Some(reading) = reading {
        reading.answered(server, response.status());
    }
    response
}

/// A browser's question whether the script of another origin may send what it wants to (Fetch Standard section 3.2.2).
fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Who presented a token, and what it says.
pub struct Bearer {
    /// What the token says.
    pub claims: Arc<AccessTokenClaims>,
    /// The caller behind it.
    pub caller: Caller,
    /// The person, if the caller is one.
    pub holder: Option<Holder>,
}

/// The caller behind the token of a request.
pub async fn authenticate(server: &Arc<Server>, headers: &HeaderMap) -> Result<Bearer, Rejection> {
    let token = presented(headers)?;
    let claims = verify(server, token).await?;
    let found = caller::of(server, &claims).await;
    if let Err(rejection @ Rejection::Revoked) = &found {
        token::log_refused(server, &claims, rejection);
    }
    let (caller, holder) = found?;
    Ok(Bearer { claims, caller, holder })
}

/// RFC 6750 section 2.1. A token in an address or a form is not looked for: addresses end up in logs.
fn presented(headers: &HeaderMap) -> Result<&str, Rejection> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Rejection::Missing)?;
    if values.next().is_some() {
        return Err(Rejection::Malformed);
    }
    let text = value.to_str().map_err(|_| Rejection::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(Rejection::Malformed)?;
    match token.trim() {
        _ if !scheme.eq_ignore_ascii_case("Bearer") => Err(Rejection::Malformed),
        "" => Err(Rejection::Missing),
        token => Ok(token),
    }
}
