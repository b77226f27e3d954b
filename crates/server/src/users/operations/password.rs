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

/// `passwordProfile`
pub struct NewPassword {
    /// `password`
    pub password: Zeroizing<String>,
    /// `forceChangePasswordNextSignIn`
    pub must_change: bool,
}

/// The same, hashed.
pub struct HashedPassword {
    hash: String,
    must_change: bool,
}

impl NewPassword {
    /// Hashes it; done before the transaction.
    pub async fn hash(&self, server: &Server) -> Result<HashedPassword, UserError> {
        let hash = password::hash(server, &self.password).await.map_err(|error| match error {
            PasswordError::Machine => UserError::Machine,
            refused => UserError::Invalid { property: "passwordProfile", problem: refused.to_string() },
        })?;
        Ok(HashedPassword { hash, must_change: self.must_change })
    }
}

impl HashedPassword {
    /// Gives it to the user.
    pub(super) fn apply(self, user: &mut User, now: Timestamp) {
        user.password_hash = Some(self.hash);
        user.password_changed_at = Some(now);
        user.profile.0.must_change_password = self.must_change;
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

/// Sets a password within a transaction of the caller. It ends every session.
pub async fn set(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: &Key,
    password: HashedPassword,
    expected: Option<i64>,
) -> Result<User, UserError> {
    let mut user = get(tx, caller, key, expected).await?;
    let now = server.clock.now();
    password.apply(&mut user, now);
    user.void_sessions(now);
    if !store::update(tx, &user, now).await? {
        return Err(UserError::Changed);
    }
    record(tx, server, caller, Activity::ResetPassword, &target(&user)).await?;
    user.version += 1;
    Ok(user)
}
