//! The SQL of role assignments.

use crate::graph::Role;
use crate::platform::ids::{PrincipalId, RoleId, TenantId};
use database::{Result, Timestamp, Transaction, sql};

/// Gives a role; giving it again changes nothing.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantId,
    principal: PrincipalId,
    role: Role,
    at: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO directory_role_assignment (tenant_id, principal_id, role_id, created_at)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    ))
    .bind(tenant)
    .bind(principal)
    .bind(role.id())
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// The roles a principal holds.
pub async fn list(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId) -> Result<Vec<Role>> {
    let rows: Vec<(RoleId,)> = tx
        .query(sql!("SELECT role_id FROM directory_role_assignment WHERE tenant_id = $1 AND principal_id = $2"))
        .bind(tenant)
        .bind(principal)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().filter_map(|(id,)| Role::from_id(id)).collect())
}

/// How many principals hold a role, so that the last administrator is not removed.
pub async fn count(tx: &mut Transaction, tenant: TenantId, role: Role) -> Result<i64> {
    let (count,): (i64,) = tx
        .query(sql!(
            "SELECT COUNT(*) FROM directory_role_assignment r
             JOIN user_account u ON u.tenant_id = r.tenant_id AND u.id = r.principal_id
             WHERE r.tenant_id = $1 AND r.role_id = $2 AND u.deleted_at IS NULL AND u.account_enabled"
        ))
        .bind(tenant)
        .bind(role.id())
        .fetch_one()
        .await?;
    Ok(count)
}

/// Makes every other transaction that locks this role wait until this one has ended, and then see what it did. An update
/// that changes nothing, because PostgreSQL's row locks have no spelling that SQLite reads.
pub async fn lock(tx: &mut Transaction, tenant: TenantId, role: Role) -> Result<()> {
    tx.query(sql!(
        "UPDATE directory_role_assignment SET created_at = created_at WHERE tenant_id = $1 AND role_id = $2"
    ))
    .bind(tenant)
    .bind(role.id())
    .execute()
    .await?;
    Ok(())
}
