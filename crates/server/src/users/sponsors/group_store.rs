//! The SQL of groups that answer for guests. What groups are besides belongs to `groups`, which tells `aftermath` when one leaves.

use super::SponsorGroup;
use crate::platform::ids::{GroupId, TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

/// The groups that answer for a guest, the first one first.
pub async fn list(tx: &mut Transaction, tenant: TenantId, guest: UserId) -> Result<Vec<SponsorGroup>> {
    tx.query(sql!(
        "SELECT g.id, g.display_name, g.mail_nickname, g.created_at FROM user_sponsor_group s
         JOIN directory_group g ON g.tenant_id = s.tenant_id AND g.id = s.group_id
         WHERE s.tenant_id = $1 AND s.user_id = $2 AND g.deleted_at IS NULL ORDER BY s.created_at, g.id"
    ))
    .bind(tenant)
    .bind(guest)
    .fetch_all()
    .await
}

/// The group with this id; deleted ones are not found.
pub(super) async fn find(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> Result<Option<SponsorGroup>> {
    tx.query(sql!(
        "SELECT g.id, g.display_name, g.mail_nickname, g.created_at FROM directory_group g
         WHERE g.tenant_id = $1 AND g.id = $2 AND g.deleted_at IS NULL"
    ))
    .bind(tenant)
    .bind(id)
    .fetch_optional()
    .await
}

pub(super) async fn insert(
    tx: &mut Transaction,
    tenant: TenantId,
    guest: UserId,
    group: GroupId,
    at: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO user_sponsor_group (tenant_id, user_id, group_id, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING"
    ))
    .bind(tenant)
    .bind(guest)
    .bind(group)
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Transaction, tenant: TenantId, guest: UserId, group: GroupId) -> Result<()> {
    tx.query(sql!("DELETE FROM user_sponsor_group WHERE tenant_id = $1 AND user_id = $2 AND group_id = $3"))
        .bind(tenant)
        .bind(guest)
        .bind(group)
        .execute()
        .await?;
    Ok(())
}
