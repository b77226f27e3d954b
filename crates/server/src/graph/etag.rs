//! Versions of objects as entity tags (RFC 9110 section 8.8.3; `OData` 4.01 Protocol, section 8.2.4).

use super::Error;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

/// The property of an object that holds its tag.
pub(super) const PROPERTY: &str = "@odata.etag";

/// The tag of a version. Weak, because the representation also depends on `$select`.
pub fn of(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// The object with the tag of its version.
#[must_use]
pub fn tagged(version: i64, mut object: Map<String, Value>) -> Map<String, Value> {
    object.insert(PROPERTY.to_owned(), of(version).into());
    object
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

/// Refuses a change that is meant for one version of an object which has no versions: nobody has read such a tag here.
///
/// # Errors
/// 412 for any tag but `*`.
pub fn none(headers: &HeaderMap) -> Result<(), Error> {
    match if_match(headers)? {
        None => Ok(()),
        Some(_) => Err(Error::precondition_failed()),
    }
}

/// Why a change was refused: that somebody else was first is 412 where the caller has named the version they read, and 409
/// otherwise (RFC 9110 section 13.1.1).
pub fn refusal(expected: Option<i64>, error: impl Into<Error>) -> Error {
    let error = error.into();
    if expected.is_some() && error.status() == StatusCode::CONFLICT { Error::precondition_failed() } else { error }
}
