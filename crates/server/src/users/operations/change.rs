//! Changing, deleting, signing out.

use super::password::{self, PasswordChange};
use super::{Key, addresses, follow_mail, get, principal_name};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::changes::{self, Kind, What};
use crate::extensions::{self, ValueChange};
use crate::graph::Caller;
use crate::platform::ids::UserId;
use crate::users::rights::Deed;
use crate::users::sponsors::{self, SponsorId};
use crate::users::texts::OWN;
use crate::users::{Change, User, UserError, rights, store};
use database::Transaction;
use serde_json::Value;

/// A property with its old and new value.
type Difference = (&'static str, Value, Value);

/// What is to be different about a user.
#[derive(Debug, Clone, Copy)]
pub struct Amendment<'a> {
    /// Properties of every user.
    pub changes: &'a [Change],
    /// Properties that apps added.
    pub extensions: &'a [ValueChange],
}

impl<'a> From<&'a [Change]> for Amendment<'a> {
    fn from(changes: &'a [Change]) -> Self {
        Self { changes, extensions: &[] }
    }
}

impl Amendment<'_> {
    /// Whether it leaves everything as it is.
    const fn is_empty(self) -> bool {
        self.changes.is_empty() && self.extensions.is_empty()
    }

    /// What it is to make it.
    fn deed(self) -> Deed {
        let properties: Vec<&str> = self.changes.iter().map(Change::property).collect();
        Deed::of(&properties)
    }

    /// Whether these properties alone are to change. What apps added is for who may change everything: apps decide by it.
    fn is_only(self, names: &[&str]) -> bool {
        self.extensions.is_empty() && self.changes.iter().all(|change| names.contains(&change.property()))
    }
}

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

/// Whether there is anybody whom the caller may change in any way.
pub fn may_change_anybody(caller: &Caller) -> bool {
    [Deed::Change, Deed::Block, Deed::Credentials].iter().any(|deed| deed.is_allowed(caller))
        || rights::may_change_self(caller)
}

/// Refuses a user whom the caller may not change, before it is looked at what was sent.
pub async fn check_may_change(server: &Server, caller: &Caller, key: &Key) -> Result<(), UserError> {
    get_for(&mut server.read().await?, caller, key, Deed::Change, None).await.map(|_| ())
}

/// Refuses an `id` that was sent along with a change, unless it is that of the user whom the path names. Who may not make the
/// change is refused as by the change itself.
pub async fn check_id(
    server: &Server,
    caller: &Caller,
    key: &Key,
    (amendment, with_password): (Amendment<'_>, bool),
    sent: UserId,
) -> Result<(), UserError> {
    let mut tx = server.read().await?;
    let user = if with_password {
        get_for(&mut tx, caller, key, Deed::Credentials, None).await?
    } else {
        get_to_amend(&mut tx, caller, key, amendment, None).await?
    };
    if user.id == sent {
        return Ok(());
    }
    let problem = "it is not that of the user the path names, and never changes".to_owned();
    Err(UserError::Invalid { property: "id", problem })
}

/// Whether the caller is this user.
pub fn is_own(caller: &Caller, user: UserId) -> bool {
    rights::is_self(caller, user)
}

/// [`change`] together with a new password, both or neither.
pub async fn change_with_password(
    server: &Server,
    caller: &Caller,
    key: &Key,
    amendment: Amendment<'_>,
    password: Option<PasswordChange>,
    expected: Option<i64>,
) -> Result<User, UserError> {
    let Some(password) = password else {
        let mut tx = server.write().await?;
        let after = amend_wholly(&mut tx, server, caller, key, amendment, expected).await?;
        tx.commit().await?;
        return Ok(after);
    };
    password::check(server, caller, key, expected).await?;
    let password = password.hash(server).await?;
    let mut tx = server.write().await?;
    let user = password::set(&mut tx, server, caller, key, password, expected).await?;
    let user = if amendment.is_empty() {
        user
    } else {
        amend_wholly(&mut tx, server, caller, &user.id.into(), amendment, None).await?
    };
    tx.commit().await?;
    Ok(user)
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
    amend_wholly(tx, server, caller, key, changes.into(), expected).await
}

/// The same with what apps added.
async fn amend_wholly(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: &Key,
    amendment: Amendment<'_>,
    expected: Option<i64>,
) -> Result<User, UserError> {
    let before = get_to_amend(tx, caller, key, amendment, expected).await?;
    let mut after = before.clone();
    let apply = |change: &Change| change.apply(&mut after).map(|(old, new)| (change.property(), old, new));
    let mut differences: Vec<Difference> = amendment.changes.iter().filter_map(apply).collect();
    differences.extend(extensions::put(tx, caller.tenant, (Kind::User, before.id.0), amendment.extensions).await?);
    if differences.is_empty() {
        return Ok(before);
    }
    addresses::check(tx, &before, &after).await?;
    principal_name::check_renaming(tx, &before, &after).await?;
    // `proxyAddresses` follow from `mail`, of which the audit tells.
    follow_mail(tx, before.mail.as_deref(), &mut after).await?;
    if !before.is_guest() && after.is_guest() {
        rights::check_may_be_guest(tx, caller.tenant, &before).await?;
    }
    if before.is_guest() && !after.is_guest() {
        rights::check_wakes_no_role(tx, caller, &before).await?;
    }
    if before.account_enabled && !after.account_enabled {
        rights::check_not_last_administrator(tx, caller.tenant, &before).await?;
        after.void_sessions(server.clock.now());
    }
    if !store::update(tx, &after, server.clock.now()).await? {
        return Err(UserError::Changed);
    }
    principal_name::follow(tx, &before, &after).await?;
    record_changes(tx, server, caller, &after, differences).await?;
    after.version += 1;
    Ok(after)
}

/// Deletes a user softly: they are found nowhere, cannot sign in, and their name is free. Guests whom they alone answered for
/// are flagged.
pub async fn delete(server: &Server, caller: &Caller, key: &Key, expected: Option<i64>) -> Result<(), UserError> {
    let mut tx = server.write().await?;
    let user = get_for(&mut tx, caller, key, Deed::Delete, expected).await?;
    remove(&mut tx, server, caller, user).await?;
    Ok(tx.commit().await?)
}

/// The same of a user whom the caller may delete, in the caller's transaction.
pub(super) async fn remove(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    mut user: User,
) -> Result<(), UserError> {
    rights::check_not_last_administrator(tx, caller.tenant, &user).await?;
    let now = server.clock.now();
    user.deleted_at = Some(now);
    user.void_sessions(now);
    if !store::update(tx, &user, now).await? {
        return Err(UserError::Changed);
    }
    changes::note_grants_of_user(tx, caller.tenant, now, user.id, What::Deleted).await?;
    let left = sponsors::left(tx, server, caller.tenant, SponsorId::Person(user.id)).await?;
    let target = left.told(target(&user));
    record(tx, server, caller, Activity::DeleteUser, &target).await?;
    if user.external_user_state.is_some() {
        record(tx, server, caller, Activity::DeleteExternalUser, &target).await?;
    }
    Ok(())
}

/// Ends every session of a user and voids what apps hold for them. Everybody may do so for themselves.
pub async fn revoke_sessions(server: &Server, caller: &Caller, key: &Key) -> Result<(), UserError> {
    let mut tx = server.write().await?;
    let mut user = match super::look_up(&mut tx, caller.tenant, key).await? {
        Some(user) if rights::may_sign_out_self(caller, user.id) => user,
        _ => get_for(&mut tx, caller, key, Deed::SignOut, None).await?,
    };
    user.void_sessions(server.clock.now());
    if !store::revoke_sessions(&mut tx, caller.tenant, user.id, user.sessions_valid_from).await? {
        return Err(UserError::NotFound(key.to_string()));
    }
    record(&mut tx, server, caller, Activity::RevokeSessions, &target(&user)).await?;
    Ok(tx.commit().await?)
}

/// The user, if the caller may do this to them; what is refused to everybody is refused before the user is looked up.
pub(in crate::users) async fn get_for(
    tx: &mut Transaction,
    caller: &Caller,
    key: &Key,
    deed: Deed,
    expected: Option<i64>,
) -> Result<User, UserError> {
    if !deed.is_allowed(caller) {
        return Err(UserError::Denied);
    }
    let user = get(tx, caller.tenant, key).await?;
    rights::check_deed(tx, caller, &user, deed).await?;
    check_version(&user, expected)?;
    Ok(user)
}

/// The user whom the caller may change this way. Everybody of the house may change a little about themselves, whatever roles
/// they hold.
async fn get_to_amend(
    tx: &mut Transaction,
    caller: &Caller,
    key: &Key,
    amendment: Amendment<'_>,
    expected: Option<i64>,
) -> Result<User, UserError> {
    if rights::may_change_self(caller) && amendment.is_only(OWN) && may_name_self(caller, key) {
        let own = super::look_up(tx, caller.tenant, key).await?.filter(|user| rights::is_self(caller, user.id));
        if let Some(user) = own {
            check_version(&user, expected)?;
            return Ok(user);
        }
    }
    let deed = amendment.deed();
    let is_blocking = !deed.is_allowed(caller) && amendment.is_only(&["accountEnabled"]);
    get_for(tx, caller, key, if is_blocking { Deed::Block } else { deed }, expected).await
}

/// Whether the key can be that of the caller; by a name nobody knows before it is looked up.
fn may_name_self(caller: &Caller, key: &Key) -> bool {
    match key {
        Key::Id(id) => rights::is_self(caller, *id),
        Key::Name(_) => true,
    }
}

fn check_version(user: &User, expected: Option<i64>) -> Result<(), UserError> {
    if expected.is_some_and(|version| version != user.version) { Err(UserError::Changed) } else { Ok(()) }
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

pub(in crate::users) async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    target: &Target,
) -> Result<(), UserError> {
    Ok(audit::record(tx, server, caller, activity, &Outcome::Success, target, &[]).await?)
}

pub(in crate::users) fn target(user: &User) -> Target {
    Target::new("User", user.id.0, user.display_name.clone()).named(user.user_principal_name.clone())
}
