//! Sessions: a person is known in this browser, at one organisation, for a while.
//!
//! The cookie holds a secret, tokens and logs name the session by its id. Both change at every sign-in and the session
//! before ends, so that nobody can hand a person a session prepared beforehand (OWASP: session fixation).

mod layer;

pub use layer::layer;

use super::continuation::Continuation;
use super::{cookie, store};
use crate::Server;
use crate::audit::sign_in as log;
use crate::audit::{self, Activity, Outcome, Target};
use crate::directory_roles;
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, caller};
use crate::platform::ids::{PrincipalId, SessionId, TenantId, UserId};
use crate::platform::{Secret, SecretHash, SecretKind, Timestamp};
use crate::tenants;
use crate::users::{self, User};
use axum::http::{HeaderMap, HeaderValue};
use database::{Result, Transaction};
use std::time::Duration;

/// Sessions of other organisations a browser may hold beside a new one; the longest kept are ended beyond it, so that
/// the cookies never outgrow what servers accept in a request.
const MOST_IN_A_BROWSER: usize = 20;

database::text_enum! {
    /// How the person proved who they are.
    pub enum Method {
        /// By a password.
        Password = "password",
        /// By a code sent to their mailbox.
        Passcode = "passcode",
    }
}

impl Method {
    /// How long a session lasts that was opened this way.
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::Password => Duration::from_hours(12),
            Self::Passcode => Duration::from_hours(24),
        }
    }

    /// The name in the sign-in log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passcode => "passcode",
        }
    }
}

/// A session that goes on.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    /// The organisation.
    #[sqlx(rename = "tenant_id")]
    pub tenant: TenantId,
    /// Its id, as tokens name it (`sid`).
    pub id: SessionId,
    /// Whose it is.
    #[sqlx(rename = "user_id")]
    pub user: UserId,
    /// How they proved who they are.
    pub method: Method,
    /// When they did (`auth_time`).
    pub authenticated_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// What form values are bound to: the hash of the cookie's secret.
    #[sqlx(rename = "secret_hash")]
    pub form_key: SecretHash,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct Started {
    /// The session.
    pub session: Session,
    /// Every `Set-Cookie` header to answer with, once the transaction is committed.
    pub set_cookies: Vec<HeaderValue>,
}

/// The session of the request at this organisation, and whose it is. There is none when it has ended, when its user is
/// blocked or deleted, or when all sessions of the user were made void since it began.
pub async fn current(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    headers: &HeaderMap,
) -> Result<Option<(Session, User)>> {
    let Some(secret) = presented(server, tenant, headers) else { return Ok(None) };
    let found = store::sessions::find_with_user(tx, tenant, &secret.hash(), server.clock.now()).await?;
    Ok(found.filter(|(session, user)| user.account_enabled && session.authenticated_at >= user.sessions_valid_from))
}

/// The sessions of this browser at every organisation, with whose they are, in the order its cookies were set.
pub async fn all(tx: &mut Transaction, server: &Server, headers: &HeaderMap) -> Result<Vec<(Session, User)>> {
    let prefix = cookie::name(&server.settings, COOKIE);
    let ours = cookie::all(headers).filter(|(name, _)| name.starts_with(&prefix));
    let secrets = ours.filter_map(|(_, value)| Secret::parse(SecretKind::Session, value));
    let mut sessions = Vec::new();
    for tenant in secrets.map(|secret| secret.tenant()).take(MOST_IN_A_BROWSER) {
        sessions.extend(current(tx, server, tenant, headers).await?);
    }
    Ok(sessions)
}

/// Begins a session of somebody who has just proved who they are, ends the one before in this browser, and writes the
/// sign-in log. `continuation` tells the log which app they are on the way to.
pub async fn start(
    tx: &mut Transaction,
    server: &Server,
    headers: &HeaderMap,
    user: &User,
    method: Method,
    continuation: Option<&Continuation>,
) -> Result<Started> {
    let tenant = user.tenant_id;
    let now = server.clock.now();
    if let Some(before) = presented(server, tenant, headers) {
        store::sessions::end(tx, tenant, &before.hash(), now).await?;
    }
    let mut set_cookies = make_room(tx, server, tenant, headers).await?;
    let secret = Secret::new(SecretKind::Session, tenant, &server.entropy);
    let session = Session {
        tenant,
        id: SessionId(server.entropy.random_uuid()),
        user: user.id,
        method,
        // After a restart with a clock that was set back, what voided older sessions may lie ahead: this one is newer.
        authenticated_at: now.max(user.sessions_valid_from),
        expires_at: now.plus(method.lifetime()),
        form_key: secret.hash(),
    };
    store::sessions::insert(tx, &session).await?;
    let row = logged(tx, user, method, continuation).await?;
    let row = log::record_known(tx, server, tenant, row).await?;
    users::store::note_sign_in(tx, user, row, session.authenticated_at).await?;
    set_cookies.push(cookie::set(&server.settings, &cookie_name(tenant), &secret.text(), method.lifetime()));
    Ok(Started { session, set_cookies })
}

async fn logged(
    tx: &mut Transaction,
    user: &User,
    method: Method,
    continuation: Option<&Continuation>,
) -> Result<log::SignIn> {
    let client_display_name = match continuation {
        Some(continuation) => continuation.app_name(tx).await?,
        None => None,
    };
    Ok(user.logged(log::SignIn {
        client: continuation.and_then(Continuation::client),
        client_display_name,
        is_interactive: true,
        method: Some(method.name()),
        ..log::SignIn::default()
    }))
}

/// Ends a session of this user, who asked for it, and writes the audit; the header takes its cookie away. `app` is the
/// client id of the app that asked on their behalf and proved whom it means.
pub async fn end(
    tx: &mut Transaction,
    server: &Server,
    session: &Session,
    user: &User,
    app: Option<&str>,
) -> Result<HeaderValue> {
    if store::sessions::end(tx, session.tenant, &session.form_key, server.clock.now()).await? {
        let caller = caller(tx, server, user, Some(session.id), None).await?;
        let target = Target::new("User", user.id.0, &user.display_name).named(&user.user_principal_name);
        let details: Vec<_> = app.map(|id| ("AppId", id)).into_iter().collect();
        audit::record(tx, server, &caller, Activity::SignOut, &Outcome::Success, &target, &details).await?;
    }
    Ok(clear_cookie(server, session.tenant))
}

/// The header that takes the cookie of a session at this organisation away, after it has ended in whatever way.
pub fn clear_cookie(server: &Server, tenant: TenantId) -> HeaderValue {
    cookie::clear(&server.settings, &cookie_name(tenant))
}

/// Ends every session of a user. Whoever revokes also moves `sessions_valid_from`, which refresh tokens obey.
pub async fn end_all(tx: &mut Transaction, server: &Server, tenant: TenantId, user: UserId) -> Result<()> {
    store::sessions::end_all(tx, tenant, user, server.clock.now()).await
}

/// Whether the session with this id goes on; for refresh tokens that end with their session.
pub async fn is_open(tx: &mut Transaction, server: &Server, tenant: TenantId, id: SessionId) -> Result<bool> {
    store::sessions::is_open(tx, tenant, id, server.clock.now()).await
}

/// The session with this id, unless it was ended; that its own time has run out does not matter. What an app may refresh
/// outlasts the session it was given in, but not its sign-out.
pub async fn find_not_ended(tx: &mut Transaction, tenant: TenantId, id: SessionId) -> Result<Option<Session>> {
    store::sessions::find_not_ended(tx, tenant, id).await
}

/// The caller that a user is, with the roles and the level they hold at this moment.
pub async fn caller(
    tx: &mut Transaction,
    server: &Server,
    user: &User,
    session: Option<SessionId>,
    delegated: Option<caller::Delegated>,
) -> Result<Caller> {
    let tenant = user.tenant_id;
    let mut roles = directory_roles::held(tx, server, tenant, PrincipalId::from(user.id)).await?;
    let settings = tenants::settings(tx, server, tenant).await?;
    let level = if user.is_guest() { settings.guest_user_role_id } else { guest_level::MEMBER };
    // What a guest was given before the organisation changed its mind has no effect.
    roles.retain(|role| !user.is_guest() || settings.lets_guests_hold(*role));
    let person = caller::User {
        id: user.id,
        display_name: user.display_name.clone(),
        principal_name: user.user_principal_name.clone(),
        mail: user.mail.clone(),
        is_guest: user.is_guest(),
        home_tenant: user.home_tenant(),
        level,
        defaults: settings.defaults_at(level),
        roles,
        delegated,
        session,
    };
    Ok(Caller { tenant, actor: Actor::User(person) })
}

const COOKIE: &str = "vestibule-session-";

fn cookie_name(tenant: TenantId) -> String {
    format!("{COOKIE}{}", tenant.0.simple())
}

/// The secret of the cookie, if it is one for this organisation.
fn presented(server: &Server, tenant: TenantId, headers: &HeaderMap) -> Option<Secret> {
    let secret = Secret::parse(SecretKind::Session, cookie::find(&server.settings, headers, &cookie_name(tenant))?)?;
    (secret.tenant() == tenant).then_some(secret)
}

/// Ends the oldest sessions of this browser at other organisations when there are too many.
async fn make_room(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    headers: &HeaderMap,
) -> Result<Vec<HeaderValue>> {
    let prefix = cookie::name(&server.settings, COOKIE);
    let own = cookie::name(&server.settings, &cookie_name(tenant));
    let others: Vec<(&str, &str)> =
        cookie::all(headers).filter(|(name, _)| name.starts_with(&prefix) && *name != own).collect();
    let surplus = (others.len() + 1).saturating_sub(MOST_IN_A_BROWSER);
    let mut cleared = Vec::with_capacity(surplus);
    // Browsers send the cookies that were set first first.
    for (name, value) in others.into_iter().take(surplus) {
        if let Some(secret) = Secret::parse(SecretKind::Session, value) {
            store::sessions::end(tx, secret.tenant(), &secret.hash(), server.clock.now()).await?;
        }
        cleared.push(cookie::clear_named(&server.settings, name));
    }
    Ok(cleared)
}
