//! Changing, deleting, signing out.

use super::{Key, addresses, get};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::users::{Change, User, UserError, rights, store};
use database::Transaction;
use serde_json::Value;

/// A property with its old and new value.
type Difference = (&'static str, Value, Value);

/// Changes a user; the user as they are now. `expected` is the version the caller has read.
///
/// Blocking ends every session. The audit has a row for being blocked or unblocked and one for everything else.
pub async fn change(
    server: &Server,
    caller: &Caller,
    key: &Key,
    changes: &[Change],
    expected: Option<i64>,
) -> Result<User, UserError> {
    let mut tx = server.write().await?;
    let after = amend(&mut tx, server, caller, key, changes, expected).await?;
    tx.commit().await?;
    Ok(after)
}

/// The same within a transaction of the caller, for a change that is a part of something larger.
pub async fn amend(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: &Key,
    changes: &[Change],
    expected: Option<i64>,
) -> Result<User, UserError> {
    let before = get_to_change(tx, caller, key, expected).await?;
    let mut after = before.clone();
    let apply = |change: &Change| change.apply(&mut after).map(|(old, new)| (change.property(), old, new));
    let differences: Vec<Difference> = changes.iter().filter_map(apply).collect();
    if differences.is_empty() {
        return Ok(before);
    }
    addresses::check(tx, &before, &after).await?;
    if !before.is_guest() && after.is_guest() {
        rights::check_may_be_guest(tx, caller.tenant, &before).await?;
    }
    if before.account_enabled && !after.account_enabled {
        rights::check_not_last_administrator(tx, caller.tenant, &before).await?;
        after.void_sessions(server.clock.now());
    }
    if !store::update(tx, &after, server.clock.now()).await? {
        return Err(UserError::Changed);
    }
    record_changes(tx, server, caller, &after, differences).await?;
    after.version += 1;
    Ok(after)
}

/// Deletes a user softly: they are found nowhere, cannot sign in, and their name is free.
pub async fn delete(server: &Server, caller: &Caller, key: &Key, expected: Option<i64>) -> Result<(), UserError> {
    let mut tx = server.write().await?;
    let mut user = get_to_change(&mut tx, caller, key, expected).await?;
    rights::check_not_last_administrator(&mut tx, caller.tenant, &user).await?;
    let now = server.clock.now();
    user.deleted_at = Some(now);
    user.void_sessions(now);
    if !store::update(&mut tx, &user, now).await? {
        return Err(UserError::Changed);
    }
    let target = target(&user);
    record(&mut tx, server, caller, Activity::DeleteUser, &target).await?;
    if user.external_user_state.is_some() {
        record(&mut tx, server, caller, Activity::DeleteExternalUser, &target).await?;
    }
    Ok(tx.commit().await?)
}

/// Ends every session of a user and voids what apps hold for them. Everybody may do so for themselves.
pub async fn revoke_sessions(server: &Server, caller: &Caller, key: &Key) -> Result<(), UserError> {
    let mut tx = server.write().await?;
    let mut user = match super::look_up(&mut tx, caller.tenant, key).await? {
        Some(user) if rights::may_sign_out_self(caller, user.id) => user,
        _ => get_to_change(&mut tx, caller, key, None).await?,
    };
    user.void_sessions(server.clock.now());
    if !store::revoke_sessions(&mut tx, caller.tenant, user.id, user.sessions_valid_from).await? {
        return Err(UserError::NotFound(key.to_string()));
    }
    record(&mut tx, server, caller, Activity::RevokeSessions, &target(&user)).await?;
    Ok(tx.commit().await?)
}

/// The user, if the caller may change them; what is refused to everybody is refused before the user is looked up.
async fn get_to_change(
    tx: &mut Transaction,
    caller: &Caller,
    key: &Key,
    expected: Option<i64>,
) -> Result<User, UserError> {
    if !caller.may_administer_users() {
        return Err(UserError::Denied);
    }
    let user = get(tx, caller.tenant, key).await?;
    rights::check_change(tx, caller, &user).await?;
    if expected.is_some_and(|version| version != user.version) {
        return Err(UserError::Changed);
    }
    Ok(user)
}

async fn record_changes(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    user: &User,
    differences: Vec<Difference>,
) -> Result<(), UserError> {
    let (blocking, others): (Vec<_>, Vec<_>) =
        differences.into_iter().partition(|(name, ..)| *name == "accountEnabled");
    let blocked = if user.account_enabled { Activity::EnableAccount } else { Activity::DisableAccount };
    for (activity, changes) in [(blocked, blocking), (Activity::UpdateUser, others)] {
        if !changes.is_empty() {
            let target = Target { changes, ..target(user) };
            record(tx, server, caller, activity, &target).await?;
        }
    }
    Ok(())
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    target: &Target,
) -> Result<(), UserError> {
    Ok(audit::record(tx, server, caller, activity, &Outcome::Success, target, &[]).await?)
}

fn target(user: &User) -> Target {
    Target::new("User", user.id.0, user.display_name.clone()).named(user.user_principal_name.clone())
}
