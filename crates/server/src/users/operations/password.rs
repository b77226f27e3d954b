//! A password that an administrator sets (Graph: passwordProfile).

use super::Key;
use super::change::{get_for, record, target};
use crate::Server;
use crate::audit::Activity;
use crate::graph::Caller;
use crate::platform::Timestamp;
use crate::users::password::{self, PasswordError};
use crate::users::rights::Deed;
use crate::users::{User, UserError, store};
use database::Transaction;
use zeroize::Zeroizing;

/// `passwordProfile`; what is `None` stays as it is.
pub struct PasswordChange {
    /// `password`
    pub password: Option<Zeroizing<String>>,
    /// `forceChangePasswordNextSignIn`
    pub must_change: Option<bool>,
}

/// The same, hashed.
pub struct HashedPassword {
    hash: Option<String>,
    must_change: Option<bool>,
}

impl PasswordChange {
    /// Hashes the password; done before the transaction.
    pub async fn hash(&self, server: &Server) -> Result<HashedPassword, UserError> {
        let hash = match &self.password {
            Some(password) => Some(password::hash(server, password).await.map_err(refused)?),
            None => None,
        };
        Ok(HashedPassword { hash, must_change: self.must_change })
    }
}

fn refused(error: PasswordError) -> UserError {
    match error {
        PasswordError::Machine => UserError::Machine,
        refused => UserError::Invalid { property: "passwordProfile", problem: refused.to_string() },
    }
}

impl HashedPassword {
    /// Gives it to the user. A new password ends every session; that it must be changed ends none and is met at the next sign-in.
    pub(super) fn apply(self, user: &mut User, now: Timestamp) {
        if let Some(hash) = self.hash {
            user.password_hash = Some(hash);
            user.password_changed_at = Some(now);
            user.void_sessions(now);
        }
        if let Some(must_change) = self.must_change {
            user.profile.0.must_change_password = must_change;
        }
    }
}

/// Refuses a caller who may not set the password of this user, before it is hashed. Somebody who came by an invitation proves
/// a mailbox; a password would open a second door to them.
pub async fn check(server: &Server, caller: &Caller, key: &Key, expected: Option<i64>) -> Result<(), UserError> {
    get(&mut server.read().await?, caller, key, expected).await.map(|_| ())
}

async fn get(tx: &mut Transaction, caller: &Caller, key: &Key, expected: Option<i64>) -> Result<User, UserError> {
    let user = get_for(tx, caller, key, Deed::Credentials, expected).await?;
    if user.external_user_state.is_some() {
        let problem = "somebody who was invited signs in without a password here".to_owned();
        return Err(UserError::Invalid { property: "passwordProfile", problem });
    }
    Ok(user)
}

/// Sets a password, or whether it must be changed, within a transaction of the caller.
pub async fn set(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: &Key,
    password: HashedPassword,
    expected: Option<i64>,
) -> Result<User, UserError> {
    let mut user = get(tx, caller, key, expected).await?;
    let (is_set, forced) = (password.hash.is_some(), user.profile.0.must_change_password);
    let now = server.clock.now();
    password.apply(&mut user, now);
    let forces = user.profile.0.must_change_password;
    if !is_set && forces == forced {
        return Ok(user);
    }
    if !store::update(tx, &user, now).await? {
        return Err(UserError::Changed);
    }
    if is_set {
        record(tx, server, caller, Activity::ResetPassword, &target(&user)).await?;
    } else {
        let target = target(&user).change("ForceChangePassword", forced, forces);
        record(tx, server, caller, Activity::ForcePasswordChange, &target).await?;
    }
    user.version += 1;
    Ok(user)
}
