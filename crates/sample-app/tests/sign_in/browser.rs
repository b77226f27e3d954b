//! A browser with one page and a cookie jar, talking to the application's router directly.

use std::collections::HashMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt as _;
use url::Url;

/// The browser of one person.
pub struct Browser {
    app: Router,
    pub cookies: HashMap<String, String>,
}

/// What the application answered.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// Where the answer redirects to.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map(|value| value.to_str().expect("ASCII")).unwrap_or_default()
    }

    /// The parameters of the redirect.
    pub fn parameters(&self) -> HashMap<String, String> {
        Url::parse(self.location()).expect("an absolute redirect").query_pairs().into_owned().collect()
    }
}

impl Browser {
    pub fn new(app: &Router) -> Self {
        Self { app: app.clone(), cookies: HashMap::new() }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).header(header::HOST, super::AUTHORITY)).await
    }

    pub async fn post(&mut self, path: &str, origin: &str) -> Page {
        self.send(Request::post(path).header(header::HOST, super::AUTHORITY).header(header::ORIGIN, origin)).await
    }

    pub async fn send(&mut self, request: axum::http::request::Builder) -> Page {
        let jar: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, jar.join("; ")).body(Body::empty()).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().expect("ASCII"));
        }
        let body = to_bytes(body, 1024 * 1024).await.expect("a body");
        Page { status: parts.status, headers: parts.headers, body: String::from_utf8(body.into()).expect("UTF-8") }
    }

    fn keep(&mut self, set_cookie: &str) {
        let pair = set_cookie.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').expect("a cookie pair");
        if set_cookie.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
