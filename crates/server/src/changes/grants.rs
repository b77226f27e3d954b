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
        sql!("SELECT id FROM delegated_grant WHERE tenant_id = $1 AND (client_id = $2 OR resource_id = $2) ORDER BY id"),
        sql!("SELECT id FROM personal_grant WHERE tenant_id = $1 AND (client_id = $2 OR resource_id = $2) ORDER BY id"),
    ] {
        let rows: Vec<(Uuid,)> = tx.query(statement).bind(tenant).bind(app).fetch_all().await?;
        grants.extend(rows.into_iter().map(|(id,)| id));
    }
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
        .query(sql!("SELECT id FROM personal_grant WHERE tenant_id = $1 AND user_id = $2 ORDER BY id"))
        .bind(tenant)
        .bind(user)
        .fetch_all()
        .await?;
    let grants: Vec<Uuid> = rows.into_iter().map(|(id,)| id).collect();
    note_each(tx, tenant, at, (Kind::Grant, what), &grants).await
}
