//! The variable segments of an address of the API.

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

/// The variable segments of a path, in order; as [`Segment`] otherwise.
pub struct Segments(Vec<String>);

impl<S: Send + Sync> FromRequestParts<S> for Segments {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Path::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map(|Path(pairs)| Self(pairs.into_iter().map(|(_, value)| value).collect()))
            .map_err(|rejection| Error::not_found("").caused_by(rejection))
    }
}

impl Segments {
    /// What the first one names; 400 if it cannot be the name of anything.
    pub async fn first<K, S: Send + Sync>(
        parts: &mut Parts,
        state: &S,
        parse: fn(&str) -> Option<K>,
    ) -> Result<K, Error> {
        let segments = Self::from_request_parts(parts, state).await?;
        let text = segments.get(0);
        parse(text).ok_or_else(|| Error::bad_request(format!("Invalid object identifier '{text}'.")))
    }

    /// The segment at a place, counted from 0; empty where the route has none.
    pub fn get(&self, at: usize) -> &str {
        self.0.get(at).map_or("", String::as_str)
    }
}
