//! What stands behind the question mark of a page's address, read so that nonsense is answered by a page.

use super::misread;
use super::pages::Problem;
use super::reader::Reader;
use crate::Server;
use axum::extract::{self, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// What one parameter says that knows a few words, each with its meaning; `None` where it is absent.
///
/// # Errors
/// `BadRequest` for any other word.
pub fn choice<T: Copy>(word: Option<&str>, choices: &[(&str, T)]) -> Result<Option<T>, Problem> {
    let Some(word) = word else { return Ok(None) };
    let chosen = choices.iter().find(|(known, _)| *known == word).ok_or(Problem::BadRequest)?;
    Ok(Some(chosen.1))
}

/// The parameters of the query.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Server>> for Query<T> {
    type Rejection = Response;

    /// Answers a page with 400.
    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Response> {
        match extract::Query::from_request_parts(parts, server).await {
            Ok(extract::Query(parameters)) => Ok(Self(parameters)),
            Err(_) => Err(misread::page(server, &Reader::of(parts), StatusCode::BAD_REQUEST)),
        }
    }
}
