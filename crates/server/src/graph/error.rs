//! The one error of the API (Graph: error resource).

use crate::platform::Clock;
use crate::platform::request::Request;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A refusal or failure as the caller sees it, and its cause, which only the log sees.
#[derive(Debug)]
pub struct Error {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    target: Option<Cow<'static, str>>,
    retry_after: Option<u32>,
    challenge: Option<String>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with everything said by the caller of this function.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self { status, code, message, target: None, retry_after: None, challenge: None, cause: None }
    }

    /// 400 `Request_BadRequest`: the request as a whole makes no sense.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 400 `Request_BadRequest` that names the property at fault, in the message and as `target`.
    pub fn invalid_property(property: &'static str, problem: impl std::fmt::Display) -> Self {
        let mut error = Self::bad_request(format!("Invalid value specified for property '{property}': {problem}"));
        error.target = Some(property.into());
        error
    }

    /// 400 `Request_UnsupportedQuery`: a query option or its content is not served.
    pub fn unsupported_query(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// A query whose parameters could not be read, with the parameter as `target`.
    pub fn misread_query(rejection: &QueryRejection) -> Self {
        let text = rejection.body_text();
        let said = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
        let answer = Self::unsupported_query(format!("The query is not valid. {said}."));
        match said.split_once(": ") {
            Some((parameter, _)) => answer.with_target(parameter.to_owned()),
            None => answer,
        }
    }

    /// 401 `InvalidAuthenticationToken`, with the challenge RFC 6750 section 3 asks for.
    pub fn unauthenticated(message: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message);
        error.challenge = Some("Bearer realm=\"\"".to_owned());
        error
    }

    /// 401 `InvalidAuthenticationToken` for a token that was presented and is not good (RFC 6750 section 3.1).
    pub fn invalid_token(message: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::unauthenticated(message);
        error.challenge = Some("Bearer realm=\"\", error=\"invalid_token\"".to_owned());
        error
    }

    /// 403 `Authorization_RequestDenied`: what is asked for may be seen but not done.
    pub fn denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
    }

    /// 404 `Request_ResourceNotFound`: it does not exist, or the caller may not see that it does.
    pub fn not_found(id: impl std::fmt::Display) -> Self {
        let message =
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// 412: the `ETag` of the request is not the one of the object.
    pub fn precondition_failed() -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", "The object was changed in the meantime.")
    }

    /// 429 with `Retry-After` in seconds.
    pub fn too_many_requests(retry_after: u32) -> Self {
        let message = "Too many requests. Repeat the request after the time given in Retry-After.";
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
        error.retry_after = Some(retry_after);
        error
    }

    /// Names what the error is about.
    #[must_use]
    pub fn with_target(mut self, target: impl Into<Cow<'static, str>>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The HTTP status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// What the caller reads.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// A query the grammar refuses, in the words of the API.
impl From<odata::Error> for Error {
    fn from(error: odata::Error) -> Self {
        let answer = match &error {
            odata::Error::Unsupported { .. } => Self::unsupported_query(format!("Unsupported Query. {error}.")),
            _ => Self::bad_request(format!("The query is not valid. {error}.")),
        };
        match error.option() {
            Some(option) => answer.with_target(option.to_owned()),
            None => answer,
        }
    }
}

impl From<database::Error> for Error {
    fn from(error: database::Error) -> Self {
        let mut answer = if error.is_temporary() {
            let message =
                "The directory is not available at the moment. Repeat the request after the time given in Retry-After.";
            let mut answer = Self::new(StatusCode::SERVICE_UNAVAILABLE, "serviceNotAvailable", message);
            answer.retry_after = Some(5);
            answer
        } else if matches!(error, database::Error::Conflict(_)) {
            Self::new(
                StatusCode::CONFLICT,
                "ObjectConflict",
                "Another object with the same key exists, or the object was changed in the meantime.",
            )
        } else {
            Self::new(StatusCode::INTERNAL_SERVER_ERROR, "UnknownError", "The request could not be completed.")
        };
        answer.cause = Some(Box::new(error));
        answer
    }
}

impl Error {
    /// The envelope of a refusal (Graph: error resource), with what names the request in the logs.
    pub(super) fn envelope(&self, request: &Request) -> Value {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "innerError": {
                "date": crate::platform::clock::calendar(Clock::system().now()).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                "request-id": request.correlation,
                "client-request-id": request.client_request.unwrap_or(request.correlation.0),
            },
        });
        if let Some(target) = &self.target {
            error["target"] = json!(target);
        }
        json!({ "error": error })
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let request = Request::current();
        if let Some(cause) = &self.cause {
            if self.status.is_server_error() {
                tracing::error!(correlation = %request.correlation, code = self.code, %cause, "a request failed");
            } else {
                tracing::info!(correlation = %request.correlation, code = self.code, %cause, "a request was refused");
            }
        }
        let mut response = (self.status, Json(self.envelope(&request))).into_response();
        let headers = [
            (header::RETRY_AFTER, self.retry_after.map(|seconds| seconds.to_string())),
            (header::WWW_AUTHENTICATE, self.challenge),
        ];
        for (name, value) in headers {
            insert(&mut response, name, value);
        }
        response
    }
}

/// Adds a header of ours: a number, or a challenge that is put together of what can stand in one.
fn insert(response: &mut Response, name: HeaderName, value: Option<String>) {
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
        response.headers_mut().insert(name, value);
    }
}
