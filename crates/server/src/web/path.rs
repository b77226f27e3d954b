//! The variable segments of a page's address, read so that nonsense is answered by a page.

use super::misread;
use super::reader::Reader;
use crate::Server;
use axum::extract::{self, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The variable segments, in their order.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Server>> for Path<T> {
    type Rejection = Response;

    /// Answers a page with 400, as for octets that are no UTF-8.
    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Response> {
        match extract::Path::from_request_parts(parts, server).await {
            Ok(extract::Path(segments)) => Ok(Self(segments)),
            Err(_) => Err(misread::page(server, &Reader::of(parts), StatusCode::BAD_REQUEST)),
        }
    }
}
