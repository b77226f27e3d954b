//! Who stands behind a good token, and whether they still may.

use super::Rejection;
use crate::Server;
use crate::authorization::client::Client;
use crate::authorization::error::EndpointError;
use crate::authorization::store::behind::{self, Behind, Standing};
use crate::authorization::store::grants::Grant;
use crate::authorization::tokens;
use crate::directory_roles;
use crate::graph::caller::{Application, Delegated};
use crate::graph::{Actor, Caller, Permission};
use crate::platform::ids::{GrantId, TenantId};
use crate::service_principals;
use crate::sign_in::session::{self, Session};
use crate::users::{Identity, User};
use database::Transaction;
use oauth::claims::{AccessTokenClaims, IdentityType};
use std::sync::Arc;

/// The person behind a token.
pub struct Holder {
    /// The member or guest.
    pub user: User,
    /// How somebody from outside has proved who they are; members have none.
    pub outside: Option<Identity>,
}

/// The caller behind verified claims, and the person if it is one. The audience is not asked about: who reads the token has
/// looked at that.
pub async fn of(server: &Server, claims: &AccessTokenClaims) -> Result<(Caller, Option<Holder>), Rejection> {
    let tenant: TenantId = claims.tid.parse().map_err(|_| Rejection::Malformed)?;
    let mut tx = server.read().await?;
    let client = client(&mut tx, server, tenant, claims).await?;
    match claims.idtyp {
        Some(IdentityType::App) => Ok((program(&mut tx, server, &client, claims).await?, None)),
        Some(IdentityType::User) => {
            let (caller, holder) = person(&mut tx, server, &client, claims).await?;
            Ok((caller, Some(holder)))
        }
        None => Err(Rejection::Malformed),
    }
}

async fn client(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    claims: &AccessTokenClaims,
) -> Result<Arc<Client>, Rejection> {
    let client = match Client::find(tx, server, tenant, &claims.azp).await {
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
    server: &Server,
    client: &Client,
    claims: &AccessTokenClaims,
) -> Result<Caller, Rejection> {
    let principal = &client.principal;
    let tenant = principal.tenant_id;
    let is_of_now = claims.grant.as_ref().is_some_and(|of| *of == tokens::generation(principal));
    if claims.oid != principal.id.to_string() || !is_of_now {
        return Err(Rejection::Revoked);
    }
    let held = service_principals::held_permissions(tx, server, tenant, principal.id).await?;
    let in_token = |permission: &Permission| claims.roles.iter().any(|role| role == permission.name());
    let application = Application {
        service_principal: principal.id,
        client: principal.app_id,
        display_name: principal.display_name.clone(),
        permissions: held.iter().copied().filter(in_token).collect(),
        roles: directory_roles::held(tx, server, tenant, principal.id.into()).await?,
    };
    Ok(Caller { tenant, actor: Actor::Application(application) })
}

/// A person has the scopes of the token that the app may still use.
async fn person(
    tx: &mut Transaction,
    server: &Server,
    client: &Client,
    claims: &AccessTokenClaims,
) -> Result<(Caller, Holder), Rejection> {
    let tenant = client.principal.tenant_id;
    let grant: GrantId = claims.grant.as_deref().and_then(|id| id.parse().ok()).ok_or(Rejection::Revoked)?;
    let found = behind::find(tx, tenant, grant).await?.ok_or(Rejection::Revoked)?;
    let (grant, session, holder) = still_standing(found)?;
    let user = &holder.user;
    if claims.oid != user.id.to_string() || claims.azp != grant.client_id.to_string() {
        return Err(Rejection::Revoked);
    }
    let granted = service_principals::granted(tx, server, tenant, client.principal.id, user.id).await?;
    // An app of another organisation that was granted nothing any more may not even know who it is.
    if client.is_foreign() && granted.is_empty() {
        return Err(Rejection::Revoked);
    }
    let granted = granted.permissions();
    let is_given = |permission: &Permission| *permission == Permission::UserRead && !client.is_foreign();
    let may_use = |permission: &Permission| is_given(permission) || granted.contains(permission);
    let words = claims.scp.as_deref().unwrap_or_default().split(' ');
    let permissions = words.filter_map(Permission::from_name).filter(may_use).collect();
    let delegated = Delegated { client: grant.client_id, permissions };
    let caller = session::caller(tx, server, user, Some(session.id), Some(delegated)).await?;
    Ok((caller, holder))
}

/// A grant with the session it was given in and the person who gave it, as long as all three stand.
pub fn still_standing(found: Standing) -> Result<(Grant, Session, Holder), Rejection> {
    let Standing { grant, behind: Behind { session: Some(session), user: Some(user), outside } } = found else {
        return Err(Rejection::Revoked);
    };
    let is_void = !user.account_enabled || user.is_pending() || session.authenticated_at < user.sessions_valid_from;
    if grant.revoked_at.is_some() || is_void {
        return Err(Rejection::Revoked);
    }
    Ok((grant, session, Holder { user, outside }))
}
