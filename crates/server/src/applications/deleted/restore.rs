//! Bringing a deleted application back.

use super::since;
use crate::Server;
use crate::applications::operations::{audit, may_write, target};
use crate::applications::{Application, ApplicationError, deleted_store, store};
use crate::audit::Activity;
use crate::changes::{self, Change, Kind, What};
use crate::graph::Caller;
use crate::platform::ids::ApplicationId;

/// Brings an application back with its secrets, owners, service principal, and what was assigned and granted there. `None` if
/// there is no such deleted application.
pub async fn restore(
    server: &Server,
    caller: &Caller,
    id: ApplicationId,
) -> Result<Option<Application>, ApplicationError> {
    if !may_write(caller) {
        return Err(ApplicationError::Denied);
    }
    let mut tx = server.write().await?;
    let found = deleted_store::find(&mut tx, caller.tenant, id, since(server)).await?;
    let Some(mut application) = found else { return Ok(None) };
    application.deleted_at = None;
    let now = server.clock.now();
    if !store::update(&mut tx, &application, now).await? {
        return Err(ApplicationError::Changed);
    }
    for principal in deleted_store::list_principals(&mut tx, caller.tenant, application.app_id).await? {
        changes::note(&mut tx, caller.tenant, now, Change::set(Kind::ServicePrincipal, principal.0)).await?;
        changes::note_grants_of_app(&mut tx, server, caller.tenant, principal, What::Set).await?;
    }
    audit(&mut tx, server, caller, Activity::RestoreApplication, target(&application)).await?;
    tx.commit().await?;
    application.version += 1;
    Ok(Some(application))
}
