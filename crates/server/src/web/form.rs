//! Forms, read so that one that cannot be read is answered by a page.

use super::misread;
use crate::Server;
use axum::body::{Body, Bytes};
use axum::extract::{self, FromRequest, Request};
use axum::http::{Method, StatusCode};
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

/// A form that is only a button, with what its page showed.
#[derive(Debug, Clone, Deserialize)]
pub struct SeenForm {
    /// The form value.
    #[serde(default)]
    pub csrf: String,
    /// What stood there when the page was opened; what a form without it has seen is not stored.
    #[serde(default)]
    pub seen: String,
}

/// The bytes of a form that was sent, for pages that read fields of one name several times.
#[derive(Debug, Clone)]
pub struct RawForm(pub Bytes);

impl<T: DeserializeOwned> FromRequest<Arc<Server>> for Form<T> {
    type Rejection = Response;

    /// Answers a page: 413 for a form beyond the limit, 400 for one with U+0000 and every other that is not understood.
    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Response> {
        let reader = misread::reader(&request);
        let read = async {
            let request = storable(request, server).await?;
            extract::Form::from_request(request, server).await.map_err(|rejection| rejection.into_response().status())
        };
        match read.await {
            Ok(extract::Form(fields)) => Ok(Self(fields)),
            Err(status) => Err(misread::page(server, &reader, status)),
        }
    }
}

impl FromRequest<Arc<Server>> for RawForm {
    type Rejection = Response;

    /// As for [`Form`].
    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Response> {
        let reader = misread::reader(&request);
        let read = async {
            let request = storable(request, server).await?;
            extract::RawForm::from_request(request, server)
                .await
                .map_err(|rejection| rejection.into_response().status())
        };
        match read.await {
            Ok(extract::RawForm(bytes)) => Ok(Self(bytes)),
            Err(status) => Err(misread::page(server, &reader, status)),
        }
    }
}

/// The same request, if no field of its form holds U+0000: no keyboard makes it, and PostgreSQL has no text that holds it, so
/// that storing or looking for one would be a failure of ours. An address with it was refused before.
async fn storable(request: Request, server: &Arc<Server>) -> Result<Request, StatusCode> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let bytes = Bytes::from_request(whole, server).await.map_err(|rejection| rejection.into_response().status())?;
    if holds_nul(&bytes) {
        return Err(StatusCode::BAD_REQUEST);
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Whether a form that was sent holds U+0000, as it is or as browsers write it.
pub fn holds_nul(form: &[u8]) -> bool {
    form.contains(&0) || form.windows(3).any(|octets| octets == b"%00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u_0000_is_found_however_it_is_written() {
        for form in [b"name=a%00b".as_slice(), b"name=%00", b"a=\0"] {
            assert!(holds_nul(form), "{form:?}");
        }
        for form in [b"name=100%2500".as_slice(), b"name=%0A0", b""] {
            assert!(!holds_nul(form), "{form:?}");
        }
    }
}
