//! What signing in promises, on both engines.

mod limits;
mod sessions;

use crate::sign_in::session::{self, Method, Started};
use crate::testing::TestServer;
use crate::users::User;
use axum::http::{HeaderMap, HeaderValue, header};

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
