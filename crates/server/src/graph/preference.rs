//! What a program wants to be answered to a change (RFC 7240, section 4.2; `OData` 4.01 Protocol, section 8.2.8.7).

use super::resource;
use crate::Server;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use std::convert::Infallible;

/// Says which preference was followed (RFC 7240, section 3).
const APPLIED: &str = "preference-applied";

/// Names the object in an answer without a body (`OData` 4.01 Protocol, section 8.3.4).
const ENTITY_ID: &str = "odata-entityid";

/// How much of an object that was made or changed is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Return {
    Minimal,
    Representation,
}

/// `Prefer: return=..` of a request; what it says otherwise is passed over, as the RFC has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference(Option<Return>);

impl<S: Send + Sync> FromRequestParts<S> for Preference {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

impl Preference {
    /// The first that is said counts.
    fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        Self(values.flat_map(|value| value.split(',')).find_map(read))
    }

    /// Whether the answer to a change is the object as it is now.
    pub fn wants_representation(self) -> bool {
        self.0 == Some(Return::Representation)
    }

    /// The answer to a change that was applied, with what of the preference was followed.
    pub fn applied(self, mut response: Response) -> Response {
        let words = match self.0 {
            None => return response,
            Some(Return::Minimal) => "return=minimal",
            Some(Return::Representation) => "return=representation",
        };
        response.headers_mut().insert(APPLIED, HeaderValue::from_static(words));
        response
    }

    /// The answer to an object that was made: `whole` and where it is, or only that. `address` is that below the version: `users/{id}`.
    pub fn created(self, server: &Server, address: &str, whole: Response) -> Response {
        if self.0 != Some(Return::Minimal) {
            return self.applied(resource::located(server, &format!("/v1.0/{address}"), whole));
        }
        let mut response = resource::no_content();
        // An address of ours and an id can always stand in a header.
        if let Ok(address) = HeaderValue::try_from(format!("{}/v1.0/{address}", server.settings.public_address())) {
            response.headers_mut().insert(header::LOCATION, address.clone());
            response.headers_mut().insert(ENTITY_ID, address);
        }
        self.applied(response)
    }
}

/// Reads one preference, with or without parameters behind it.
fn read(preference: &str) -> Option<Return> {
    let (name, value) = preference.split(';').next()?.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("return") {
        return None;
    }
    match value.trim().trim_matches('"').to_ascii_lowercase().as_str() {
        "minimal" => Some(Return::Minimal),
        "representation" => Some(Return::Representation),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&'static str]) -> Option<Return> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("prefer", HeaderValue::from_static(value));
        }
        Preference::of(&headers).0
    }

    #[test]
    fn the_first_preference_that_is_known_counts() {
        for (values, expected) in [
            (&["return=minimal"][..], Some(Return::Minimal)),
            (&["respond-async, RETURN = \"Representation\"; foo=1"][..], Some(Return::Representation)),
            (&["include-unknown-enum-members", "return=minimal"][..], Some(Return::Minimal)),
            (&["return=representation,return=minimal"][..], Some(Return::Representation)),
            (&["return=everything"][..], None),
            (&["return"][..], None),
            (&[][..], None),
        ] {
            assert_eq!(of(values), expected, "{values:?}");
        }
    }
}
