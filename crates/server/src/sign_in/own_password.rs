//! Somebody changes their own password by proving the one they have (Graph: user: changePassword).
//!
//! What protects a password at the sign-in protects it here too, because whoever got hold of a token of an app could guess
//! otherwise. A try is counted and committed first, then the passwords are hashed without a transaction, then the outcome is
//! written in one.

use super::password::{self, PasswordError};
use super::recovery;
use super::throttle::{Tries, Verdict};
use crate::Server;
use crate::audit::{self, Activity, Outcome};
use crate::graph::{Caller, Permission};
use crate::platform::clock;
use crate::users::operations::{self, Key};
use crate::users::{self, User, UserError};
use database::Transaction;
use zeroize::Zeroizing;

/// What lets an app change something about the person who uses it.
const PERMISSIONS: [Permission; 3] =
    [Permission::UserReadWrite, Permission::UserReadWriteAll, Permission::DirectoryReadWriteAll];

/// The password somebody has, and the one they want.
pub struct Passwords {
    /// `currentPassword`
    pub current: Zeroizing<String>,
    /// `newPassword`
    pub new: Zeroizing<String>,
}

/// Why the password stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It is not theirs to change, or the new one cannot be set.
    #[error(transparent)]
    User(#[from] UserError),
    /// The current password is another one.
    #[error("it is not the password")]
    Wrong,
    /// Too many tries.
    #[error("too many tries")]
    TooMany {
        /// Until tries count anew.
        seconds: u32,
    },
    /// The storage.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

/// The user whom a path names, if that is the caller and the app may act for them in this.
///
/// # Errors
/// `Denied` for everybody else whom the caller may know of, whatever role the caller holds: passwords of others are set with
/// `passwordProfile`. `NotFound` as at every reading of a user.
pub async fn own(server: &Server, caller: &Caller, key: &Key) -> Result<User, UserError> {
    let user = operations::find(server, caller, key).await?.user;
    let may = operations::is_own(caller, user.id) && caller.has_any(&PERMISSIONS);
    if may { Ok(user) } else { Err(UserError::Denied) }
}

/// Changes the password of the user whom [`own`] found. It ends every session and voids what apps hold by them, the app that
/// asks included.
pub async fn change(server: &Server, caller: &Caller, user: &User, passwords: &Passwords) -> Result<(), ChangeError> {
    check(user, passwords)?;
    let tries = admit(server, caller, user).await?;
    if !password::verify(user.password_hash.as_deref(), &passwords.current).await {
        return Err(wrong(server, caller, user).await?);
    }
    let hash = password::hash(server, &passwords.new).await.map_err(refused)?;
    let mut tx = server.write().await?;
    let found = users::store::find(&mut tx, caller.tenant, user.id).await?;
    // Between the look at the password and now somebody may have set another one.
    let Some(mut same) = found.filter(|found| found.password_hash == user.password_hash) else {
        drop(tx);
        return Err(wrong(server, caller, user).await?);
    };
    tries.forget(&mut tx, server).await?;
    if !recovery::renew(&mut tx, server, &mut same, hash).await? {
        return Err(UserError::Changed.into());
    }
    record(&mut tx, server, caller, user, &Outcome::Success).await?;
    Ok(tx.commit().await?)
}

/// Refuses what no try is counted for.
fn check(user: &User, passwords: &Passwords) -> Result<(), UserError> {
    let invalid = |property, problem: &str| Err(UserError::Invalid { property, problem: problem.to_owned() });
    if user.external_user_state.is_some() || user.password_hash.is_none() {
        return invalid("currentPassword", "there is no password to change; the account signs in without one");
    }
    password::check(&passwords.new).map_err(refused)?;
    if *passwords.new == *passwords.current {
        return invalid("newPassword", "it is the current password");
    }
    Ok(())
}

fn refused(error: PasswordError) -> UserError {
    match error {
        PasswordError::Machine => UserError::Machine,
        refused => UserError::Invalid { property: "newPassword", problem: refused.to_string() },
    }
}

/// Counts a try. The first one that is turned away is told by the audit.
async fn admit(server: &Server, caller: &Caller, user: &User) -> Result<Tries, ChangeError> {
    let tries = Tries::by_app(caller.tenant, &users::fold(&user.user_principal_name));
    let mut tx = server.write().await?;
    let verdict = tries.count(&mut tx, server).await?;
    if let Verdict::Shut { is_first: true, .. } = verdict {
        let outcome = Outcome::Failure("There were too many tries".to_owned());
        record(&mut tx, server, caller, user, &outcome).await?;
    }
    tx.commit().await?;
    match verdict {
        Verdict::Open => Ok(tries),
        Verdict::Shut { until, .. } => {
            Err(ChangeError::TooMany { seconds: clock::seconds_until(until, server.clock.now()) })
        }
    }
}

/// Tells the audit of a wrong password; there are no more rows than tries.
async fn wrong(server: &Server, caller: &Caller, user: &User) -> Result<ChangeError, ChangeError> {
    let mut tx = server.write().await?;
    let outcome = Outcome::Failure("The password is wrong".to_owned());
    record(&mut tx, server, caller, user, &outcome).await?;
    tx.commit().await?;
    Ok(ChangeError::Wrong)
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    user: &User,
    outcome: &Outcome,
) -> database::Result<()> {
    audit::record(tx, server, caller, Activity::ChangePassword, outcome, &recovery::target(user), &[]).await
}
