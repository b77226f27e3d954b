//! The mailbox: what would have been sent, for people to read and for scripts to fetch.

use crate::platform::clock::{calendar, rfc3339};
use crate::platform::mailbox::Received;
use crate::platform::{Mailbox, Timestamp};
use crate::web::answer;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// For people.
pub(super) const PAGE: &str = "/demo/mailbox";
/// For scripts; its shape is stable.
pub(super) const JSON: &str = "/demo/mailbox.json";

/// The page shows a mail in a frame of the same origin.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; \
                           base-uri 'none'; frame-ancestors 'none'";
/// A mail is somebody else's HTML: it runs no script, loads nothing, and its links leave the frame when they are clicked.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; \
                           default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/// Whose mail is asked for.
#[derive(Debug, Deserialize)]
struct Wanted {
    /// An address of `To` or `Cc`.
    to: Option<String>,
}

impl Wanted {
    /// An empty field of the search form asks for everything.
    fn address(&self) -> Option<&str> {
        self.to.as_deref().map(str::trim).filter(|address| !address.is_empty())
    }
}

#[derive(Template)]
#[template(path = "demo/pages/mailbox.html")]
struct MailboxPage {
    mails: Vec<Received>,
    to: String,
}

#[derive(Template)]
#[template(path = "demo/pages/mail.html")]
struct MailPage {
    mail: Received,
}

/// The routes of the mailbox.
pub(super) fn routes(mailbox: Mailbox) -> Router {
    Router::new()
        .route(PAGE, get(list))
        .route(JSON, get(fetch))
        .route("/demo/mailbox/{id}", get(read))
        .route("/demo/mailbox/{id}/html", get(html))
        .with_state(mailbox)
}

async fn list(State(mailbox): State<Mailbox>, Query(wanted): Query<Wanted>) -> Response {
    let mails = mailbox.list(wanted.address());
    page(&MailboxPage { mails, to: wanted.to.unwrap_or_default() })
}

async fn fetch(State(mailbox): State<Mailbox>, Query(wanted): Query<Wanted>) -> Response {
    let mails: Vec<Value> = mailbox.list(wanted.address()).iter().map(wire).collect();
    let mut response = Json(mails).into_response();
    set(&mut response, header::CACHE_CONTROL, "no-store");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

fn wire(mail: &Received) -> Value {
    json!({
        "id": mail.id,
        "to": mail.to,
        "cc": mail.cc,
        "from": mail.from,
        "reply_to": mail.reply_to,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "received_at": rfc3339(mail.received_at),
    })
}

async fn read(State(mailbox): State<Mailbox>, Path(id): Path<Uuid>) -> Response {
    match find(&mailbox, id) {
        Some(mail) => page(&MailPage { mail }),
        None => gone(),
    }
}

async fn html(State(mailbox): State<Mailbox>, Path(id): Path<Uuid>) -> Response {
    let Some(mail) = find(&mailbox, id) else { return gone() };
    // Without this, a click would open the link inside the frame, where our own pages refuse to stand.
    let text = mail.html.replacen("<head>", "<head><base target=\"_top\">", 1);
    let mut response = Html(text).into_response();
    set(&mut response, header::CONTENT_SECURITY_POLICY, MAIL_POLICY);
    set(&mut response, header::CACHE_CONTROL, "no-store");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, header::REFERRER_POLICY, "no-referrer");
    response
}

fn find(mailbox: &Mailbox, id: Uuid) -> Option<Received> {
    mailbox.list(None).into_iter().find(|mail| mail.id == id)
}

fn gone() -> Response {
    (StatusCode::NOT_FOUND, "There is no such mail. A restart of the demo empties its mailbox.\n").into_response()
}

fn page(template: &impl Template) -> Response {
    let mut response = answer::page(StatusCode::OK, template);
    set(&mut response, header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, header::REFERRER_POLICY, "no-referrer");
    response
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

/// The time of day in UTC, for the list.
fn time(at: Timestamp) -> String {
    calendar(at).strftime("%H:%M:%S UTC").to_string()
}
