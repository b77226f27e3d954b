//! Adding a user (Graph: create user).

use super::change::{record, target};
use super::password::PasswordChange;
use super::{addresses, follow_mail, principal_name};
use crate::Server;
use crate::audit::Activity;
use crate::changes::Kind;
use crate::extensions::{self, ValueChange};
use crate::graph::{Caller, Reference};
use crate::platform::ids::UserId;
use crate::users::rights::Deed;
use crate::users::{Change, User, UserError, manager, sponsors, store};
use database::Transaction;
use serde_json::Value;

/// A user to be added.
pub struct NewUser {
    /// `userPrincipalName`, a checked address.
    pub principal_name: String,
    /// `displayName`, checked.
    pub display_name: String,
    /// Everything else that was said.
    pub changes: Vec<Change>,
    /// Properties that apps added.
    pub extensions: Vec<ValueChange>,
    /// The first password, and whether it must be changed.
    pub password: PasswordChange,
    /// Who they report to.
    pub manager: Option<UserId>,
    /// Who answers for them.
    pub sponsors: Vec<Reference>,
}

/// Whether the caller may add users.
pub fn may_create(caller: &Caller) -> bool {
    Deed::Change.is_allowed(caller)
}

/// Adds a user who signs in with a password. Mail goes to the address that was given and nowhere without one.
pub async fn create(server: &Server, caller: &Caller, new: NewUser) -> Result<User, UserError> {
    if !may_create(caller) {
        return Err(UserError::Denied);
    }
    let password = new.password.hash(server).await?;
    let now = server.clock.now();
    let id = UserId(server.entropy.uuid(now));
    let blank = User { mail: None, ..User::member(caller.tenant, id, new.principal_name, new.display_name, now) };
    let mut user = blank.clone();
    password.apply(&mut user, now);
    let mut target_of_audit = target(&user);
    for change in &new.changes {
        change.apply(&mut user);
        target_of_audit = target_of_audit.change(change.property(), Value::Null, change.value_in(&user));
    }
    let mut tx = server.write().await?;
    principal_name::check(&mut tx, &user).await?;
    addresses::check(&mut tx, &blank, &user).await?;
    follow_mail(&mut tx, None, &mut user).await?;
    store::insert(&mut tx, &user).await?;
    principal_name::add_identity(&mut tx, &user).await?;
    let added = extensions::put(&mut tx, caller.tenant, (Kind::User, id.0), &new.extensions).await?;
    target_of_audit.changes.extend(added);
    relate(&mut tx, &user, new.manager, &new.sponsors).await?;
    record(&mut tx, server, caller, Activity::AddUser, &target_of_audit).await?;
    tx.commit().await?;
    Ok(user)
}

/// Names the manager and the sponsors of a new user.
async fn relate(
    tx: &mut Transaction,
    user: &User,
    manager: Option<UserId>,
    named: &[Reference],
) -> Result<(), UserError> {
    if let Some(manager) = manager {
        check_exists(tx, user, manager).await?;
        manager::put(tx, user.tenant_id, user.id, manager).await?;
    }
    for sponsor in named {
        let found = sponsors::find(tx, user.tenant_id, *sponsor).await?.filter(|found| found.id() != user.id.0);
        let found = found.ok_or_else(|| {
            let problem = format!("there is no user or group {}", sponsor.id);
            UserError::Invalid { property: "sponsors", problem }
        })?;
        sponsors::put(tx, user.tenant_id, user.id, found.key(), user.created_at).await?;
    }
    if named.is_empty() { Ok(()) } else { sponsors::check_number(tx, user.tenant_id, user.id).await }
}

async fn check_exists(tx: &mut Transaction, user: &User, manager: UserId) -> Result<(), UserError> {
    let found = store::find(tx, user.tenant_id, manager).await?.filter(|other| other.id != user.id);
    let problem = || UserError::Invalid { property: "manager", problem: format!("there is no user {manager}") };
    found.map(|_| ()).ok_or_else(problem)
}
