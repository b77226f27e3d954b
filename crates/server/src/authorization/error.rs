//! The one error of the provider's endpoints, before it is known whether it travels as JSON, a redirect or a page.

use crate::Server;
use crate::platform::clock;
use crate::platform::request::Request;
use crate::platform::signing_keys::SigningKeyError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::error::{ErrorBody, Occurrence, aadsts};

/// Seconds after which a client may try again when the database was not there.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// A refusal for the client, or a failure of ours.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// What the protocol says to the client.
    #[error(transparent)]
    Refused(#[from] oauth::Error),
    /// The database.
    #[error(transparent)]
    Storage(#[from] database::Error),
    /// No key to sign with, or it cannot be used.
    #[error(transparent)]
    Keys(#[from] SigningKeyError),
}

impl From<oauth::jose::KeyError> for EndpointError {
    fn from(error: oauth::jose::KeyError) -> Self {
        Self::Keys(error.into())
    }
}

impl EndpointError {
    /// What the client is told. The cause of a failure goes to the log here, and nowhere else.
    pub fn public(self) -> oauth::Error {
        let correlation = Request::current().correlation;
        match self {
            Self::Refused(error) => {
                tracing::info!(%correlation, %error, "the provider refused");
                error
            }
            Self::Storage(error) | Self::Keys(SigningKeyError::Storage(error)) if error.is_temporary() => {
                tracing::error!(%correlation, %error, "the provider is not available");
                aadsts::OVERLOADED.error()
            }
            failure => {
                tracing::error!(%correlation, %failure, "the provider failed");
                aadsts::SERVER_ERROR.error()
            }
        }
    }

    /// The JSON body of RFC 6749 section 5.2. `basic` tells that the client used the Authorization header, and is then
    /// challenged the same way.
    pub fn into_json(self, server: &Server, basic: bool) -> Response {
        let error = self.public();
        let status = StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, Json(body(server, &error))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        if basic && status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"token\""));
        }
        response
    }
}

/// The body of `invalid_request` for a request that was refused before it was read, with the status of HTTP that says why; of a
/// failure for one that no handler answered.
pub fn unread(server: &Server, status: StatusCode) -> Response {
    let what = match status {
        StatusCode::BAD_REQUEST
        | StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::NOT_FOUND
        | StatusCode::MISDIRECTED_REQUEST => aadsts::MALFORMED,
        StatusCode::INTERNAL_SERVER_ERROR => aadsts::SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE => aadsts::OVERLOADED,
        _ => aadsts::REQUEST_TOO_LONG,
    };
    let mut response = EndpointError::from(what.error()).into_json(server, false);
    *response.status_mut() = status;
    response
}

fn body(server: &Server, error: &oauth::Error) -> ErrorBody {
    with_occurrence(server, |occurrence| error.body(occurrence))
}

/// When and where the request at hand happens.
pub fn with_occurrence<T>(server: &Server, write: impl FnOnce(&Occurrence<'_>) -> T) -> T {
    let request = Request::current();
    let timestamp = clock::calendar(server.clock.now()).strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let trace_id = request.correlation.to_string();
    let correlation_id = request.client_request.map_or_else(|| trace_id.clone(), |id| id.to_string());
    write(&Occurrence { trace_id: &trace_id, correlation_id: &correlation_id, timestamp: &timestamp })
}
