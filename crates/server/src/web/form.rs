//! Forms, read so that one that cannot be read is answered by a page.

use super::misread;
use crate::Server;
use axum::body::Bytes;
use axum::extract::{self, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The fields of a form that was sent (`application/x-www-form-urlencoded`).
#[derive(Debug, Clone)]
pub struct Form<T>(pub T);

/// A form that is only a button.
#[derive(Debug, Clone, Deserialize)]
pub struct PlainForm {
    /// The form value.
    #[serde(default)]
    pub csrf: String,
}

/// The bytes of a form that was sent, for pages that read fields of one name several times.
#[derive(Debug, Clone)]
pub struct RawForm(pub Bytes);

impl<T: DeserializeOwned> FromRequest<Arc<Server>> for Form<T> {
    type Rejection = Response;

    /// Answers a page: 413 for a form beyond the limit, 400 for every other that is not understood.
    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Response> {
        let reader = misread::reader(&request);
        match extract::Form::from_request(request, server).await {
            Ok(extract::Form(fields)) => Ok(Self(fields)),
            Err(rejection) => Err(misread::page(server, &reader, rejection.into_response().status())),
        }
    }
}

impl FromRequest<Arc<Server>> for RawForm {
    type Rejection = Response;

    /// As for [`Form`].
    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Response> {
        let reader = misread::reader(&request);
        match extract::RawForm::from_request(request, server).await {
            Ok(extract::RawForm(bytes)) => Ok(Self(bytes)),
            Err(rejection) => Err(misread::page(server, &reader, rejection.into_response().status())),
        }
    }
}
