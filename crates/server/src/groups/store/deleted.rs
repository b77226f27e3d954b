//! Deleted groups. One that is removed for good and still has edges is marked by [`GOING`]: it is found nowhere any more.

use crate::changes::{self, Change, Kind, aftermath};
use crate::deleted_items::GOING;
use crate::deleted_items::store::{Statements, lock_going, select_deleted, select_old};
use crate::groups::Group;
use crate::platform::ids::{GroupId, TenantId};
use crate::words;
use database::{Result, Timestamp, Transaction, sql};

/// What reads deleted groups.
pub static DELETED: Statements = Statements {
    find: sql!(concat!(select_deleted!(columns!(), "directory_group g", "g"), " AND g.id = $3")),
    list: sql!(select_deleted!(columns!(), "directory_group g", "g")),
    count: sql!(select_deleted!("COUNT(*)", "directory_group g", "g")),
    list_old: sql!(select_old!("directory_group")),
    lock_going: Some(sql!(lock_going!("directory_group"))),
};

/// Marks a deleted group as going; `false` if somebody changed it since it was read. Its unique name is free from now on.
pub async fn retire(tx: &mut Transaction, group: &Group, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE directory_group
             SET deleted_at = $4, unique_name = NULL, unique_name_folded = NULL, version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $3"
        ))
        .bind(group.tenant_id)
        .bind(group.id)
        .bind(group.version)
        .bind(GOING)
        .execute()
        .await?;
    if rows == 1 {
        changes::note(tx, group.tenant_id, at, Change::purged(Kind::Group, group.id.0)).await?;
    }
    Ok(rows == 1)
}

/// Takes what hangs on a group off it, at most `limit` members and as many owners; how many edges those were.
pub async fn delete_edges(tx: &mut Transaction, tenant: TenantId, group: GroupId, limit: i64) -> Result<u64> {
    let mut edges = 0;
    for statement in [
        sql!(
            "DELETE FROM group_member WHERE tenant_id = $1 AND group_id = $2 AND (object_kind, object_id) IN
                 (SELECT m.object_kind, m.object_id FROM group_member m
                  WHERE m.tenant_id = $1 AND m.group_id = $2 LIMIT $3)"
        ),
        sql!(
            "DELETE FROM group_owner WHERE tenant_id = $1 AND group_id = $2 AND (object_kind, object_id) IN
                 (SELECT m.object_kind, m.object_id FROM group_owner m
                  WHERE m.tenant_id = $1 AND m.group_id = $2 LIMIT $3)"
        ),
    ] {
        edges += tx.query(statement).bind(tenant).bind(group).bind(limit).execute().await?;
    }
    Ok(edges)
}

/// Removes the row of a group that is going and has no edges left.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, group: GroupId) -> Result<()> {
    aftermath::forget(tx, tenant, group.0).await?;
    super::delete_evaluation(tx, tenant, group).await?;
    words::forget(tx, tenant, group.0).await?;
    tx.query(sql!(
        "DELETE FROM directory_group
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL AND deleted_at = $3"
    ))
    .bind(tenant)
    .bind(group)
    .bind(GOING)
    .execute()
    .await?;
    Ok(())
}
