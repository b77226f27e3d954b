//! People signed in to the portal.

use super::{Browser, TestServer};
use crate::sign_in::session::Method;
use crate::users::User;

impl TestServer {
    /// A browser in which somebody is signed in with a password, with the rights they hold in the database.
    pub async fn signed_in(&self, user: &User) -> Browser<'_> {
        let browser = self.browser();
        browser.sign_in_as(self, user, Method::Password).await;
        browser
    }
}
