//! What is known about the request that is being answered, wherever it is needed: in logs, in errors, in the audit.

use super::Entropy;
use super::ids::CorrelationId;
use std::net::IpAddr;

/// The request at hand.
#[derive(Debug, Clone)]
pub struct Request {
    /// Ties together everything that happens for it.
    pub correlation: CorrelationId,
    /// The caller's own id of the request (`client-request-id`), echoed if it is a UUID.
    pub client_request: Option<uuid::Uuid>,
    /// Who is on the other side, after listed proxies were believed.
    pub client_address: Option<IpAddr>,
    /// The User-Agent header, cut to 256 characters.
    pub user_agent: Option<String>,
    /// Whether it came to an address below `/beta`, which what is answered names too.
    pub is_beta: bool,
}

tokio::task_local! {
    static CURRENT: Request;
}

impl Request {
    /// Work that no request asked for, a job or a command: it gets a correlation id of its own, so that what it writes
    /// down can be found together.
    pub fn of_our_own(entropy: &Entropy) -> Self {
        let correlation = CorrelationId(entropy.random_uuid());
        Self { correlation, client_request: None, client_address: None, user_agent: None, is_beta: false }
    }

    /// Runs `future` with this as the request at hand.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// The request at hand; outside one (a job, the command line) one with the nil correlation id.
    pub fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or(Self {
            correlation: CorrelationId(uuid::Uuid::nil()),
            client_request: None,
            client_address: None,
            user_agent: None,
            is_beta: false,
        })
    }

    /// Whether the request at hand came to an address below `/beta`.
    pub fn is_of_beta() -> bool {
        CURRENT.try_with(|request| request.is_beta).unwrap_or_default()
    }
}
