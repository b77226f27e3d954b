//! Who owns what can be brought back after it was deleted, one line for each, everybody who keeps something of it, and the job that
//! clears up where much hung on it.

use crate::Server;
use crate::applications::Application;
use crate::changes::{Kind, What, aftermath};
use crate::deleted_items::{self, Forget, Kept, Others, Owners};
use crate::groups::Group;
use crate::jobs::{Job, Outcome};
use crate::platform::ids::{GroupId, ServicePrincipalId, TenantId, UserId};
use crate::service_principals::ServicePrincipal;
use crate::users::User;
use crate::users::sponsors::{self, SponsorId};
use crate::{
    applications, authorization, changes, consent_requests, directory_roles, extensions, groups, invitations,
    service_principals, sign_in, token_lifetimes,
};
use database::{Result, Timestamp, Transaction};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// The owners.
pub static OWNERS: Owners = &[&USERS, &GROUPS, &APPLICATIONS, &SERVICE_PRINCIPALS];

static USERS: Kept<User> = Kept::new(&OF_USER);
static GROUPS: Kept<Group> = Kept::new(&OF_GROUP);
static APPLICATIONS: Kept<Application> = Kept::new(&OF_APPLICATION);
static SERVICE_PRINCIPALS: Kept<ServicePrincipal> = Kept::new(&OF_PRINCIPAL);

/// Steps of one attempt at what is left of an object; other jobs come between two attempts.
const STEPS: usize = 20;

/// The job that goes on with what follows when an object was deleted, brought back or removed for good; see
/// [`crate::changes::aftermath`].
pub async fn clear_up(server: &Server, job: &Job) -> Outcome {
    for _ in 0..STEPS {
        match step(server, job.tenant_id, job.subject).await {
            Ok(true) => {}
            Ok(false) => return Outcome::Done,
            Err(error) => return Outcome::Failed(error.to_string()),
        }
    }
    Outcome::Later(server.clock.now())
}

/// One transaction of it; `false` when nothing is left.
async fn step(server: &Server, tenant: TenantId, object: Uuid) -> Result<bool> {
    let found = aftermath::find(&mut server.read().await?, tenant, object).await?;
    let Some(left) = found else { return Ok(false) };
    let (user, principal) = (UserId(object), ServicePrincipalId(object));
    match (left.object_kind, left.what) {
        (Kind::User, What::Purged) => deleted_items::clear::<User>(server, tenant, object, &OF_USER).await,
        (Kind::User, _) => sponsors::go_on(server, tenant, SponsorId::Person(user), &left).await,
        (Kind::Group, What::Purged) => deleted_items::clear::<Group>(server, tenant, object, &OF_GROUP).await,
        (Kind::Group, _) => sponsors::go_on(server, tenant, SponsorId::Group(GroupId(object)), &left).await,
        (Kind::ServicePrincipal, What::Purged) => {
            deleted_items::clear::<ServicePrincipal>(server, tenant, object, &OF_PRINCIPAL).await
        }
        (Kind::ServicePrincipal, _) => changes::note_more_grants(server, tenant, principal, &left).await,
        (kind, what) => Err(database::Error::Conflict(format!("nothing follows on {kind} {what}"))),
    }
}

/// What hangs on an application goes before the application.
static OF_APPLICATION: Forget<Application> = forget_application;

fn forget_application<'a>(
    tx: &'a mut Transaction,
    server: &'a Server,
    application: &'a Application,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let (tenant, at) = (application.tenant_id, server.clock.now());
        extensions::store::forget_application(tx, tenant, application.id, at).await?;
        extensions::store::forget_object(tx, tenant, application.id.0).await?;
        token_lifetimes::store::forget_object(tx, tenant, (Kind::Application, application.id.0)).await?;
        service_principals::forget_client(tx, server, tenant, application.app_id, &OF_PRINCIPAL).await
    })
}

/// What hangs on a service principal goes with it.
static OF_PRINCIPAL: Others<ServicePrincipalId> = Others { few: forget_principal, many: forget_some_of_principal };

fn forget_principal(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: ServicePrincipalId,
    at: Timestamp,
) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        applications::owner_store::forget_object(tx, tenant, principal.into()).await?;
        token_lifetimes::store::forget_object(tx, tenant, (Kind::ServicePrincipal, principal.0)).await?;
        directory_roles::forget_principal(tx, tenant, (Kind::ServicePrincipal, principal.into()), at).await
    })
}

fn forget_some_of_principal(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: ServicePrincipalId,
    at: Timestamp,
) -> BoxFuture<'_, Result<u64>> {
    Box::pin(async move {
        let asked = consent_requests::forget_app(tx, tenant, principal, aftermath::AT_ONCE).await?;
        let edges = groups::store::forget_object(tx, tenant, principal.into(), aftermath::AT_ONCE, at).await?;
        Ok(asked + edges)
    })
}

/// What hangs on a user goes before the user.
static OF_USER: Others<UserId> = Others { few: forget_user, many: forget_some_of_user };

fn forget_user(tx: &mut Transaction, tenant: TenantId, user: UserId, at: Timestamp) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        extensions::store::forget_object(tx, tenant, user.0).await?;
        authorization::forget_user(tx, tenant, user).await?;
        invitations::forget_user(tx, tenant, user).await?;
        consent_requests::forget_user(tx, tenant, user).await?;
        sign_in::forget_user(tx, tenant, user).await?;
        service_principals::forget_principal(tx, tenant, user.into()).await?;
        service_principals::grants::store::forget_user(tx, tenant, user, at).await?;
        applications::owner_store::forget_object(tx, tenant, user.into()).await?;
        directory_roles::forget_principal(tx, tenant, (Kind::User, user.into()), at).await
    })
}

fn forget_some_of_user(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    at: Timestamp,
) -> BoxFuture<'_, Result<u64>> {
    Box::pin(groups::store::forget_object(tx, tenant, user.into(), aftermath::AT_ONCE, at))
}

/// What hangs on a group goes before the group.
static OF_GROUP: Forget<Group> = forget_group;

fn forget_group<'a>(tx: &'a mut Transaction, server: &'a Server, group: &'a Group) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let (tenant, group, at) = (group.tenant_id, group.id, server.clock.now());
        extensions::store::forget_object(tx, tenant, group.0).await?;
        service_principals::forget_principal(tx, tenant, group.into()).await?;
        directory_roles::forget_principal(tx, tenant, (Kind::Group, group.into()), at).await
    })
}
