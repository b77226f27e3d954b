//! Requests to addresses that tenants name: metadata and keys of their identity providers, webhooks.
//!
//! Whoever names an address must not reach through it what only the server can reach. So names are resolved by the
//! guard, every address a name has must be public, redirects are not followed, no proxy is asked, and time and size are
//! bounded. The connection goes to the very address that was judged, so a name that changes its mind afterwards gains
//! nothing. An operator opens private networks one by one (`outbound.allow_networks`).

mod guard;
#[cfg(test)]
mod tests;

pub use guard::Refused;

use crate::platform::tls;
use bytes::Bytes;
use guard::{Guard, Reach};
use ipnet::IpNet;
use reqwest::redirect::Policy;
use reqwest::{Method, Request, StatusCode};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

/// Until the connection stands.
const CONNECT: Duration = Duration::from_secs(5);
/// From the first step to the last byte.
const WHOLE: Duration = Duration::from_secs(15);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Fetches from the outside.
pub struct Fetch {
    allowed: Arc<[IpNet]>,
    // Made at the first use: reading the system's certificate authorities takes a moment.
    anywhere: OnceLock<reqwest::Client>,
    allowed_only: OnceLock<reqwest::Client>,
}

/// What came back.
#[derive(Debug)]
pub struct Fetched {
    /// The status; a redirect is returned like any other.
    pub status: StatusCode,
    /// The whole body.
    pub body: Bytes,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address may not be asked.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The answer is larger than 1 MiB.
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
    /// No connection, no TLS, no answer in time.
    #[error("the request failed: {}", innermost(.0))]
    Failed(#[from] reqwest::Error),
}

impl Fetch {
    /// With the private networks that may be reached nevertheless.
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed: allowed.into(), anywhere: OnceLock::new(), allowed_only: OnceLock::new() }
    }

    /// Judges an address as far as it can be without resolving its name; for the moment it is saved. It is judged again,
    /// with everything its name leads to, whenever it is used.
    pub fn check(&self, url: &Url) -> Result<(), Refused> {
        guard::check(url, &self.allowed)
    }

    /// GET.
    pub async fn get(&self, url: &Url) -> Result<Fetched, FetchError> {
        self.send(Request::new(Method::GET, url.clone())).await
    }

    /// Sends a request of any kind.
    pub async fn send(&self, request: Request) -> Result<Fetched, FetchError> {
        self.check(request.url())?;
        let client = match request.url().scheme() {
            "https" => self.client(&self.anywhere, Reach::PublicAndAllowed),
            // Nobody in between can be trusted without TLS, unless the operator vouches for the network.
            _ => self.client(&self.allowed_only, Reach::AllowedOnly),
        }?;
        let mut response = client.execute(request).await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Fetched { status: response.status(), body: body.into() })
    }

    fn client<'c>(&self, kept: &'c OnceLock<reqwest::Client>, reach: Reach) -> Result<&'c reqwest::Client, FetchError> {
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        let client = build(Guard::new(Arc::clone(&self.allowed), reach))?;
        Ok(kept.get_or_init(|| client))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that opens connections to addresses of tenants")]
fn build(guard: Guard) -> Result<reqwest::Client, reqwest::Error> {
    tls::install_provider();
    reqwest::Client::builder()
        .dns_resolver(guard)
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .user_agent(concat!("Vestibule/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// The cause at the bottom of the failure of a request: the layers above it only say that sending failed.
pub fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(below) = cause.source() {
        cause = below;
    }
    cause.to_string()
}
