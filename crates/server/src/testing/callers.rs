//! Requests to the router, without a socket.

use super::{TestServer, described, schema};
use crate::graph::Caller;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use std::sync::PoisonError;
use tower::ServiceExt as _;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text))
    }

    /// A header as text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or_default())
    }

    /// Whether the body says that it is JSON.
    fn is_json(&self) -> bool {
        self.header("content-type").starts_with("application/json")
    }
}

/// Whether programs ask here.
fn is_api(path: &str) -> bool {
    ["/v1.0/", "/beta/", "/vestibule/v1/"].iter().any(|root| path.starts_with(root))
}

/// The method and the last part of the path that is a word.
fn route(request: &Request<Body>) -> String {
    let is_word = |part: &&str| part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let word = request.uri().path().rsplit('/').find(|part| !part.is_empty() && is_word(part));
    format!("{} /{}", request.method(), word.unwrap_or_default())
}

impl TestServer {
    /// Sends a request as it stands. A `Host` is added if neither the headers nor the address name one. JSON answers of the API
    /// are compared with the published schema, or with the document of what is our own.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.exchange(request, &Value::Null).await
    }

    /// Sends a request whose JSON body is known, so that what a batch asked for can be compared with what it got.
    async fn exchange(&self, mut request: Request<Body>, sent: &Value) -> Answer {
        if !request.headers().contains_key(header::HOST) && request.uri().authority().is_none() {
            let host = self.settings.public_host().parse().expect("a host");
            request.headers_mut().insert(header::HOST, host);
        }
        let route = route(&request);
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let asked = request.uri().path_and_query().map_or_else(|| path.clone(), ToString::to_string);
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 24).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let answer = Answer { status: parts.status, headers: parts.headers, text };
        described::check(&method, &path, &answer);
        if is_api(&path) && answer.is_json() && !answer.text.is_empty() {
            schema::check(&method, &asked, sent, &answer);
        }
        let id = answer.header("request-id").to_owned();
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).push((id, route));
        answer
    }

    /// What was asked for since the last [`TestServer::take_answered`], by the `request-id` of the answer: the method and
    /// the last part of the path that is a word, as in `POST /token`.
    pub fn answered(&self) -> Vec<(String, String)> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets what was asked for so far.
    pub fn take_answered(&self) {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// GET without credentials.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// A request of the API with a bearer token and, unless it is null, a JSON body; a text is
    /// sent as a file of its own, a list of numbers as the bytes of one. The answer is checked against the published schema.
    pub async fn api(&self, method: Method, path: &str, token: &str, body: &Value) -> Answer {
        let authorization = format!("Bearer {token}");
        self.send_api(None, method, path, &[("authorization", &authorization)], body).await
    }

    /// A request of the API by a caller made by hand, past the layer that reads tokens. The answer is checked against
    /// the published schema.
    pub async fn api_as(&self, caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
        self.send_api(Some(caller), method, path, &[], body).await
    }

    /// [`TestServer::api_as`] with further headers.
    pub async fn api_with(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        self.send_api(Some(caller), method, path, headers, body).await
    }

    async fn send_api(
        &self,
        caller: Option<&Caller>,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let kind = if body.is_string() { "text/csv" } else { "application/json" };
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let content = match body {
            Value::Null => Body::empty(),
            Value::String(file) => Body::from(file.clone()),
            Value::Array(bytes) => Body::from(bytes.iter().filter_map(byte).collect::<Vec<u8>>()),
            object => Body::from(object.to_string()),
        };
        let mut request = request.body(content).expect("a request");
        if let Some(caller) = caller {
            request.extensions_mut().insert(caller.clone());
        }
        let answer = self.exchange(request, body).await;
        let is_refusal = answer.status.is_client_error() || answer.status.is_server_error();
        assert!(!is_refusal || answer.is_json(), "{path}: refused in words of its own: {}", answer.text);
        answer
    }
}

fn byte(number: &Value) -> Option<u8> {
    number.as_u64().and_then(|number| u8::try_from(number).ok())
}

/// The bytes of the smallest picture that says its size, to be sent as a file.
pub fn picture() -> Value {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x30\0\0\0\x40\x08\x02\0\0\0";
    png.iter().copied().map(Value::from).collect()
}
