//! Who stands behind a good token, and whether they still may.

use super::Rejection;
use crate::Server;
use crate::authorization::client::Client;
use crate::authorization::error::EndpointError;
use crate::authorization::store::grants;
use crate::directory_roles;
use crate::graph::caller::{Application, Delegated};
use crate::graph::{Actor, Caller, Permission};
use crate::platform::ids::{GrantId, TenantId};
use crate::service_principals;
use crate::sign_in::session;
use crate::users;
use database::Transaction;
use oauth::claims::{AccessTokenClaims, IdentityType};

pub(super) async fn of(server: &Server, claims: &AccessTokenClaims) -> Result<Caller, Rejection> {
    let tenant: TenantId = claims.tid.parse().map_err(|_| Rejection::Malformed)?;
    let mut tx = server.read().await?;
    let client = client(&mut tx, tenant, claims).await?;
    match claims.idtyp {
        Some(IdentityType::App) => program(&mut tx, tenant, client, claims).await,
        Some(IdentityType::User) => person(&mut tx, tenant, client, claims).await,
        None => Err(Rejection::Malformed),
    }
}

async fn client(tx: &mut Transaction, tenant: TenantId, claims: &AccessTokenClaims) -> Result<Client, Rejection> {
    let client = match Client::find(tx, tenant, &claims.azp).await {
        Ok(client) => client,
        Err(EndpointError::Storage(error)) => return Err(error.into()),
        Err(_) => return Err(Rejection::Revoked),
    };
    if client.check_enabled().is_err() {
        return Err(Rejection::Revoked);
    }
    Ok(client)
}

/// A program has the permissions of its token that it still holds.
async fn program(
    tx: &mut Transaction,
    tenant: TenantId,
    client: Client,
    claims: &AccessTokenClaims,
) -> Result<Caller, Rejection> {
    let principal = client.principal;
    if claims.oid != principal.id.to_string() || claims.iat < principal.sessions_valid_from.seconds() {
        return Err(Rejection::Revoked);
    }
    let held = service_principals::permissions_of(tx, tenant, principal.id).await?;
    let in_token = |permission: &Permission| claims.roles.iter().any(|role| role == permission.name());
    let application = Application {
        service_principal: principal.id,
        client: principal.app_id,
        display_name: principal.display_name,
        permissions: held.into_iter().filter(in_token).collect(),
        roles: directory_roles::store::list(tx, tenant, principal.id.into()).await?,
    };
    Ok(Caller { tenant, actor: Actor::Application(application) })
}

/// A person has the scopes of the token that the app may still use.
async fn person(
    tx: &mut Transaction,
    tenant: TenantId,
    client: Client,
    claims: &AccessTokenClaims,
) -> Result<Caller, Rejection> {
    let grant: GrantId = claims.grant.as_deref().and_then(|id| id.parse().ok()).ok_or(Rejection::Revoked)?;
    let grant = grants::find(tx, tenant, grant).await?.filter(|grant| grant.revoked_at.is_none());
    let grant = grant.ok_or(Rejection::Revoked)?;
    let session = session::find_not_ended(tx, tenant, grant.session_id).await?.ok_or(Rejection::Revoked)?;
    let user = users::store::find(tx, tenant, grant.user_id).await?.ok_or(Rejection::Revoked)?;
    let is_same = claims.oid == user.id.to_string() && claims.azp == grant.client_id.to_string();
    let is_good = user.account_enabled && !user.is_pending() && session.authenticated_at >= user.sessions_valid_from;
    if !is_same || !is_good {
        return Err(Rejection::Revoked);
    }
    let granted = service_principals::delegated_scope(tx, tenant, client.principal.id).await?;
    let may_use = |permission: &Permission| *permission == Permission::UserRead || granted.contains(permission);
    let words = claims.scp.as_deref().unwrap_or_default().split(' ');
    let permissions = words.filter_map(Permission::from_name).filter(may_use).collect();
    let delegated = Delegated { client: grant.client_id, permissions };
    Ok(session::caller(tx, &user, Some(session.id), Some(delegated)).await?)
}
