//! Deleted groups. One that is removed for good and still has edges is marked by [`GOING`]: it is found nowhere any more.

use crate::changes::{self, Change, Kind};
use crate::graph::query::{Condition, Slice, write_condition};
use crate::groups::Group;
use crate::platform::ids::{GroupId, TenantId};
use crate::words;
use database::{Result, Timestamp, Transaction, sql};

/// What `deleted_at` is while the edges of a group go that is removed for good.
pub const GOING: Timestamp = Timestamp::from_microseconds(0);

/// The group with this id, if it was deleted behind this instant.
pub async fn find_deleted(
    tx: &mut Transaction,
    tenant: TenantId,
    id: GroupId,
    since: Timestamp,
) -> Result<Option<Group>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM directory_group g
         WHERE g.tenant_id = $1 AND g.id = $2 AND g.deleted_at IS NOT NULL AND g.deleted_at > $3"
    )))
    .bind(tenant)
    .bind(id)
    .bind(since)
    .fetch_optional()
    .await
}

/// Groups that were deleted behind an instant, in an order; one more than the slice holds, if there is one.
pub async fn list_deleted(
    tx: &mut Transaction,
    tenant: TenantId,
    since: Timestamp,
    slice: &Slice,
) -> Result<Vec<Group>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM directory_group g
             WHERE g.tenant_id = $1 AND g.deleted_at IS NOT NULL AND g.deleted_at > $2"
        )))
        .bind(tenant)
        .bind(since);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many of them meet a condition.
pub async fn count_deleted(
    tx: &mut Transaction,
    tenant: TenantId,
    since: Timestamp,
    condition: Option<&Condition>,
) -> Result<i64> {
    let mut query = tx
        .query(sql!(
            "SELECT COUNT(*) FROM directory_group g
             WHERE g.tenant_id = $1 AND g.deleted_at IS NOT NULL AND g.deleted_at > $2"
        ))
        .bind(tenant)
        .bind(since);
    write_condition(condition, &mut query);
    let (count,): (i64,) = query.fetch_one().await?;
    Ok(count)
}

/// Groups of a tenant that were deleted before an instant, also those that are on their way, at most `limit`.
pub async fn list_old(tx: &mut Transaction, tenant: TenantId, before: Timestamp, limit: i64) -> Result<Vec<GroupId>> {
    let rows: Vec<(GroupId,)> = tx
        .query(sql!(
            "SELECT id FROM directory_group WHERE tenant_id = $1 AND deleted_at IS NOT NULL AND deleted_at < $2
             ORDER BY deleted_at, id LIMIT $3"
        ))
        .bind(tenant)
        .bind(before)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

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

/// Whether a group is going.
pub async fn is_going(tx: &mut Transaction, tenant: TenantId, id: GroupId) -> Result<bool> {
    let found: Option<(GroupId,)> = tx
        .query(sql!(
            "SELECT id FROM directory_group
             WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL AND deleted_at = $3"
        ))
        .bind(tenant)
        .bind(id)
        .bind(GOING)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
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
