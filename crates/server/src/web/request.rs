//! The way into every handler: who is on the other side, whether the host is ours, one id for everything that follows.

use crate::Server;
use crate::config::Settings;
use crate::graph::unserved;
use crate::platform::client_address;
use crate::platform::ids::CorrelationId;
use crate::platform::request::Request as Context;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::time::Duration;

/// Characters of a User-Agent that are kept.
const USER_AGENT: usize = 256;

/// Who asks at an address, and so in whose words they are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// Programs, at the API, and where they ask who somebody is: both refuse alike.
    Api,
    /// Programs and browsers, at the endpoints and documents of the provider.
    Provider,
    /// People, at a page.
    Page,
}

impl Surface {
    /// The surface that a path belongs to.
    pub fn of(path: &str) -> Self {
        let is_page = path.ends_with("/adminconsent");
        if unserved::is_api(path) || path.starts_with("/oidc/") {
            Self::Api
        } else if is_oauth(path) || (is_document(path) && !is_page) {
            Self::Provider
        } else {
            Self::Page
        }
    }
}

/// Writes the refusal of a request that no handler answered: it is of another host (421), the handler panicked (500), or it takes
/// too long (503).
pub type Refuse = fn(&Server, Surface, StatusCode) -> Response;

/// Refuses an unknown host, gives the request its correlation id, and runs what is `inside`, the handler in the end, in a
/// task of its own, so that a client that hangs up cancels nothing half done. After the `longest` time the client waits no more,
/// and the task goes on.
pub async fn enter<I, F>(server: &Server, request: Request, longest: Duration, refuse: Refuse, inside: I) -> Response
where
    I: FnOnce(Request) -> F,
    F: Future<Output = Response> + Send + 'static,
{
    let context = context(server, &request);
    let (correlation, client_request) = (context.correlation, context.client_request);
    let (surface, is_beta) = (Surface::of(request.uri().path()), context.is_beta);
    let is_for_program = is_for_program(request.uri().path());
    let opener_policy = opener_policy(request.uri().path());
    let answered = if is_our_host(server, &request) {
        run(context, longest, inside(request)).await
    } else {
        Err(StatusCode::MISDIRECTED_REQUEST)
    };
    let mut response = match answered {
        Ok(response) => response,
        Err(status) => {
            let context = Context { correlation, client_request, client_address: None, user_agent: None, is_beta };
            context.scope(async { refuse(server, surface, status) }).await
        }
    };
    let headers = response.headers_mut();
    set(headers, "request-id", &correlation.to_string());
    if let Some(id) = client_request {
        set(headers, "client-request-id", &id.to_string());
    }
    if is_for_program {
        // What a program asks for is about people or is a token, refusals included. Pages say the same themselves.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    headers.entry(header::HeaderName::from_static("cross-origin-opener-policy")).or_insert(opener_policy);
    protect(&server.settings, headers);
    response
}

/// What the handler answers, or the status with which it is refused that it answers nothing.
async fn run(
    context: Context,
    longest: Duration,
    inside: impl Future<Output = Response> + Send + 'static,
) -> Result<Response, StatusCode> {
    let correlation = context.correlation;
    match tokio::time::timeout(longest, tokio::spawn(context.scope(inside))).await {
        Ok(Ok(response)) => Ok(response),
        // What it panicked with would stand in the failure, with all that it may hold; the log has its place already.
        Ok(Err(failure)) => {
            tracing::error!(%correlation, cancelled = failure.is_cancelled(), "a handler panicked");
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// The refusal of a page of which nothing is known, not even the language of who asks (RFC 9110 section 15.5.20 for one of another
/// host).
pub fn plain(status: StatusCode) -> Response {
    let text = match status {
        StatusCode::MISDIRECTED_REQUEST => "This host name is not served here.\n".to_owned(),
        StatusCode::SERVICE_UNAVAILABLE => "This took too long. Try again in a moment.\n".to_owned(),
        _ => format!("Something went wrong here. Reference {}\n", Context::current().correlation.reference()),
    };
    (status, text).into_response()
}

/// The API and the endpoints of OAuth. Documents about the provider stand elsewhere and say how long they last.
fn is_for_program(path: &str) -> bool {
    unserved::is_api(path) || is_oauth(path)
}

/// `/{tenant}/oauth2/..`
pub fn is_oauth(path: &str) -> bool {
    path.split('/').nth(2) == Some("oauth2")
}

/// `/{tenant}/v2.0/..` and `/{tenant}/discovery/..`: what the provider says of itself, and the consent of administrators.
pub fn is_document(path: &str) -> bool {
    matches!(path.split('/').nth(2), Some("v2.0" | "discovery"))
}

/// Whether a path is UTF-8 behind its percent signs; whatever is not names nothing here.
pub fn is_utf8(path: &str) -> bool {
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (mut octets, mut rest) = (Vec::with_capacity(path.len()), path.as_bytes());
    while let [first, behind @ ..] = rest {
        let escaped = match behind {
            [high, low, ..] if *first == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        octets.push(escaped.map_or(*first, |(high, low)| high * 16 + low));
        rest = if escaped.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    std::str::from_utf8(&octets).is_ok()
}

/// Single-page apps sign people in through a popup and wait for the address it ends at. A policy on any step of that way,
/// redirects included, would cut the popup off from the app that opened it (HTML, "cross-origin opener policies").
fn opener_policy(path: &str) -> HeaderValue {
    let is_step = matches!(path.split('/').nth(2), Some("oauth2" | "sign-in" | "redeem" | "consent"));
    HeaderValue::from_static(if is_step { "unsafe-none" } else { "same-origin" })
}

fn protect(settings: &Settings, headers: &mut HeaderMap) {
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")]
    {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // RFC 6797 section 8.3 knows no ports: said about localhost, it would shut out every other program on that machine.
    if settings.is_secure() && !settings.is_loopback() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

/// Sets a header to an id, which can always stand in one.
fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn context(server: &Server, request: &Request) -> Context {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    Context {
        correlation: CorrelationId(server.entropy.random_uuid()),
        client_request: text("client-request-id").and_then(|id| id.parse().ok()),
        client_address: peer.map(|peer| client_address::behind(&server.settings.trusted_proxies, peer, headers)),
        user_agent: text("user-agent")
            .map(|agent| agent.chars().filter(|c| !c.is_control()).take(USER_AGENT).collect()),
        is_beta: request.uri().path().starts_with("/beta/"),
    }
}

/// Whether the request was made to the configured public address. An absolute-form request line counts as its host. Two
/// `Host` headers name nobody, because a proxy in front may have read the other one (RFC 9112 section 3.2).
fn is_our_host(server: &Server, request: &Request) -> bool {
    let ours = server.settings.public_host();
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let header = hosts.next().map(|value| value.to_str().unwrap_or_default());
    if hosts.next().is_some() {
        return false;
    }
    let line = request.uri().authority().map(axum::http::uri::Authority::as_str);
    match (line, header) {
        (Some(line), header) => {
            line.eq_ignore_ascii_case(&ours) && header.is_none_or(|header| header.eq_ignore_ascii_case(&ours))
        }
        (None, Some(header)) => header.eq_ignore_ascii_case(&ours),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests;
