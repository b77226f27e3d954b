//! The signed-in person in front of a portal page. A plain value: the layer that reads the session cookie makes it.

use crate::graph::Caller;
use crate::platform::SecretHash;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

/// Who looks at the page, and at which organisation.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// What they may do.
    pub caller: Caller,
    /// The organisation's name.
    pub tenant_name: String,
    /// Its initial domain, which also stands in the paths of its pages.
    pub tenant_domain: String,
    /// What form values are bound to: the hash of the session's secret.
    pub form_key: SecretHash,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    /// Only missing when a route was mounted outside the layer: a defect of ours, refused rather than served.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
