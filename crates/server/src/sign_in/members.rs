//! A member proves who they are with a password.
//!
//! The work is the same for a name that exists and one that does not: the same statements, one hash. A try is counted
//! and committed first, then the password is hashed without a transaction, then the outcome is written in one.

use super::browser::Browser;
use super::continuation::Continuation;
use super::password;
use super::recovery;
use super::session::{self, Method, Started};
use super::throttle::{Tries, Verdict};
use crate::Server;
use crate::audit::sign_in as log;
use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use crate::tenants;
use crate::users::{self, Address, User};
use axum::http::HeaderMap;
use database::{Result, Transaction};

/// How a try ended.
#[derive(Debug)]
pub enum Outcome {
    /// The person is known; the session has begun.
    SignedIn(Box<Started>),
    /// The password is right and opens nothing but the page that sets another, at this path.
    MustChange(String),
    /// Name and password do not belong together, or the account may not sign in; which of them, nobody is told.
    Wrong,
    /// Too many tries.
    TooMany {
        /// When tries count anew.
        until: Timestamp,
    },
}

/// Why a sign-in failed, for the log alone. The numbers are Microsoft Entra's, for which administrators search.
#[derive(Debug, Clone, Copy)]
enum Failure {
    Unknown,
    WrongPassword,
    Disabled,
    MustChange,
    TooMany,
}

impl Failure {
    const fn words(self) -> (i64, &'static str) {
        match self {
            Self::Unknown => (50034, "The account does not exist"),
            Self::WrongPassword => (50126, "The password is wrong"),
            Self::Disabled => (50057, "The account is disabled"),
            Self::MustChange => (50055, "The password must be changed first"),
            Self::TooMany => (50053, "There were too many tries"),
        }
    }
}

/// A try that was counted and may be made: what is needed to make it without a transaction.
pub struct Admitted {
    tries: Tries,
    user: Option<User>,
    name: String,
}

/// Counts a try at a sign-in name and looks the account up.
pub async fn admit(
    tx: &mut Transaction,
    server: &Server,
    browser: &Browser,
    continuation: &Continuation,
    name: &str,
) -> Result<std::result::Result<Admitted, Timestamp>> {
    let tenant = continuation.tenant;
    let tries = Tries::at(tx, tenant, browser, &users::fold(name)).await?;
    let verdict = tries.count(tx, server).await?;
    let user = users::store::find_by_principal_name(tx, tenant, name).await?;
    let admitted = Admitted { tries, user, name: name.to_owned() };
    let Verdict::Shut { until, is_first } = verdict else { return Ok(Ok(admitted)) };
    if is_first {
        admitted.log_failure(tx, server, continuation, Failure::TooMany).await?;
    }
    Ok(Err(until))
}

impl Admitted {
    /// Looks at the password and writes down what follows from it.
    pub async fn prove(
        self,
        server: &Server,
        headers: &HeaderMap,
        browser: &Browser,
        continuation: &Continuation,
        password: &str,
    ) -> Result<Outcome> {
        let stored = self.user.as_ref().and_then(|user| user.password_hash.as_deref());
        let is_right = password::verify(stored, password).await;
        let mut tx = server.write().await?;
        let outcome = if is_right {
            self.let_in(&mut tx, server, headers, browser, continuation).await?
        } else {
            let failure = if self.user.is_some() { Failure::WrongPassword } else { Failure::Unknown };
            self.log_failure(&mut tx, server, continuation, failure).await?;
            Outcome::Wrong
        };
        tx.commit().await?;
        Ok(outcome)
    }

    async fn let_in(
        &self,
        tx: &mut Transaction,
        server: &Server,
        headers: &HeaderMap,
        browser: &Browser,
        continuation: &Continuation,
    ) -> Result<Outcome> {
        let Some(user) = self.still_the_same(tx, continuation.tenant).await? else {
            self.log_failure(tx, server, continuation, Failure::WrongPassword).await?;
            return Ok(Outcome::Wrong);
        };
        if !user.account_enabled {
            self.log_failure(tx, server, continuation, Failure::Disabled).await?;
            return Ok(Outcome::Wrong);
        }
        self.tries.forget(tx, server).await?;
        if user.profile.0.must_change_password {
            self.log_failure(tx, server, continuation, Failure::MustChange).await?;
            return Ok(Outcome::MustChange(recovery::Link::make(tx, server, &user).await?.path));
        }
        browser.remember(tx, server, user.tenant_id, &users::fold(&self.name)).await?;
        let started = session::start(tx, server, headers, &user, Method::Password, Some(continuation)).await?;
        Ok(Outcome::SignedIn(Box::new(started)))
    }

    /// The account as it is now, if the password that was looked at is still its password.
    async fn still_the_same(&self, tx: &mut Transaction, tenant: TenantId) -> Result<Option<User>> {
        let Some(before) = &self.user else { return Ok(None) };
        let now = users::store::find(tx, tenant, before.id).await?;
        Ok(now.filter(|now| now.password_hash == before.password_hash))
    }

    async fn log_failure(
        &self,
        tx: &mut Transaction,
        server: &Server,
        continuation: &Continuation,
        failure: Failure,
    ) -> Result<()> {
        let (error_code, reason) = failure.words();
        let row = log::SignIn {
            client: continuation.client(),
            client_display_name: continuation.app_name(tx).await?,
            is_interactive: true,
            error_code,
            failure_reason: Some(reason.to_owned()),
            method: Some(Method::Password.name()),
            ..log::SignIn::default()
        };
        let row = match &self.user {
            Some(user) => user.logged(row),
            None => row,
        };
        let row = log::SignIn { user_principal_name: Some(self.name.clone()), ..row };
        log::record(tx, server, continuation.tenant, row).await
    }
}

/// Whether an address belongs to the organisation itself, whose people sign in with a password.
pub async fn is_at_home(server: &Server, tenant: TenantId, address: &Address) -> Result<bool> {
    let domains = tenants::domains(&mut server.read().await?, server, tenant).await?;
    Ok(domains.iter().any(|domain| domain == address.domain()))
}
