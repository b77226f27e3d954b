//! Whether somebody is left who can administer a tenant.

use super::store;
use crate::graph::Role;
use crate::platform::ids::{PrincipalId, TenantId};
use database::{Transaction, sql};

/// Whether nobody else who can sign in holds the role of a Global Administrator and may use it. It stays so until the
/// transaction ends: two administrators who remove each other at the same time must not both be let through.
pub async fn is_last(tx: &mut Transaction, tenant: TenantId, principal: PrincipalId) -> database::Result<bool> {
    let role = Role::GlobalAdministrator;
    lock(tx, tenant).await?;
    // Read behind the lock: whoever changes what guests may do takes it too.
    let settings = store::get_settings(tx, tenant).await?;
    Ok(list_able(tx, tenant, role, settings.lets_guests_hold(role)).await? == [principal])
}

/// Whether every Global Administrator who can sign in is a guest, so that nobody is left if guests may not use the role. It stays
/// so until the transaction ends.
pub async fn has_only_guests(tx: &mut Transaction, tenant: TenantId) -> database::Result<bool> {
    let role = Role::GlobalAdministrator;
    lock(tx, tenant).await?;
    let is_left = !list_able(tx, tenant, role, false).await?.is_empty();
    Ok(!is_left && !list_able(tx, tenant, role, true).await?.is_empty())
}

/// At most two of the people who hold a role, can sign in and may use it: enough to know whether somebody is the last one.
/// `has_guests` says whether guests may use it, see [`super::CollaborationSettings::lets_guests_hold`].
async fn list_able(
    tx: &mut Transaction,
    tenant: TenantId,
    role: Role,
    has_guests: bool,
) -> database::Result<Vec<PrincipalId>> {
    let rows: Vec<(PrincipalId,)> = tx
        .query(sql!(
            "SELECT r.principal_id FROM directory_role_assignment r CROSS JOIN user_account u
             WHERE r.tenant_id = $1 AND r.role_id = $2
               AND u.tenant_id = $1 AND u.id = r.principal_id AND u.deleted_at IS NULL AND u.account_enabled
               AND (u.external_user_state IS NULL OR u.external_user_state <> 'PendingAcceptance')
               AND ($3 OR u.user_type <> 'Guest')
             LIMIT 2"
        ))
        .bind(tenant)
        .bind(role.id())
        .bind(has_guests)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Makes every other transaction that may take the last administrator away wait until this one has ended, and then see what it
/// did. Whoever decides by what guests may hold reads the settings behind it. An update that changes nothing, because
/// PostgreSQL's row locks have no spelling that SQLite reads.
pub async fn lock(tx: &mut Transaction, tenant: TenantId) -> database::Result<()> {
    tx.query(sql!(
        "UPDATE directory_role_assignment SET created_at = created_at WHERE tenant_id = $1 AND role_id = $2"
    ))
    .bind(tenant)
    .bind(Role::GlobalAdministrator.id())
    .execute()
    .await?;
    Ok(())
}
