//! Bringing a deleted user back.

use super::Deed;
use crate::Server;
use crate::changes::{self, What};
use crate::graph::body::Object;
use crate::graph::{Caller, Error};
use crate::users::operations::{check_principal_name, follow_principal_name};
use crate::users::sponsors::{self, SponsorId};
use crate::users::{Identity, SignInType, User, UserError, rights, store, terms};
use database::Transaction;
use sqlx::types::Json;

/// How a conflict with somebody who came in between is solved (Graph: restore deleted item).
#[derive(Debug, Default)]
pub struct Wish {
    /// `newUserPrincipalName`
    pub principal_name: Option<String>,
    /// `autoReconcileProxyConflict`: addresses that somebody else has by now are left out.
    pub drops_taken_addresses: bool,
}

impl Wish {
    pub(super) fn read(mut body: Object) -> Result<Self, Error> {
        let wish = Self {
            principal_name: body.take("newUserPrincipalName")?,
            drops_taken_addresses: body.take("autoReconcileProxyConflict")?.unwrap_or(false),
        };
        body.finish()?;
        Ok(wish)
    }
}

/// With what hung on them: roles, apps, sponsors. Sessions stay ended.
pub(super) async fn bring_back(
    before: User,
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    wish: Wish,
) -> Result<User, UserError> {
    rights::check_deed(tx, caller, &before, Deed::Delete).await?;
    let at = server.clock.now();
    let mut user = User { deleted_at: None, ..before.clone() };
    if let Some(name) = wish.principal_name {
        user.user_principal_name = new_name(&user, name)?;
    }
    check_name(tx, &before, &user).await?;
    check_identities(tx, &user).await?;
    settle_addresses(tx, &mut user, wish.drops_taken_addresses).await?;
    if !store::update(tx, &user, at).await? {
        return Err(UserError::Changed);
    }
    changes::note_grants_of_user(tx, user.tenant_id, at, user.id, What::Set).await?;
    sponsors::came_back(tx, server, user.tenant_id, SponsorId::Person(user.id)).await?;
    sponsors::guest_came_back(tx, user.tenant_id, user.id, at).await?;
    follow_principal_name(tx, &before, &user).await?;
    user.version += 1;
    Ok(user)
}

/// The name of somebody from outside says where they came from, and stays.
fn new_name(user: &User, name: String) -> Result<String, UserError> {
    if user.external_user_state.is_some() {
        let problem = "the name of somebody who was invited does not change".to_owned();
        return Err(UserError::Invalid { property: "newUserPrincipalName", problem });
    }
    Ok(name)
}

async fn check_name(tx: &mut Transaction, before: &User, user: &User) -> Result<(), UserError> {
    if before.user_principal_name != user.user_principal_name {
        return check_principal_name(tx, user).await;
    }
    match store::find_by_principal_name(tx, user.tenant_id, &user.user_principal_name).await? {
        Some(_) => Err(UserError::Taken("userPrincipalName")),
        None => Ok(()),
    }
}

/// Nobody else may sign in as what this user signed in as from elsewhere; their name here was looked at.
async fn check_identities(tx: &mut Transaction, user: &User) -> Result<(), UserError> {
    for identity in store::list_identities(tx, user.tenant_id, user.id).await? {
        let Identity { sign_in_type: SignInType::Federated, issuer, issuer_assigned_id: Some(assigned) } = identity
        else {
            continue;
        };
        let folded = assigned.to_ascii_lowercase();
        if store::find_by_identity(tx, user.tenant_id, &issuer, &folded).await?.is_some_and(|(id, _)| id != user.id) {
            return Err(UserError::Taken("identities"));
        }
    }
    Ok(())
}

/// Proxy addresses belong to one user.
async fn settle_addresses(tx: &mut Transaction, user: &mut User, drops: bool) -> Result<(), UserError> {
    let mut kept = Vec::with_capacity(user.proxy_addresses.len());
    for address in user.proxy_addresses.0.clone() {
        if !terms::is_held(tx, user.tenant_id, "proxyAddresses", &address, user.id).await? {
            kept.push(address);
        } else if !drops {
            return Err(UserError::Taken("proxyAddresses"));
        }
    }
    user.proxy_addresses = Json(kept);
    Ok(())
}
