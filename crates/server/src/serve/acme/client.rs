//! HTTP to the ACME server, with the TLS of the rest of the program.

use crate::config::Acme;
use crate::platform::fetch::innermost;
use crate::platform::tls;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use reqwest::header::RETRY_AFTER;
use reqwest::{Certificate, Client};
use serde_json::Value;
use std::pin::Pin;
use std::time::Duration;

/// How long one answer of the ACME server may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a question of ours; the largest holds a certificate signing request.
const QUESTION: usize = 1 << 20;

/// The way to the ACME server that the settings name.
pub(super) struct Http(Client);

impl Http {
    /// Reads the certificates by which the ACME server is believed, if the settings name some.
    #[expect(
        clippy::disallowed_methods,
        reason = "the operator names the ACME server, which may well be a private one"
    )]
    pub(super) fn new(settings: &Acme) -> Result<Self, String> {
        tls::install_provider();
        let mut builder = Client::builder().timeout(PATIENCE).https_only(true).no_proxy();
        if let Some(file) = &settings.certificate_authority_file {
            let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
            let pem = std::fs::read(file).map_err(|error| failed(&error))?;
            let authorities = Certificate::from_pem_bundle(&pem).map_err(|error| failed(&error))?;
            if authorities.is_empty() {
                return Err(failed(&"there is no certificate in it"));
            }
            builder = builder.tls_certs_only(authorities);
        }
        builder.build().map(Self).map_err(|error| innermost(&error))
    }

    /// What an address says to everybody, and after how many seconds it wants to be asked again.
    pub(super) async fn read(&self, address: &str) -> Result<(Value, Option<u64>), String> {
        let failed = |error: reqwest::Error| innermost(&error);
        let answer = self.0.get(address).send().await.map_err(failed)?.error_for_status().map_err(failed)?;
        let again = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        Ok((answer.json().await.map_err(failed)?, again))
    }
}

impl HttpClient for Http {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let client = self.0.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = to_bytes(Body::new(body), QUESTION).await.map_err(|error| Error::Other(error.into()))?;
            let place = head.uri.host().unwrap_or_default().to_owned();
            let failed = |error: reqwest::Error| Error::Other(format!("{place}: {}", innermost(&error)).into());
            let request = reqwest::Request::try_from(Request::from_parts(head, body)).map_err(failed)?;
            let answer = client.execute(request).await.map_err(failed)?;
            Ok(BytesResponse::from(Response::from(answer)))
        })
    }
}
