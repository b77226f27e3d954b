//! Groups within groups. Every step follows an index: what it costs depends on the groups that are met, not on the tenant. The
//! groups reached so far come first in a CROSS JOIN, whose order SQLite keeps; its planner would begin with all memberships.

use crate::platform::ids::{GroupId, PrincipalId, TenantId};
use database::{Result, Transaction, sql};

/// A group and every group below it, itself included; deleted ones and what is reached by them only are left out.
pub async fn list_nested(tx: &mut Transaction, tenant: TenantId, group: GroupId) -> Result<Vec<GroupId>> {
    tx.query(sql!(
        "SELECT n.id FROM (
             WITH RECURSIVE nested (id) AS (
                 SELECT g.id FROM directory_group g WHERE g.tenant_id = $1 AND g.id = $2 AND g.deleted_at IS NULL
                 UNION
                 SELECT g.id FROM nested x CROSS JOIN group_member m
                 JOIN directory_group g ON g.tenant_id = $1 AND g.id = m.object_id AND g.deleted_at IS NULL
                 WHERE m.tenant_id = $1 AND m.group_id = x.id AND m.object_kind = 'Group'
             ) SELECT id FROM nested
         ) n ORDER BY n.id"
    ))
    .bind(tenant)
    .bind(group)
    .fetch_values()
    .await
}

/// Every group an object belongs to, directly or through other groups, by id; deleted ones and what is reached by them only
/// are left out.
pub async fn list_transitive_above(
    tx: &mut Transaction,
    tenant: TenantId,
    object: PrincipalId,
) -> Result<Vec<GroupId>> {
    tx.query(sql!(concat!("SELECT n.id FROM (", above!(), ") n ORDER BY n.id")))
        .bind(tenant)
        .bind(object)
        .fetch_values()
        .await
}

/// Whether `group` is reached downwards from `from`. Deleted groups count: what runs through them is there again when they are
/// brought back.
pub async fn is_below(tx: &mut Transaction, tenant: TenantId, group: GroupId, from: GroupId) -> Result<bool> {
    let found: Option<(GroupId,)> = tx
        .query(sql!(
            "SELECT n.id FROM (
                 WITH RECURSIVE nested (id) AS (
                     SELECT m.object_id FROM group_member m
                     WHERE m.tenant_id = $1 AND m.group_id = $2 AND m.object_kind = 'Group'
                     UNION
                     SELECT m.object_id FROM nested x CROSS JOIN group_member m
                     WHERE m.tenant_id = $1 AND m.group_id = x.id AND m.object_kind = 'Group'
                 ) SELECT id FROM nested
             ) n WHERE n.id = $3"
        ))
        .bind(tenant)
        .bind(from)
        .bind(group)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}
