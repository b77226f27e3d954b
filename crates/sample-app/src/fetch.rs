//! Requests from the application to the provider: certificate checked, no redirects, bounded.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::redirect::Policy;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

/// The longest a request may take, from connecting to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer read, in bytes. Metadata, keys and tokens are a few kilobytes.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// Why the connection to the provider cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The PEM text holds something else than certificates, or none.
    #[error("the certificate authority is not a certificate in PEM")]
    Certificate,
    /// The certificate cannot serve as an authority, or no TLS version is available.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    /// The HTTP client cannot be built.
    #[error(transparent)]
    Client(#[from] reqwest::Error),
}

/// Why a request to the provider failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{0} is neither https nor on this machine")]
    InsecureAddress(Url),
    #[error("the answer is larger than {LARGEST_ANSWER} bytes")]
    TooLarge,
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

/// The HTTP client that the protocol library calls through.
#[derive(Clone)]
pub(crate) struct Fetch(reqwest::Client);

impl Fetch {
    /// Prepares the client. `authority` (PEM) replaces the system's certificate authorities.
    pub(crate) fn new(issuer: &Url, authority: Option<&[u8]>) -> Result<Self, SetUpError> {
        let client = reqwest::Client::builder()
            // A client that follows redirects can be led to addresses nobody configured.
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            // The provider stands beside the application; a proxy for the outside cannot reach it.
            .no_proxy();
        let client = if authority.is_none() && issuer.scheme() == "https" {
            install_crypto_provider();
            client
        } else {
            client.tls_backend_preconfigured(tls(authority)?)
        };
        Ok(Self(client.build()?))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let request = reqwest::Request::try_from(request)?;
        if !is_confidential(request.url()) {
            return Err(FetchError::InsecureAddress(request.url().clone()));
        }
        let mut response = self.0.execute(request).await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = http::Response::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Fetch {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// TLS that trusts the given authority and no other.
fn tls(authority: Option<&[u8]>) -> Result<ClientConfig, SetUpError> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = authority {
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.add(certificate.map_err(|_| SetUpError::Certificate)?)?;
        }
        if roots.is_empty() {
            return Err(SetUpError::Certificate);
        }
    }
    Ok(ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// The system's certificate store is consulted through the process's default cryptography.
fn install_crypto_provider() {
    if CryptoProvider::get_default().is_none() {
        // An error means that another thread was faster, which is as good.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

/// Whether nobody on the way can listen: https, or http that never leaves this machine.
fn is_confidential(url: &Url) -> bool {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        let confidential = |url| is_confidential(&Url::parse(url).expect("a URL"));
        for good in ["https://login.example", "http://localhost:8080/a", "http://127.0.0.1", "http://[::1]:1"] {
            assert!(confidential(good), "{good}");
        }
        for bad in ["http://login.example", "http://192.0.2.1", "http://localhost.example", "ftp://localhost"] {
            assert!(!confidential(bad), "{bad}");
        }
    }

    #[test]
    fn an_authority_must_be_a_certificate() {
        let issuer = Url::parse("https://localhost/tenant/v2.0").expect("a URL");
        for bad in [&b""[..], b"not PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(Fetch::new(&issuer, Some(bad)).is_err());
        }
    }
}
