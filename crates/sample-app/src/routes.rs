//! The application's addresses and what happens at each.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::pages::{self, Problem};
use crate::provider::{Person, ProviderError};
use crate::session::random_name;
use crate::{App, pages::Page};

/// Where the provider sends the browser back with a code.
pub(crate) const REDIRECT: &str = "/signin-oidc";
/// Where the provider sends the browser after its own sign-out.
pub(crate) const SIGNED_OUT: &str = "/signed-out";
/// Where the form on the page signs out.
pub(crate) const SIGN_OUT: &str = "/sign-out";

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(home))
        .route(REDIRECT, get(finish_sign_in))
        .route(SIGN_OUT, post(sign_out))
        .route(SIGNED_OUT, get(signed_out))
        .route("/style.css", get(stylesheet))
        .route("/icon.svg", get(icon))
        .fallback(not_found)
        .layer(from_fn_with_state(Arc::clone(&app), own_host_only))
        .layer(from_fn_with_state(Arc::clone(&app), security_headers))
        .with_state(app)
}

/// The provider's answer to an authorization request (RFC 6749 sections 4.1.2 and 4.1.2.1; `iss` is
/// RFC 9207).
#[derive(Deserialize)]
struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    iss: Option<String>,
}

/// Shows who is signed in; anybody else is sent to sign in at once.
async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if let Some(person) = signed_in(&app, &headers) {
        return Html(pages::person(&app.page(), &person.claims, app.provider.issuer())).into_response();
    }
    // One name per browser, so that two tabs can sign in side by side.
    let browser = app.sign_in_cookie.read(&headers).map_or_else(random_name, str::to_owned);
    let set_cookie = app.sign_in_cookie.set(&browser);
    match app.provider.begin(browser).await {
        Ok((url, state, pending)) => {
            app.sign_ins.insert(state, pending, Instant::now());
            ([(header::SET_COOKIE, set_cookie)], Redirect::to(url.as_str())).into_response()
        }
        Err(error) => provider_failed(&app, error),
    }
}

/// Takes the provider's answer, which must belong to a sign-in this browser began.
async fn finish_sign_in(State(app): State<Arc<App>>, headers: HeaderMap, Query(answer): Query<Answer>) -> Response {
    let now = Instant::now();
    let pending = answer.state.as_deref().and_then(|state| app.sign_ins.take(state, now));
    let browser = app.sign_in_cookie.read(&headers);
    let Some(pending) = pending.filter(|pending| browser == Some(&*pending.browser)) else {
        return unknown_sign_in(&app, &headers);
    };
    if answer.iss.as_deref().is_some_and(|issuer| issuer != app.provider.issuer()) {
        let problem = Problem { detail: "The answer came from another provider.", ..Problem::default() };
        return failed(&app, StatusCode::BAD_REQUEST, &problem);
    }
    let Some(code) = answer.code.filter(|_| answer.error.is_none()) else {
        let problem = Problem {
            detail: "The sign-in service did not let you in.",
            code: Some(answer.error.as_deref().unwrap_or("no code")),
            description: answer.error_description.as_deref(),
        };
        return failed(&app, StatusCode::BAD_REQUEST, &problem);
    };
    match app.provider.finish(code, pending).await {
        Ok(person) => open_session(&app, &headers, person),
        Err(error) => provider_failed(&app, error),
    }
}

/// Ends the session here, then at the provider.
async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    // SameSite does not tell two ports of one host apart, the Origin header does.
    if headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() != app.origin.as_bytes()) {
        let problem = Problem { detail: "This request came from another site.", ..Problem::default() };
        return failed(&app, StatusCode::FORBIDDEN, &problem);
    }
    let person = app.session_cookie.read(&headers).and_then(|name| app.sessions.take(name, Instant::now()));
    let mut target = SIGNED_OUT.to_owned();
    if let Some(person) = person {
        // The session here is over in any case; a provider that is away only keeps its own.
        if let Ok(Some(url)) = app.provider.end_session_url(&person).await {
            url.as_str().clone_into(&mut target);
        }
    }
    ([(header::SET_COOKIE, app.session_cookie.clear())], Redirect::to(&target)).into_response()
}

async fn signed_out(State(app): State<Arc<App>>) -> Html<String> {
    Html(pages::signed_out(&app.page()))
}

async fn stylesheet(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], pages::stylesheet(&app.name))
}

async fn icon(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml")], pages::icon(&app.name))
}

async fn not_found(State(app): State<Arc<App>>) -> Response {
    (StatusCode::NOT_FOUND, Html(pages::not_found(&app.page()))).into_response()
}

/// Cookies and the redirect address belong to one host; other names of this machine lead there.
async fn own_host_only(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).map(HeaderValue::as_bytes);
    let asked = request.uri().authority().map(|authority| authority.as_str().as_bytes()).or(host);
    if asked.is_some_and(|asked| asked.eq_ignore_ascii_case(app.authority.as_bytes())) {
        return next.run(request).await;
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::temporary(&format!("{}{path}", app.origin)).into_response()
}

async fn security_headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, app.content_security_policy.clone());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Not "no-referrer": browsers would then send "Origin: null" with the sign-out form.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

fn signed_in(app: &App, headers: &HeaderMap) -> Option<Arc<Person>> {
    app.sessions.get(app.session_cookie.read(headers)?, Instant::now())
}

fn open_session(app: &App, headers: &HeaderMap, person: Person) -> Response {
    let now = Instant::now();
    if let Some(former) = app.session_cookie.read(headers) {
        app.sessions.take(former, now);
    }
    // A new name for a new session: one planted before the sign-in would be worth nothing.
    let name = random_name();
    let cookies = AppendHeaders([
        (header::SET_COOKIE, app.session_cookie.set(&name)),
        (header::SET_COOKIE, app.sign_in_cookie.clear()),
    ]);
    app.sessions.insert(name, Arc::new(person), now);
    (cookies, Redirect::to("/")).into_response()
}

fn unknown_sign_in(app: &App, headers: &HeaderMap) -> Response {
    if signed_in(app, headers).is_some() {
        // Somebody went back to an answer that has been used: they are where they wanted to be.
        return Redirect::to("/").into_response();
    }
    let problem = Problem {
        detail: "This sign-in was not started in this browser, took longer than 15 minutes, or has been used.",
        ..Problem::default()
    };
    failed(app, StatusCode::BAD_REQUEST, &problem)
}

fn provider_failed(app: &App, error: ProviderError) -> Response {
    let headline = format!("{error}.");
    let cause = causes(&error);
    let (code, description) = match error {
        ProviderError::Refused { error, description } => (Some(error), description),
        _ => (None, cause),
    };
    let problem = Problem { detail: &headline, code: code.as_deref(), description: description.as_deref() };
    failed(app, StatusCode::BAD_GATEWAY, &problem)
}

/// The errors beneath the outermost, from general to particular.
fn causes(error: &ProviderError) -> Option<String> {
    let causes: Vec<_> =
        std::iter::successors(error.source(), |cause| (*cause).source()).map(ToString::to_string).collect();
    (!causes.is_empty()).then(|| causes.join(": "))
}

fn failed(app: &App, status: StatusCode, problem: &Problem<'_>) -> Response {
    (status, Html(pages::problem(&app.page(), problem))).into_response()
}

impl App {
    fn page(&self) -> Page<'_> {
        Page { app: &self.name, organisation: &self.organisation }
    }
}
