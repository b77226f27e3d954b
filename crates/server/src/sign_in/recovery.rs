//! A one-time link with which somebody sets a new password: one who is locked out, for whom only the operator of the server
//! can make one, and one who has proved a password that opens nothing else. Who holds it is the account.

use super::attempts::{self, Limit};
use super::password::{self, PasswordError};
use super::{session, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::ids::UserId;
use crate::platform::{Secret, SecretHash, SecretKind, Timestamp};
use crate::tenants::Tenant;
use crate::users::{self, User};
use database::{Result, Transaction};
use std::time::Duration;

/// How long a link works.
pub const LIFETIME: Duration = Duration::from_hours(1);

/// Audit rows about dead links of one account in an hour: who holds one can present it without end.
const DEAD: Limit = Limit { scope: "recovery link dead", most: 20, window: Duration::from_hours(1) };

/// A link as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RecoveryLink {
    /// Whose account it opens.
    pub user_id: UserId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used; it works once.
    pub used_at: Option<Timestamp>,
}

/// A link that was made: where it leads and until when.
#[derive(Debug)]
pub struct Issued {
    /// The whole address, shown once.
    pub address: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a new password was not set.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The link was used, has ended, or never was one.
    #[error("the link does not work any more")]
    Dead,
    /// The password cannot be set.
    #[error("{0}")]
    Password(#[from] PasswordError),
    /// The database.
    #[error("{0}")]
    Database(#[from] database::Error),
}

/// Makes a link for the member with this `userPrincipalName` and writes it into the audit; `None` if nobody has that name.
pub async fn issue(server: &Server, tenant: &Tenant, principal_name: &str) -> Result<Option<Issued>> {
    let mut tx = server.write().await?;
    let found = users::store::find_by_principal_name(&mut tx, tenant.id, principal_name).await?;
    // Guests prove their mailbox; a password would open a second door to them.
    let Some(user) = found.filter(|user| !user.is_guest()) else { return Ok(None) };
    let link = Link::make(&mut tx, server, &user).await?;
    tx.commit().await?;
    let address = format!("{}{}", server.settings.public_address(), link.path);
    Ok(Some(Issued { address, expires_at: link.expires_at }))
}

/// A link that was stored and is not said yet.
pub struct Link {
    /// Path of its page. It holds the secret.
    pub path: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Link {
    /// Makes one for somebody of the house, and writes it into the audit.
    pub async fn make(tx: &mut Transaction, server: &Server, user: &User) -> Result<Self> {
        let tenant = user.tenant_id;
        let secret = Secret::new(SecretKind::RecoveryLink, tenant, &server.entropy);
        let now = server.clock.now();
        let expires_at = now.plus(LIFETIME);
        store::recovery_links::insert(tx, tenant, &secret.hash(), user.id, now, expires_at).await?;
        let system = Caller::system(tenant);
        audit::record(tx, server, &system, Activity::IssueRecoveryLink, &Outcome::Success, &target(user), &[]).await?;
        Ok(Self { path: format!("/{tenant}/recover/{}", &*secret.text()), expires_at })
    }
}

/// Whose account a link opens, if it still works.
pub async fn find(tx: &mut Transaction, server: &Server, tenant: &Tenant, link: &str) -> Result<Option<User>> {
    let Some(hash) = hash_of(tenant, link) else { return Ok(None) };
    let now = server.clock.now();
    let found = store::recovery_links::find(tx, tenant.id, &hash).await?;
    let Some(link) = found.filter(|link| link.used_at.is_none() && link.expires_at > now) else { return Ok(None) };
    users::store::find(tx, tenant.id, link.user_id).await
}

/// Writes into the audit that somebody presented a link of this organisation that does not work any more. What never was
/// a link leaves nothing.
pub async fn note_dead(server: &Server, tenant: &Tenant, link: &str) -> Result<()> {
    let Some(hash) = hash_of(tenant, link) else { return Ok(()) };
    let Some(link) = store::recovery_links::find(&mut server.read().await?, tenant.id, &hash).await? else {
        return Ok(());
    };
    let mut tx = server.write().await?;
    let counted = DEAD.count(&mut tx, server, tenant.id, &attempts::subject(&[link.user_id.0.as_bytes()])).await?;
    let reason = match link.used_at {
        Some(_) => "The link was used before.",
        None if link.expires_at <= server.clock.now() => "The time of the link is over.",
        None => "The account of the link is gone.",
    };
    if let Some(reason) = counted.listed(reason) {
        let user = users::store::find(&mut tx, tenant.id, link.user_id).await?;
        let target = user.as_ref().map_or_else(|| Target::new("User", link.user_id.0, ""), target);
        let (system, outcome) = (Caller::system(tenant.id), Outcome::Failure(reason));
        audit::record(&mut tx, server, &system, Activity::UseRecoveryLink, &outcome, &target, &[]).await?;
    }
    tx.commit().await
}

/// A new password that was hashed and can be set.
pub struct NewPassword(String);

impl NewPassword {
    /// Hashes a password; done before the transaction.
    pub async fn hash(server: &Server, password: &str) -> Result<Self, PasswordError> {
        password::hash(server, password).await.map(Self)
    }
}

/// Uses the link up: sets the password, and ends every session and every other link of the account.
pub async fn redeem(
    tx: &mut Transaction,
    server: &Server,
    tenant: &Tenant,
    link: &str,
    password: NewPassword,
) -> Result<(), RecoveryError> {
    let mut user = find(tx, server, tenant, link).await?.ok_or(RecoveryError::Dead)?;
    let now = server.clock.now();
    let hash = hash_of(tenant, link).ok_or(RecoveryError::Dead)?;
    if !store::recovery_links::use_up(tx, tenant.id, &hash, now).await? {
        return Err(RecoveryError::Dead);
    }
    if !renew(tx, server, &mut user, password.0).await? {
        return Err(RecoveryError::Dead);
    }
    let system = Caller::system(tenant.id);
    let by_link = [("method", "recovery link")];
    for (activity, details) in [(Activity::UseRecoveryLink, &[][..]), (Activity::ResetPassword, &by_link[..])] {
        audit::record(tx, server, &system, activity, &Outcome::Success, &target(&user), details).await?;
    }
    Ok(())
}

/// Gives an account the password that its person chose, as a PHC string; `false` if somebody changed the user meanwhile. It
/// ends every session, with what apps hold by them, and every link of the account.
pub(super) async fn renew(tx: &mut Transaction, server: &Server, user: &mut User, hash: String) -> Result<bool> {
    let now = server.clock.now();
    user.password_hash = Some(hash);
    user.password_changed_at = Some(now);
    user.profile.0.must_change_password = false;
    user.void_sessions(now);
    if !users::store::update(tx, user, now).await? {
        return Ok(false);
    }
    store::recovery_links::use_up_all(tx, user.tenant_id, user.id, now).await?;
    session::end_all(tx, server, user.tenant_id, user.id).await?;
    Ok(true)
}

pub(super) fn target(user: &User) -> Target {
    Target::new("User", user.id.0, &user.display_name).named(&user.user_principal_name)
}

fn hash_of(tenant: &Tenant, link: &str) -> Option<SecretHash> {
    let secret = Secret::parse(SecretKind::RecoveryLink, link)?;
    (secret.tenant() == tenant.id).then(|| secret.hash())
}
