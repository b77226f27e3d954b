//! What apps may do for people comes and goes with the app, with the resource and with the person, whose features stand above the one
//! that owns the grants. So their tables are read here, and who deletes one of the three says so by one call.

use super::aftermath::{self, Aftermath};
use super::{Kind, What, note_each};
use crate::Server;
use crate::platform::ids::{ServicePrincipalId, TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

/// Notes what happened to every grant to an app and at it, because it happened to the app: it was deleted or brought back. The
/// grants of people beyond the first [`aftermath::AT_ONCE`] are noted by a job. To be called behind the change of the app itself.
pub async fn note_grants_of_app(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    app: ServicePrincipalId,
    what: What,
) -> Result<()> {
    let at = server.clock.now();
    let rows: Vec<(Uuid,)> = tx
        .query(sql!(
            "SELECT g.id FROM delegated_grant g WHERE g.tenant_id = $1 AND (g.client_id = $2 OR g.resource_id = $2)"
        ))
        .bind(tenant)
        .bind(app)
        .fetch_all()
        .await?;
    let mut grants: Vec<Uuid> = rows.into_iter().map(|(id,)| id).collect();
    grants.sort_unstable();
    note_each(tx, tenant, at, (Kind::Grant, what), &grants).await?;
    aftermath::forget(tx, tenant, app.0).await?;
    match note_some(tx, tenant, at, (app, what), Uuid::nil()).await? {
        Some(behind) => aftermath::leave(tx, server, tenant, (Kind::ServicePrincipal, app.0), (what, behind)).await,
        None => Ok(()),
    }
}

/// Goes on with what [`note_grants_of_app`] has left, in a transaction of its own; `false` when nothing is left.
pub async fn note_more_grants(
    server: &Server,
    tenant: TenantId,
    app: ServicePrincipalId,
    left: &Aftermath,
) -> Result<bool> {
    let mut tx = server.write().await?;
    let behind = note_some(&mut tx, tenant, server.clock.now(), (app, left.what), left.behind).await?;
    // The number of the last change is held: whoever deletes the app or brings it back comes before or after.
    if !aftermath::advance(&mut tx, tenant, app.0, left, behind).await? {
        return Ok(true);
    }
    tx.commit().await?;
    Ok(behind.is_some())
}

/// Notes the next grants of people; the last of them if others follow.
async fn note_some(
    tx: &mut Transaction,
    tenant: TenantId,
    at: Timestamp,
    (app, what): (ServicePrincipalId, What),
    behind: Uuid,
) -> Result<Option<Uuid>> {
    let mut grants = list_personal(tx, tenant, app, behind).await?;
    let last = aftermath::cut(&mut grants);
    note_each(tx, tenant, at, (Kind::Grant, what), &grants).await?;
    Ok(last)
}

/// What people have granted to an app and at it, by id from behind one of them: at least the next [`aftermath::PAGE`], if there are
/// so many.
pub async fn list_personal(
    tx: &mut Transaction,
    tenant: TenantId,
    app: ServicePrincipalId,
    behind: Uuid,
) -> Result<Vec<Uuid>> {
    // Each half is served by an index of its own.
    let rows: Vec<(Uuid,)> = tx
        .query(sql!(
            "SELECT held.id FROM (SELECT p.id FROM personal_grant p
                                  WHERE p.tenant_id = $1 AND p.client_id = $2 AND p.id > $3 ORDER BY p.id LIMIT $4) held
             UNION SELECT given.id FROM (SELECT p.id FROM personal_grant p
                                         WHERE p.tenant_id = $1 AND p.resource_id = $2 AND p.id > $3
                                         ORDER BY p.id LIMIT $4) given"
        ))
        .bind(tenant)
        .bind(app)
        .bind(behind)
        .bind(aftermath::PAGE)
        .fetch_all()
        .await?;
    let mut grants: Vec<Uuid> = rows.into_iter().map(|(id,)| id).collect();
    grants.sort_unstable();
    Ok(grants)
}

/// Notes what happened to every grant of one person, because it happened to them. To be called while the grants are there. They are
/// as many as apps that the person uses.
pub async fn note_grants_of_user(
    tx: &mut Transaction,
    tenant: TenantId,
    at: Timestamp,
    user: UserId,
    what: What,
) -> Result<()> {
    let rows: Vec<(Uuid,)> = tx
        .query(sql!("SELECT p.id FROM personal_grant p WHERE p.tenant_id = $1 AND p.user_id = $2"))
        .bind(tenant)
        .bind(user)
        .fetch_all()
        .await?;
    // An order in the statement would lead SQLite through the grants of everybody.
    let mut grants: Vec<Uuid> = rows.into_iter().map(|(id,)| id).collect();
    grants.sort_unstable();
    note_each(tx, tenant, at, (Kind::Grant, what), &grants).await
}
