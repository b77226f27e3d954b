//! Who made a subscription, as they stand now: a right that was taken away meanwhile ends what they are told.

use super::subscription::{CreatorKind, Resource, Subscription};
use crate::Server;
use crate::directory_roles;
use crate::graph::caller::{Application, Delegated};
use crate::graph::{Actor, Caller};
use crate::platform::ids::{ClientId, ServicePrincipalId, UserId};
use crate::service_principals;
use crate::sign_in::session;
use crate::users;
use database::{Result, Transaction};
use uuid::Uuid;

/// The creator and the app, as they are stored; `None` for the server itself, which is told nothing.
pub fn of(caller: &Caller) -> Option<(CreatorKind, Uuid, Option<ClientId>)> {
    match &caller.actor {
        Actor::User(user) => {
            Some((CreatorKind::User, user.id.0, user.delegated.as_ref().map(|delegated| delegated.client)))
        }
        Actor::Application(app) => Some((CreatorKind::Application, app.service_principal.0, Some(app.client))),
        Actor::System => None,
    }
}

/// Whether this caller made it.
pub fn is(caller: &Caller, subscription: &Subscription) -> bool {
    of(caller).is_some_and(|(kind, id, app)| {
        kind == subscription.creator_kind && id == subscription.creator_id && app == subscription.application_id
    })
}

/// Whether this caller may be told about it: they hold a permission to read it, and may know of others at all.
pub fn may_follow(caller: &Caller, resource: Resource) -> bool {
    caller.has_any(resource.permissions()) && users::knows_others(caller)
}

/// Whether the creator still may be told.
pub async fn still_may(tx: &mut Transaction, server: &Server, subscription: &Subscription) -> Result<bool> {
    let caller = match subscription.creator_kind {
        CreatorKind::User => person(tx, server, subscription).await?,
        CreatorKind::Application => program(tx, subscription).await?,
    };
    Ok(caller.is_some_and(|caller| may_follow(&caller, subscription.about())))
}

async fn person(tx: &mut Transaction, server: &Server, subscription: &Subscription) -> Result<Option<Caller>> {
    let tenant = subscription.tenant_id;
    let user = users::store::find(tx, tenant, UserId(subscription.creator_id)).await?;
    let Some(user) = user.filter(|user| user.account_enabled && !user.is_pending()) else { return Ok(None) };
    let delegated = match subscription.application_id {
        None => None,
        Some(client) => {
            let principal = service_principals::store::find_by_client(tx, tenant, client).await?;
            let Some(principal) = principal else { return Ok(None) };
            if !service_principals::foreign::is_standing(tx, &principal).await? {
                return Ok(None);
            }
            let permissions = service_principals::grants::permissions_for(tx, tenant, principal.id, user.id).await?;
            Some(Delegated { client, permissions })
        }
    };
    session::caller(tx, server, &user, None, delegated).await.map(Some)
}

async fn program(tx: &mut Transaction, subscription: &Subscription) -> Result<Option<Caller>> {
    let tenant = subscription.tenant_id;
    let found = service_principals::store::find(tx, tenant, ServicePrincipalId(subscription.creator_id)).await?;
    let Some(principal) = found else { return Ok(None) };
    if !service_principals::foreign::is_standing(tx, &principal).await? {
        return Ok(None);
    }
    let application = Application {
        service_principal: principal.id,
        client: principal.app_id,
        display_name: principal.display_name,
        permissions: service_principals::permissions_of(tx, tenant, principal.id).await?,
        roles: directory_roles::effective(tx, tenant, principal.id.into()).await?,
    };
    Ok(Some(Caller { tenant, actor: Actor::Application(application) }))
}
