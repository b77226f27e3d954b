//! The browser in front of us, known again before and beside any session.
//!
//! Steps, codes and form values of somebody not yet signed in are bound to it, so that a link to a step is of no use in
//! another browser. It also remembers as whom somebody signed in here, which gives that person a budget of tries that
//! strangers cannot use up.

use super::{cookie, store};
use crate::Server;
use crate::platform::ids::TenantId;
use crate::platform::{Secret, SecretHash, SecretKind};
use axum::http::{HeaderMap, HeaderValue};
use database::{Result, Transaction};
use std::time::Duration;
use uuid::Uuid;

const COOKIE: &str = "vestibule-browser";

/// The longest life browsers give a cookie.
pub const LIFETIME: Duration = Duration::from_hours(400 * 24);

/// A browser. Its secret belongs to no tenant: one person may be a guest of several.
pub struct Browser {
    secret: Secret,
    is_new: bool,
}

impl Browser {
    /// The browser that sent the request; a new one when it brought no cookie of ours.
    pub fn of(server: &Server, headers: &HeaderMap) -> Self {
        Self::known(server, headers).unwrap_or_else(|| {
            let nobody = TenantId(Uuid::nil());
            Self { secret: Secret::new(SecretKind::Browser, nobody, &server.entropy), is_new: true }
        })
    }

    /// The browser that sent the request, if it was here before.
    pub fn known(server: &Server, headers: &HeaderMap) -> Option<Self> {
        let secret = Secret::parse(SecretKind::Browser, cookie::find(&server.settings, headers, COOKIE)?)?;
        secret.tenant().0.is_nil().then_some(Self { secret, is_new: false })
    }

    /// What is stored of it, and what form values are bound to before there is a session.
    pub fn hash(&self) -> SecretHash {
        self.secret.hash()
    }

    /// The `Set-Cookie` header for a browser that has none yet.
    pub fn set_cookie(&self, server: &Server) -> Option<HeaderValue> {
        self.is_new.then(|| cookie::set(&server.settings, COOKIE, &self.secret.text(), LIFETIME))
    }

    /// Whether somebody has proved in this browser to be `address` (folded), by password or by code.
    pub async fn has_proved(&self, tx: &mut Transaction, tenant: TenantId, address: &str) -> Result<bool> {
        store::known_browsers::exists(tx, tenant, &self.hash(), address).await
    }

    /// Notes that somebody has proved in this browser to be `address` (folded).
    pub async fn remember(&self, tx: &mut Transaction, server: &Server, tenant: TenantId, address: &str) -> Result<()> {
        store::known_browsers::insert(tx, tenant, &self.hash(), address, server.clock.now()).await
    }
}
