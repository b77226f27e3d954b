//! The variable segment of an address of the API.

use super::Error;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

/// The only variable segment of a path, as it was sent. No object has a name that is not UTF-8: 404.
pub struct Segment(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let segment = Path::from_request_parts(parts, state).await;
        segment.map(|Path(text)| Self(text)).map_err(|rejection| Error::not_found("").caused_by(rejection))
    }
}
