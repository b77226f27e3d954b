//! Several requests in one (Graph: JSON batching).
//!
//! Each goes through the whole router as if it had come alone, from whoever sent the batch: nothing is let in here that is
//! refused elsewhere. The token is read once, for the batch.

mod address;

use super::body::UnreadBody;
use super::resource::json;
use super::{Caller, Error};
use crate::platform::request::Request as Context;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Extension, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt as _;

/// Requests in a batch, at most.
const MOST: usize = 20;

/// The largest body of a batch.
pub const BODY: usize = 4 * 1024 * 1024;

/// The largest answer to one request of a batch.
const ANSWER: usize = 16 * 1024 * 1024;

/// Characters of an id.
const ID: usize = 256;

/// Headers of a request: as many as a connection takes with one that comes alone.
const HEADERS: usize = 100;

/// The headers of an answer that a batch passes on, in the usual spelling: clients look these names up exactly.
const KEPT: [&str; 14] = [
    "Cache-Control",
    "Content-Type",
    "ETag",
    "Location",
    "OData-EntityId",
    "OData-Version",
    "Preference-Applied",
    "Retry-After",
    "WWW-Authenticate",
    "client-request-id",
    "request-id",
    "x-ms-throttle-information",
    "x-ms-throttle-limit-percentage",
    "x-ms-throttle-scope",
];

/// What answers the requests of a batch.
#[derive(Clone)]
pub struct Inner {
    /// Every route but those of batches.
    pub router: Router,
    /// The public address of this server without a slash at its end, which urls in a batch may begin with.
    pub origin: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct One {
    id: String,
    method: String,
    /// Behind the version and without a slash in front, once it was checked.
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    /// The SDK for Python (msgraph-core 1.5) spells it `depends_on`, also where it is empty.
    #[serde(default, alias = "depends_on")]
    depends_on: Vec<String>,
}

/// What the requests of a batch have from it.
struct Outside<'a> {
    /// The public address of this server.
    origin: &'a str,
    /// `/v1.0` or `/beta`.
    root: &'static str,
    caller: Caller,
    headers: HeaderMap,
    peer: Option<ConnectInfo<SocketAddr>>,
}

/// `POST /v1.0/$batch`
pub async fn v1(
    caller: Caller,
    inner: Extension<Arc<Inner>>,
    parts: Parts,
    sent: UnreadBody,
) -> Result<Response, Error> {
    answer("/v1.0", caller, inner, parts, &sent).await
}

/// `POST /beta/$batch`
pub async fn beta(
    caller: Caller,
    inner: Extension<Arc<Inner>>,
    parts: Parts,
    sent: UnreadBody,
) -> Result<Response, Error> {
    answer("/beta", caller, inner, parts, &sent).await
}

async fn answer(
    root: &'static str,
    caller: Caller,
    Extension(inner): Extension<Arc<Inner>>,
    parts: Parts,
    sent: &UnreadBody,
) -> Result<Response, Error> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().copied();
    let outside = Outside { origin: &inner.origin, root, caller, headers: passed_on(&parts), peer };
    let requests = read(&outside, sent)?;
    let mut responses: Vec<Value> = Vec::with_capacity(requests.len());
    let mut failed: Vec<String> = Vec::new();
    for request in requests {
        let id = request.id.clone();
        let response = match request.depends_on.iter().any(|other| failed.contains(other)) {
            true => refusal(&Error::new(
                StatusCode::FAILED_DEPENDENCY,
                "FailedDependency",
                "A request this one depends on failed.",
            )),
            false => run(&inner.router, &outside, request).await,
        };
        if response["status"].as_u64().is_none_or(|status| status >= 400) {
            failed.push(id.clone());
        }
        let mut object = Map::new();
        object.insert("id".to_owned(), id.into());
        if let Value::Object(rest) = response {
            object.extend(rest);
        }
        responses.push(Value::Object(object));
    }
    Ok(json(StatusCode::OK, &json!({ "responses": responses })))
}

/// The requests in an order in which each comes behind those it depends on.
fn read(outside: &Outside<'_>, sent: &UnreadBody) -> Result<Vec<One>, Error> {
    const NAME: &str = "requests";
    let mut body = sent.object()?;
    let requests: Vec<Value> = body.take(NAME)?.ok_or_else(|| Error::invalid_property(NAME, "it is required"))?;
    body.finish()?;
    let refused = |problem: String| Error::invalid_property(NAME, problem);
    if requests.is_empty() || requests.len() > MOST {
        return Err(refused(format!("a batch has 1 to {MOST} requests")));
    }
    let mut waiting: Vec<One> = Vec::with_capacity(requests.len());
    for (at, request) in requests.into_iter().enumerate() {
        let one: One =
            serde_json::from_value(request).map_err(|error| refused(format!("request {}: {error}", at + 1)))?;
        let one = checked(outside, one).map_err(|problem| refused(format!("request {}: {problem}", at + 1)))?;
        if waiting.iter().any(|other| other.id == one.id) {
            return Err(refused(format!("the id '{}' is there twice", one.id)));
        }
        waiting.push(one);
    }
    let unknown = |one: &One| one.depends_on.iter().find(|id| !waiting.iter().any(|other| other.id == **id)).cloned();
    if let Some(id) = waiting.iter().find_map(unknown) {
        return Err(refused(format!("dependsOn names '{id}', which is not there")));
    }
    sort(waiting).ok_or_else(|| refused("dependsOn leads in a circle".to_owned()))
}

fn checked(outside: &Outside<'_>, mut one: One) -> Result<One, String> {
    if one.id.is_empty() || one.id.chars().count() > ID {
        return Err(format!("an id has 1 to {ID} characters"));
    }
    if !matches!(one.method.as_str(), "GET" | "POST" | "PATCH" | "PUT" | "DELETE") {
        return Err("the method is none of GET, POST, PATCH, PUT and DELETE".to_owned());
    }
    let Outside { origin, root, .. } = outside;
    let path = address::relative(&one.url, origin, root)
        .ok_or_else(|| format!("the url is relative to the version, as in /users, or begins with {origin}{root}/"))?;
    if path.split(['?', '/']).next() == Some("$batch") {
        return Err("a batch holds no batch".to_owned());
    }
    if one.headers.len() > HEADERS {
        return Err(format!("a request has at most {HEADERS} headers"));
    }
    let has_type = one.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
    if one.body.is_some() && !has_type {
        return Err("a request with a body needs the header Content-Type".to_owned());
    }
    one.url = path.to_owned();
    Ok(one)
}

/// Each behind those it depends on, otherwise as sent; `None` if they depend on each other in a circle.
fn sort(mut waiting: Vec<One>) -> Option<Vec<One>> {
    let mut sorted: Vec<One> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_ready = |one: &One| one.depends_on.iter().all(|id| sorted.iter().any(|other| other.id == *id));
        let at = waiting.iter().position(is_ready)?;
        sorted.push(waiting.remove(at));
    }
    Some(sorted)
}

/// What every request has from the batch: where it was sent, through which proxies, in which language.
fn passed_on(parts: &Parts) -> HeaderMap {
    let names = [
        header::HOST,
        header::USER_AGENT,
        header::ACCEPT_LANGUAGE,
        HeaderName::from_static("x-forwarded-for"),
        HeaderName::from_static("x-forwarded-proto"),
    ];
    let mut kept = HeaderMap::new();
    for name in names {
        for value in parts.headers.get_all(&name) {
            kept.append(name.clone(), value.clone());
        }
    }
    // HTTP/2 names the host in the address and needs no header (RFC 9113, section 8.3.1).
    let named = parts.uri.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = named {
        kept.insert(header::HOST, host);
    }
    kept
}

async fn run(router: &Router, outside: &Outside<'_>, one: One) -> Value {
    match build(outside, one) {
        Ok(request) => match router.clone().oneshot(request).await {
            Ok(response) => written(response).await,
            Err(never) => match never {},
        },
        Err(problem) => refusal(&Error::bad_request(problem)),
    }
}

fn build(outside: &Outside<'_>, one: One) -> Result<Request, String> {
    let path = address::encoded(&one.url).ok_or("The url is not valid.")?;
    let uri = format!("{}/{path}", outside.root);
    let method: Method = one.method.parse().map_err(|_| "The method is not valid.".to_owned())?;
    let mut request = Request::builder().method(method).uri(uri);
    let headers = request.headers_mut().ok_or("The url is not valid.")?;
    headers.extend(outside.headers.clone());
    for (name, value) in &one.headers {
        let name: HeaderName = name.parse().map_err(|_| format!("'{name}' is no name of a header."))?;
        let value: HeaderValue =
            value.parse().map_err(|_| format!("The value of the header '{name}' is not valid."))?;
        // Who asks, and where, is said once for the whole batch; in which language, and with what, each may say for itself.
        if !is_of_connection(&name) {
            headers.insert(name, value);
        }
    }
    let is_json = one.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type") && value.to_ascii_lowercase().starts_with("application/json")
    });
    let body = match one.body {
        None => Body::empty(),
        Some(Value::String(text)) if !is_json => Body::from(decode(&text).ok_or("The body is no base64.")?),
        Some(body) => Body::from(serde_json::to_vec(&body).map_err(|error| error.to_string())?),
    };
    let mut request = request.body(body).map_err(|_| "The url is not valid.".to_owned())?;
    request.extensions_mut().insert(outside.caller.clone());
    if let Some(peer) = outside.peer {
        request.extensions_mut().insert(peer);
    }
    Ok(request)
}

/// Headers that only the connection has a say in.
fn is_of_connection(name: &HeaderName) -> bool {
    let others = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "cookie"];
    [header::HOST, header::AUTHORIZATION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION]
        .contains(name)
        || others.contains(&name.as_str())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).or_else(|_| STANDARD.decode(text)).ok()
}

/// An answer as the batch tells it: JSON as it is, anything else in base64url (Graph: JSON batching, response format).
async fn written(response: Response) -> Value {
    let (parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, ANSWER).await else {
        let message = "The answer is too large for a batch.";
        return refusal(&Error::new(StatusCode::INSUFFICIENT_STORAGE, "UnknownError", message));
    };
    let mut headers = Map::new();
    for name in KEPT {
        if let Some(value) = parts.headers.get(name).and_then(|value| value.to_str().ok()) {
            headers.insert(name.to_owned(), value.into());
        }
    }
    let mut answer = json!({ "status": parts.status.as_u16(), "headers": headers });
    if let Some(body) = read_body(&parts.headers, &bytes) {
        answer["body"] = body;
    }
    answer
}

fn read_body(headers: &HeaderMap, bytes: &Bytes) -> Option<Value> {
    if bytes.is_empty() {
        return None;
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json")
        && let Ok(value) = serde_json::from_slice(bytes)
    {
        return Some(value);
    }
    Some(URL_SAFE.encode(bytes).into())
}

/// What a request is answered that did not get as far as to be answered by itself. It is found in the logs by the batch.
fn refusal(error: &Error) -> Value {
    json!({
        "status": error.status().as_u16(),
        "headers": { "Content-Type": "application/json" },
        "body": error.envelope(&Context::current()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::TenantId;
    use uuid::Uuid;

    #[test]
    fn files_travel_in_letters_that_an_address_may_hold() {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("image/png"))]);
        let read = |bytes: &'static [u8]| read_body(&headers, &Bytes::from_static(bytes));
        assert_eq!(read(&[0xfb, 0xff, 0xfe]), Some("-__-".into()));
        assert_eq!(read(b"2"), Some("Mg==".into()));
        assert_eq!(read(b""), None);
        assert_eq!(decode("-__-").as_deref(), Some(&[0xfb, 0xff, 0xfe][..]));
    }

    fn outside(headers: HeaderMap) -> Outside<'static> {
        let caller = Caller::system(TenantId(Uuid::nil()));
        Outside { origin: "https://id.example", root: "/v1.0", caller, headers, peer: None }
    }

    fn get(url: &str, headers: &Value) -> One {
        let one = json!({ "id": "1", "method": "GET", "url": url, "headers": headers });
        serde_json::from_value(one).expect("a request of a batch")
    }

    #[test]
    fn each_request_says_for_itself_with_what_it_asks_and_not_where() {
        let of_batch = [(header::HOST, "id.example"), (header::USER_AGENT, "batch"), (header::ACCEPT_LANGUAGE, "de")];
        let headers = of_batch.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let own = json!({ "user-agent": "own", "Host": "evil.example", "Authorization": "Bearer x" });
        let request = build(&outside(HeaderMap::from_iter(headers)), get("me", &own)).expect("a request");
        let said = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!([said("user-agent"), said("accept-language")], [Some("own"), Some("de")]);
        assert_eq!([said("host"), said("authorization")], [Some("id.example"), None]);
    }

    #[test]
    fn a_url_becomes_an_address_or_is_not_valid() {
        let outside = outside(HeaderMap::new());
        let read = |url: &str| {
            let one = checked(&outside, get(url, &json!({}))).expect("a request of a batch");
            build(&outside, one).map(|request| request.uri().to_string())
        };
        for url in ["/users?$filter=id eq '<\">'", "https://id.example/v1.0/users?$filter=id%20eq%20'%3C%22%3E'"] {
            assert_eq!(read(url).as_deref(), Ok("/v1.0/users?$filter=id%20eq%20'%3C%22%3E'"), "{url}");
        }
        // The limit of an address counts what is encoded.
        let long = |blanks: usize| format!("/users?$search={}", " ".repeat(blanks));
        assert!(read(&long(20_000)).is_ok());
        for url in ["/users\n".to_owned(), "/users?$search=\u{7f}".to_owned(), long(30_000)] {
            assert_eq!(read(&url), Err("The url is not valid.".to_owned()));
        }
    }
}
