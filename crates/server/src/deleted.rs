//! Who owns what can be brought back after it was deleted, one line for each, and everybody who keeps something of it.

use crate::applications::Application;
use crate::changes::Kind;
use crate::deleted_items::Owner;
use crate::platform::ids::{GroupId, ServicePrincipalId, TenantId, UserId};
use crate::{
    applications, authorization, consent_requests, directory_roles, extensions, groups, invitations,
    service_principals, sign_in, users,
};
use database::{Result, Timestamp, Transaction};
use futures_util::future::BoxFuture;

/// The owners.
pub static OWNERS: &[&Owner] = &[&USERS, &GROUPS, &APPLICATIONS, &SERVICE_PRINCIPALS];

static USERS: Owner = users::deleted::owner(
    |server, caller, id| users::deleted::purge(server, caller, id, FORGET_USER),
    |server, before| users::deleted::purge_old(server, before, FORGET_USER),
);

static GROUPS: Owner = groups::deleted::owner(
    |server, caller, id| groups::deleted::purge(server, caller, id, FORGET_GROUP),
    |server, before| groups::deleted::purge_old(server, before, FORGET_GROUP),
);

static APPLICATIONS: Owner = applications::deleted::owner(
    |server, caller, id| applications::deleted::purge(server, caller, id, FORGET_APPLICATION),
    |server, before| applications::deleted::purge_old(server, before, FORGET_APPLICATION),
);

static SERVICE_PRINCIPALS: Owner = service_principals::deleted::owner(
    |server, caller, id| service_principals::deleted::purge(server, caller, id, FORGET_PRINCIPAL),
    |server, before| service_principals::deleted::purge_old(server, before, FORGET_PRINCIPAL),
);

/// What hangs on an application goes before the application.
const FORGET_APPLICATION: applications::deleted::Forget = forget_application;

fn forget_application<'a>(
    tx: &'a mut Transaction,
    application: &'a Application,
    at: Timestamp,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let tenant = application.tenant_id;
        extensions::store::forget_application(tx, tenant, application.id, at).await?;
        extensions::store::forget_object(tx, tenant, application.id.0).await?;
        for principal in service_principals::forget_client(tx, tenant, application.app_id, at).await? {
            forget_principal(tx, tenant, principal, at).await?;
        }
        Ok(())
    })
}

/// What hangs on a service principal goes with it.
const FORGET_PRINCIPAL: service_principals::deleted::Forget = forget_principal;

fn forget_principal(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: ServicePrincipalId,
    at: Timestamp,
) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        consent_requests::forget_app(tx, tenant, principal).await?;
        groups::store::forget_object(tx, tenant, principal.into(), at).await?;
        applications::owner_store::forget_object(tx, tenant, principal.into()).await?;
        directory_roles::forget_principal(tx, tenant, (Kind::ServicePrincipal, principal.into()), at).await
    })
}

/// What hangs on a user goes before the user.
const FORGET_USER: users::deleted::Forget = forget_user;

/// What hangs on a group goes before the group.
const FORGET_GROUP: groups::deleted::Forget = forget_group;

fn forget_user(tx: &mut Transaction, tenant: TenantId, user: UserId, at: Timestamp) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        extensions::store::forget_object(tx, tenant, user.0).await?;
        authorization::forget_user(tx, tenant, user).await?;
        invitations::forget_user(tx, tenant, user).await?;
        consent_requests::forget_user(tx, tenant, user).await?;
        sign_in::forget_user(tx, tenant, user).await?;
        service_principals::forget_principal(tx, tenant, user.into()).await?;
        service_principals::grants::store::forget_user(tx, tenant, user, at).await?;
        groups::store::forget_object(tx, tenant, user.into(), at).await?;
        applications::owner_store::forget_object(tx, tenant, user.into()).await?;
        directory_roles::forget_principal(tx, tenant, (Kind::User, user.into()), at).await
    })
}

fn forget_group(tx: &mut Transaction, tenant: TenantId, group: GroupId, at: Timestamp) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        extensions::store::forget_object(tx, tenant, group.0).await?;
        service_principals::forget_principal(tx, tenant, group.into()).await?;
        directory_roles::forget_principal(tx, tenant, (Kind::Group, group.into()), at).await
    })
}
