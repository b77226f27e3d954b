//! Versions of objects as entity tags (RFC 9110 section 8.8.3; `OData` 4.01 Protocol, section 8.2.4).

use super::Error;
use axum::http::{HeaderMap, header};

/// The tag of a version. Weak, because the representation also depends on `$select`.
pub fn of(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// The version a change is meant for (`If-Match`); `None` for any.
///
/// # Errors
/// 412 for a tag that is none of ours.
pub fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Error> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let number = text.strip_prefix("W/\"").and_then(|rest| rest.strip_suffix('"'));
    number.and_then(|number| number.parse().ok()).map(Some).ok_or_else(Error::precondition_failed)
}
