use serde::Serialize;

use super::Error;

/// When and where a refusal happened.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence<'a> {
    /// Names this request in our logs.
    pub trace_id: &'a str,
    /// Names the client's whole operation; its `client-request-id` when it sent one.
    pub correlation_id: &'a str,
    /// UTC, as `2026-01-31 23:59:59Z`.
    pub timestamp: &'a str,
}

/// The JSON body of a refusal (RFC 6749 section 5.2, with the members Microsoft's clients read).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorBody {
    error: super::ErrorCode,
    error_description: String,
    error_codes: [u32; 1],
    timestamp: String,
    trace_id: String,
    correlation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suberror: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<String>,
}

impl Error {
    /// The body; send it with [`Error::http_status`] and `Cache-Control: no-store`.
    pub fn body(&self, occurrence: &Occurrence<'_>) -> ErrorBody {
        ErrorBody {
            error: self.code,
            error_description: self.description(occurrence),
            error_codes: [self.aadsts.number],
            timestamp: occurrence.timestamp.to_owned(),
            trace_id: occurrence.trace_id.to_owned(),
            correlation_id: occurrence.correlation_id.to_owned(),
            suberror: self.suberror,
            claims: self.claims.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::error::{Error, ErrorCode, Occurrence, aadsts};
    use serde_json::json;

    #[test]
    fn the_body_has_the_members_clients_read() {
        let occurrence = Occurrence { trace_id: "t", correlation_id: "c", timestamp: "2026-01-31 23:59:59Z" };
        let error = Error::new(ErrorCode::InvalidGrant, aadsts::CONSENT_MISSING).with_suberror("consent_required");
        let body = serde_json::to_value(error.body(&occurrence)).unwrap();
        let description = format!(
            "AADSTS65001: {}. Trace ID: t Correlation ID: c Timestamp: 2026-01-31 23:59:59Z",
            aadsts::CONSENT_MISSING.sentence
        );
        assert_eq!(
            body,
            json!({"error": "invalid_grant", "error_description": description, "error_codes": [65001],
                   "timestamp": "2026-01-31 23:59:59Z", "trace_id": "t", "correlation_id": "c",
                   "suberror": "consent_required"})
        );
    }

    #[test]
    fn the_serialized_code_is_the_displayed_one() {
        for code in [ErrorCode::RequestUriNotSupported, ErrorCode::InvalidResource, ErrorCode::LoginRequired] {
            assert_eq!(serde_json::to_value(code).unwrap(), json!(code.as_str()));
        }
    }
}
