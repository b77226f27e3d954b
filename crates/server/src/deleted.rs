//! Who owns what can be brought back after it was deleted, one line for each, and everybody who keeps something of it.

use crate::applications::Application;
use crate::changes::Kind;
use crate::deleted_items::{Kept, Owners};
use crate::groups::Group;
use crate::platform::ids::{ServicePrincipalId, TenantId};
use crate::service_principals::ServicePrincipal;
use crate::users::User;
use crate::{
    applications, authorization, consent_requests, directory_roles, extensions, groups, invitations,
    service_principals, sign_in,
};
use database::{Result, Timestamp, Transaction};
use futures_util::future::BoxFuture;

/// The owners.
pub static OWNERS: Owners = &[&USERS, &GROUPS, &APPLICATIONS, &SERVICE_PRINCIPALS];

static USERS: Kept<User> = Kept::new(forget_user);
static GROUPS: Kept<Group> = Kept::new(forget_group);
static APPLICATIONS: Kept<Application> = Kept::new(forget_application);
static SERVICE_PRINCIPALS: Kept<ServicePrincipal> = Kept::new(forget_service_principal);

/// What hangs on an application goes before the application.
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
            forget_program(tx, tenant, principal, at).await?;
        }
        Ok(())
    })
}

/// What hangs on a service principal goes with it.
fn forget_service_principal<'a>(
    tx: &'a mut Transaction,
    principal: &'a ServicePrincipal,
    at: Timestamp,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(forget_program(tx, principal.tenant_id, principal.id, at))
}

async fn forget_program(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: ServicePrincipalId,
    at: Timestamp,
) -> Result<()> {
    consent_requests::forget_app(tx, tenant, principal).await?;
    groups::store::forget_object(tx, tenant, principal.into(), at).await?;
    applications::owner_store::forget_object(tx, tenant, principal.into()).await?;
    directory_roles::forget_principal(tx, tenant, (Kind::ServicePrincipal, principal.into()), at).await
}

/// What hangs on a user goes before the user.
fn forget_user<'a>(tx: &'a mut Transaction, user: &'a User, at: Timestamp) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let (tenant, user) = (user.tenant_id, user.id);
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

/// What hangs on a group goes before the group.
fn forget_group<'a>(tx: &'a mut Transaction, group: &'a Group, at: Timestamp) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let (tenant, group) = (group.tenant_id, group.id);
        extensions::store::forget_object(tx, tenant, group.0).await?;
        service_principals::forget_principal(tx, tenant, group.into()).await?;
        directory_roles::forget_principal(tx, tenant, (Kind::Group, group.into()), at).await
    })
}
