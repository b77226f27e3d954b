//! Answers to browsers: pages and redirects, with the headers that hold for all of them.

use super::pages::{ErrorPage, Problem, Reference};
use super::shell::Outside;
use crate::platform::request::Request;
use crate::platform::{Timestamp, clock};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

/// Everything comes from this origin, nothing is inline, nobody may frame a page. `form-action` is left out: browsers
/// apply it to the redirects that follow a form too, and the last form of a sign-in leads to an app.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page. What it shows is for this reader at this moment, so nothing keeps a copy.
///
/// A status that asks to come back later says when: see `retry_after` below.
pub fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => {
            let mut response = (status, Html(text)).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            if let Some(seconds) = retry_after(status) {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
            }
            response
        }
        Err(failure) => {
            let reference = Request::current().correlation.reference();
            tracing::error!(%failure, %reference, "a page could not be written");
            let text = format!("Something went wrong here. Reference {reference}\n");
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

/// A redirect that is followed with GET. The address is one of ours, or one that was checked.
pub fn see_other(address: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(address) else {
        let reference = Request::current().correlation.reference();
        tracing::error!(%reference, "the address of a redirect cannot stand in a header");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Adds cookies to an answer.
pub fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The page of a problem that no feature has more to say about, with the status that belongs to it.
pub fn problem(outside: Outside, problem: Problem, now: Timestamp) -> Response {
    let status = match problem {
        Problem::NotFound => StatusCode::NOT_FOUND,
        Problem::BadRequest => StatusCode::BAD_REQUEST,
        Problem::SentAlready => StatusCode::CONFLICT,
        Problem::StaleForm | Problem::NotAllowed => StatusCode::FORBIDDEN,
        Problem::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Problem::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Problem::Failure => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let reference = reference(&outside, now);
    page(status, &ErrorPage::about(outside, problem, reference))
}

/// The same answer, asking to come back at an instant that the page tells too.
pub fn come_back(mut response: Response, until: Timestamp, now: Timestamp) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(clock::seconds_until(until, now)));
    response
}

/// Seconds until it is worth trying again (RFC 9110 section 10.2.3), where nothing better is known. Where a page says the time
/// of day, [`come_back`] says the same; to programs that tell nobody apart, a minute is enough to slow down.
fn retry_after(status: StatusCode) -> Option<&'static str> {
    match status {
        StatusCode::TOO_MANY_REQUESTS => Some("60"),
        StatusCode::SERVICE_UNAVAILABLE => Some("10"),
        _ => None,
    }
}

/// The page of a failure of ours: it may go away by itself, or it is a defect. Either is logged here.
pub fn failed(outside: Outside, failure: &database::Error, now: Timestamp) -> Response {
    let correlation = Request::current().correlation;
    tracing::error!(%correlation, %failure, "a page failed");
    problem(outside, if failure.is_temporary() { Problem::Unavailable } else { Problem::Failure }, now)
}

/// What an administrator finds the request at hand by.
pub fn reference(outside: &Outside, now: Timestamp) -> Reference {
    Reference::new(outside.words.0, Request::current().correlation.0, clock::calendar(now))
}
