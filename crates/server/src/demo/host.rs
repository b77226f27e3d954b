//! One host name for everybody. Passkeys and cookies belong to a name, and `localhost` is the one that every browser
//! takes for trustworthy without a certificate.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use std::net::IpAddr;

/// Where browsers reach the demo.
#[derive(Debug, Clone, Copy)]
pub(super) struct Public {
    is_secure: bool,
    /// The port of the listener.
    pub(super) port: u16,
}

impl Public {
    pub(super) fn new(is_secure: bool, port: u16) -> Self {
        Self { is_secure, port }
    }

    /// The public origin, without a slash at the end.
    pub(super) fn address(self) -> String {
        let default = if self.is_secure { 443 } else { 80 };
        let scheme = if self.is_secure { "https" } else { "http" };
        if self.port == default {
            format!("{scheme}://localhost")
        } else {
            format!("{scheme}://localhost:{}", self.port)
        }
    }

    /// What is to be done with a request to this host.
    fn judge(self, host: &str) -> Judgement {
        let ours = self.address();
        if ours.split_once("://").is_some_and(|(_, ours)| ours.eq_ignore_ascii_case(host)) {
            return Judgement::Ours;
        }
        // A port is whatever stands behind the last colon outside brackets.
        let name = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host, |(name, _)| name);
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_here = address.is_ok_and(|address| address.to_canonical().is_loopback());
        if is_here || name.eq_ignore_ascii_case("localhost") { Judgement::Elsewhere } else { Judgement::Foreign }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Judgement {
    /// The public host.
    Ours,
    /// This machine under another name.
    Elsewhere,
    /// Any other name, such as one that a page on the web points here to read the mailbox (DNS rebinding).
    Foreign,
}

/// Lets only requests to the public host in; those to another name of this machine are sent there.
pub(super) fn only(public: Public, router: Router) -> Router {
    Router::new().fallback_service(router).layer(middleware::from_fn_with_state(public, admit))
}

async fn admit(State(public): State<Public>, request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    // Of two hosts nobody could tell which one the browser meant.
    let header = hosts.next().xor(hosts.next()).and_then(|host| host.to_str().ok());
    let host = request.uri().authority().map(axum::http::uri::Authority::as_str).or(header).unwrap_or_default();
    match public.judge(host) {
        Judgement::Ours => next.run(request).await,
        Judgement::Elsewhere => redirect(public, request.uri()),
        Judgement::Foreign => (StatusCode::MISDIRECTED_REQUEST, "This host name is not served here.\n").into_response(),
    }
}

fn redirect(public: Public, uri: &Uri) -> Response {
    let path = uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    match HeaderValue::from_str(&format!("{}{path}", public.address())) {
        Ok(location) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use tower::ServiceExt as _;

    async fn ask(public: Public, host: &str) -> Response {
        let router = only(public, Router::new().fallback(async || "ours"));
        let request = Request::get("/a/b?c=d").header(header::HOST, host).body(Body::empty()).expect("a request");
        router.oneshot(request).await.expect("an answer")
    }

    #[tokio::test]
    async fn other_names_of_this_machine_lead_to_localhost() {
        let public = Public::new(false, 8080);
        for host in ["localhost:8080", "LOCALHOST:8080"] {
            assert_eq!(ask(public, host).await.status(), StatusCode::OK, "{host}");
        }
        for host in
            ["127.0.0.1:8080", "[::1]:8080", "127.9.9.9:8080", "[::ffff:127.0.0.1]:8080", "[::1]", "localhost:81"]
        {
            let answer = ask(public, host).await;
            assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT, "{host}");
            assert_eq!(answer.headers()[header::LOCATION], "http://localhost:8080/a/b?c=d", "{host}");
        }
    }

    #[tokio::test]
    async fn i9_foreign_names_are_refused() {
        let public = Public::new(true, 8443);
        for host in
            ["evil.test", "evil.test:8443", "localhost.evil.test:8443", "10.0.0.1:8443", "", "[::1", "0.0.0.0:8443"]
        {
            let status = ask(public, host).await.status();
            assert!(status == StatusCode::MISDIRECTED_REQUEST || host == "[::1", "{host}: {status}");
        }
    }
}
