//! What apps may do for people comes and goes with the app, with the resource and with the person, whose features stand above the one
//! that owns the grants. So their tables are read here, and who deletes one of the three says so by one call.

use super::{Kind, What, note_each};
use crate::platform::ids::{ServicePrincipalId, TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

/// Notes what happened to every grant to an app and at it, because it happened to the app. To be called while the grants are there.
pub async fn note_grants_of_app(
    tx: &mut Transaction,
    tenant: TenantId,
    at: Timestamp,
    app: ServicePrincipalId,
    what: What,
) -> Result<()> {
    let mut grants: Vec<Uuid> = Vec::new();
    for statement in [
        sql!("SELECT g.id FROM delegated_grant g WHERE g.tenant_id = $1 AND (g.client_id = $2 OR g.resource_id = $2)"),
        // Each half is served by an index of its own.
        sql!(
            "SELECT p.id FROM personal_grant p WHERE p.tenant_id = $1 AND p.client_id = $2
             UNION SELECT p.id FROM personal_grant p WHERE p.tenant_id = $1 AND p.resource_id = $2"
        ),
    ] {
        let rows: Vec<(Uuid,)> = tx.query(statement).bind(tenant).bind(app).fetch_all().await?;
        grants.extend(rows.into_iter().map(|(id,)| id));
    }
    grants.sort_unstable();
    note_each(tx, tenant, at, (Kind::Grant, what), &grants).await
}

/// Notes what happened to every grant of one person, because it happened to them. To be called while the grants are there.
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
