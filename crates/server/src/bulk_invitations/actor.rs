//! For whom a run works: written down when it is sent, and looked at again before every part of the work, so that a right
//! that was taken away meanwhile ends it.

use super::bulk_invitation::BulkInvitation;
use crate::Server;
use crate::directory_roles;
use crate::graph::caller::{Application, Delegated};
use crate::graph::{Actor, Caller, Permission};
use crate::invitations::InviterKind;
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId, UserId};
use crate::service_principals;
use crate::sign_in::session;
use crate::users;
use database::{Result, Transaction};

/// The kind of a caller, the app a person uses, and the permissions of the token.
pub fn noted(caller: &Caller) -> (InviterKind, Option<ClientId>, Option<Vec<String>>) {
    let names = |held: &[Permission]| held.iter().map(|permission| permission.name().to_owned()).collect();
    match &caller.actor {
        Actor::User(user) => {
            let delegated = user.delegated.as_ref();
            (InviterKind::User, delegated.map(|app| app.client), delegated.map(|app| names(&app.permissions)))
        }
        Actor::Application(app) => (InviterKind::Application, Some(app.client), Some(names(&app.permissions))),
        Actor::System => (InviterKind::System, None, None),
    }
}

/// The caller as they stand now; `None` if their account or app is gone or blocked.
pub async fn now(tx: &mut Transaction, server: &Server, bulk: &BulkInvitation) -> Result<Option<Caller>> {
    match bulk.inviter_kind {
        InviterKind::System => Ok(Some(Caller::system(bulk.tenant_id))),
        InviterKind::User => person(tx, server, bulk).await,
        InviterKind::Application => program(tx, bulk).await,
    }
}

async fn person(tx: &mut Transaction, server: &Server, bulk: &BulkInvitation) -> Result<Option<Caller>> {
    let user = users::store::find(tx, bulk.tenant_id, UserId(bulk.inviter_id)).await?;
    let Some(user) = user.filter(|user| user.account_enabled && !user.is_pending()) else { return Ok(None) };
    let delegated = match bulk.client_id {
        None => None,
        Some(client) => match still_delegated(tx, bulk.tenant_id, client, bulk).await? {
            None => return Ok(None),
            delegated => delegated,
        },
    };
    session::caller(tx, server, &user, None, delegated).await.map(Some)
}

async fn still_delegated(
    tx: &mut Transaction,
    tenant: TenantId,
    client: ClientId,
    bulk: &BulkInvitation,
) -> Result<Option<Delegated>> {
    let principal = service_principals::store::find_by_client(tx, tenant, client).await?;
    let Some(principal) = principal else { return Ok(None) };
    if !service_principals::foreign::is_standing(tx, &principal).await? {
        return Ok(None);
    }
    let user = UserId(bulk.inviter_id);
    let granted = service_principals::grants::permissions_for(tx, tenant, principal.id, user).await?;
    Ok(Some(Delegated { client, permissions: kept(granted, bulk) }))
}

async fn program(tx: &mut Transaction, bulk: &BulkInvitation) -> Result<Option<Caller>> {
    let tenant = bulk.tenant_id;
    let found = service_principals::store::find(tx, tenant, ServicePrincipalId(bulk.inviter_id)).await?;
    let Some(principal) = found else { return Ok(None) };
    if !service_principals::foreign::is_standing(tx, &principal).await? {
        return Ok(None);
    }
    let held = service_principals::permissions_of(tx, tenant, principal.id).await?;
    let application = Application {
        service_principal: principal.id,
        client: principal.app_id,
        display_name: principal.display_name,
        permissions: kept(held, bulk),
        roles: directory_roles::effective(tx, tenant, principal.id.into()).await?,
    };
    Ok(Some(Caller { tenant, actor: Actor::Application(application) }))
}

/// What was in the token and is still held.
fn kept(held: Vec<Permission>, bulk: &BulkInvitation) -> Vec<Permission> {
    let in_token = |permission: &Permission| {
        bulk.permissions.as_ref().is_some_and(|names| names.iter().any(|name| name == permission.name()))
    };
    held.into_iter().filter(in_token).collect()
}
