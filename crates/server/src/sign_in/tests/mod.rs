//! What signing in promises, on both engines.

mod accounts;
mod forms;
mod interruption;
mod limits;
mod own_password;
mod passwords;
mod portal;
mod recovery;
mod sessions;
mod strangers;
mod throttling;
mod work;

use crate::sign_in::browser;
use crate::sign_in::continuation::{self, Beginning, Continuation, Next};
use crate::sign_in::password;
use crate::sign_in::session::{self, Method, Started};
use crate::tenants::Tenant;
use crate::testing::{Answer, Browser, TestServer};
use crate::users::{self, User};
use axum::http::{HeaderMap, HeaderValue, header};

pub const PASSWORD: &str = "correct horse battery";

/// The request headers of a browser that holds what was set.
fn holding(cookies: &[&HeaderValue]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for cookie in cookies {
        let pair = cookie.to_str().expect("ASCII").split(';').next().unwrap_or_default().to_owned();
        headers.append(header::COOKIE, pair.parse().expect("a header"));
    }
    headers
}

/// Opens a session in a browser that sends these headers.
async fn start(server: &TestServer, headers: &HeaderMap, user: &User) -> Started {
    let mut tx = server.write().await.expect("a transaction");
    let started = session::start(&mut tx, server, headers, user, Method::Password, None).await.expect("a session");
    tx.commit().await.expect("a commit");
    started
}

/// Whether a session goes on in a browser that sends these headers.
async fn is_signed_in(server: &TestServer, headers: &HeaderMap, user: &User) -> bool {
    let mut tx = server.read().await.expect("a connection");
    let found = session::current(&mut tx, server, user.tenant_id, headers).await.expect("an answer");
    found.is_some_and(|(_, found)| found.id == user.id)
}

/// A member with [`PASSWORD`].
pub async fn member(server: &TestServer, tenant: &Tenant, local: &str) -> User {
    let user = server.member(tenant, local, &[]).await;
    let password_hash = Some(password::hash(server, PASSWORD).await.expect("a hash"));
    change(server, User { password_hash, ..user }).await
}

async fn change(server: &TestServer, user: User) -> User {
    let mut tx = server.write().await.expect("a transaction");
    assert!(users::store::update(&mut tx, &user, server.clock.now()).await.expect("an update"));
    tx.commit().await.expect("a commit");
    User { version: user.version + 1, ..user }
}

/// What a test browser would send.
fn headers_of(browser: &Browser<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in browser.cookie_names() {
        let pair = format!("{name}={}", browser.cookie(&name).unwrap_or_default());
        headers.append(header::COOKIE, pair.parse().expect("a header"));
    }
    headers
}

/// Begins a step in a test browser that leads to the page for choosing an organisation.
async fn begin(server: &TestServer, tenant: &Tenant, browser: &Browser<'_>) -> Continuation {
    if browser.cookie("vestibule-browser").is_none() {
        browser.get(&format!("/{}/sign-out", tenant.id)).await;
    }
    let known = browser::Browser::known(server, &headers_of(browser)).expect("a browser with a cookie");
    let next = Next::Portal { path: "/?from=sign-in".to_owned() };
    let mut tx = server.write().await.expect("a transaction");
    let step = continuation::begin(&mut tx, server, tenant.id, &known, Beginning::from(next)).await.expect("a step");
    tx.commit().await.expect("a commit");
    step
}

/// Goes through both pages; the answer is that to the password.
async fn sign_in(server: &TestServer, tenant: &Tenant, browser: &Browser<'_>, address: &str, password: &str) -> Answer {
    let step = begin(server, tenant, browser).await;
    browser.get(&step.sign_in_path()).await;
    browser.submit(&[("address", address)]).await;
    browser.submit(&[("password", password)]).await
}

/// Whether the last page is the one the step led to.
fn has_arrived(browser: &Browser<'_>) -> bool {
    browser.location() == "/?from=sign-in"
}
