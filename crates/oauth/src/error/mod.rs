//! Refusals of the OAuth surface: the standard code a program branches on, the AADSTS number a person searches for, and the
//! bodies of both.

pub mod aadsts;
mod body;
mod code;

use std::fmt;

pub use aadsts::Aadsts;
pub use body::{ErrorBody, Occurrence};
pub use code::ErrorCode;

/// Longest detail kept, in characters: enough to name a parameter, too short to carry a message of somebody else's.
const MAX_DETAIL: usize = 200;

/// One refusal, before it is known whether it travels as a page, a redirect or a JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    aadsts: Aadsts,
    detail: Option<String>,
    suberror: Option<&'static str>,
    claims: Option<String>,
}

impl Error {
    /// A refusal with a code other than the usual one of its AADSTS number, as when the same cause is `consent_required`
    /// at the authorization endpoint and `invalid_grant` at the token endpoint.
    pub const fn new(code: ErrorCode, aadsts: Aadsts) -> Self {
        Self { code, aadsts, detail: None, suberror: None, claims: None }
    }

    /// Adds what the refusal is about (a parameter, a scope). Characters that RFC 6749 section 5.2 forbids in
    /// `error_description` become `?`; at most 200 characters stay.
    #[must_use]
    pub fn naming(mut self, detail: impl AsRef<str>) -> Self {
        let allowed = |c: char| if matches!(c, ' '..='~') && c != '"' && c != '\\' { c } else { '?' };
        self.detail = Some(detail.as_ref().chars().take(MAX_DETAIL).map(allowed).collect());
        self
    }

    /// Adds the `suberror` by which MSAL chooses its reaction (`consent_required`, `basic_action`, `bad_token`, ...).
    #[must_use]
    pub const fn with_suberror(mut self, suberror: &'static str) -> Self {
        self.suberror = Some(suberror);
        self
    }

    /// Adds the claims challenge, JSON, that the client must send back to get further.
    #[must_use]
    pub fn with_claims(mut self, claims: String) -> Self {
        self.claims = Some(claims);
        self
    }

    /// The standard code.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The numbered cause.
    pub const fn aadsts(&self) -> Aadsts {
        self.aadsts
    }

    /// Status of an answer with a JSON body (RFC 6749 section 5.2): 401 for a client that did not authenticate, 500 and 503
    /// for our own faults, else 400.
    pub const fn http_status(&self) -> u16 {
        match self.code {
            ErrorCode::InvalidClient => 401,
            ErrorCode::ServerError => 500,
            ErrorCode::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }

    /// `AADSTSnnnnn: what happened.`, the part of the description that does not change from one occurrence to the next.
    pub fn message(&self) -> String {
        let Aadsts { number, sentence, .. } = self.aadsts;
        match &self.detail {
            Some(detail) => format!("AADSTS{number}: {sentence}: {detail}."),
            None => format!("AADSTS{number}: {sentence}."),
        }
    }

    /// The whole `error_description`, by which support finds the occurrence in the logs.
    pub fn description(&self, occurrence: &Occurrence<'_>) -> String {
        let Occurrence { trace_id, correlation_id, timestamp } = occurrence;
        let message = self.message();
        format!("{message} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {timestamp}")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detail_keeps_to_the_characters_of_the_rfc() {
        let error = aadsts::INVALID_SCOPE.error().naming("a\"b\\c\r\nd\u{e9}");
        assert!(error.message().ends_with(": a?b?c??d?."), "{error}");
        assert!(aadsts::INVALID_SCOPE.error().naming("x".repeat(9_999)).message().len() < 400);
    }

    #[test]
    fn status_follows_the_code() {
        assert_eq!(aadsts::WRONG_SECRET.error().http_status(), 401);
        assert_eq!(aadsts::INVALID_SCOPE.error().http_status(), 400);
    }
}
