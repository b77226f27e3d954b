//! People signed in to the portal.

use super::{Browser, TestServer};
use crate::sign_in::session::{self, Method};
use crate::users::User;
use axum::http::HeaderMap;

impl TestServer {
    /// A browser in which somebody is signed in with a password, with the rights they hold in the database.
    pub async fn signed_in(&self, user: &User) -> Browser<'_> {
        let mut tx = self.write().await.expect("a transaction");
        let started = session::start(&mut tx, self, &HeaderMap::new(), user, Method::Password, None).await;
        let started = started.expect("a session");
        tx.commit().await.expect("a commit");
        let browser = self.browser();
        for line in started.set_cookies {
            let line = line.to_str().expect("a cookie in ASCII");
            let pair = line.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie with a value");
            browser.set_cookie(name, value);
        }
        browser
    }
}
