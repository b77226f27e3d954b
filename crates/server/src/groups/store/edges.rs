//! Single edges between a group and what hangs on it.

use crate::changes::{self, Change, Kind};
use crate::groups::Relation;
use crate::platform::ids::{GroupId, PrincipalId, TenantId};
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

/// What an id stands for, and its name. Deleted objects are not found.
pub async fn find_object(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> Result<Option<(Kind, String)>> {
    tx.query(sql!(
        "SELECT 'User', u.display_name FROM user_account u
         WHERE u.tenant_id = $1 AND u.id = $2 AND u.deleted_at IS NULL
         UNION ALL
         SELECT 'Group', g.display_name FROM directory_group g
         WHERE g.tenant_id = $1 AND g.id = $2 AND g.deleted_at IS NULL
         UNION ALL
         SELECT 'ServicePrincipal', COALESCE(a.display_name, s.display_name) FROM service_principal s
         LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
         WHERE s.tenant_id = $1 AND s.id = $2 AND s.deleted_at IS NULL AND a.deleted_at IS NULL"
    ))
    .bind(tenant)
    .bind(id)
    .fetch_optional()
    .await
}

/// Hangs an object on a group; `false` if it does already.
pub async fn insert_edge(
    tx: &mut Transaction,
    tenant: TenantId,
    (relation, group): (Relation, GroupId),
    (kind, id): (Kind, Uuid),
    at: Timestamp,
) -> Result<bool> {
    let statement = match relation {
        Relation::Members => sql!(
            "INSERT INTO group_member (tenant_id, group_id, object_kind, object_id, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
        ),
        Relation::Owners => sql!(
            "INSERT INTO group_owner (tenant_id, group_id, object_kind, object_id, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
        ),
    };
    let rows = tx.query(statement).bind(tenant).bind(group).bind(kind).bind(id).bind(at).execute().await?;
    if rows == 1 {
        changes::note(tx, tenant, at, change(relation, group, (kind, id), true)).await?;
    }
    Ok(rows == 1)
}

/// Takes an object off a group; of which kind it was, if it hung there.
pub async fn delete_edge(
    tx: &mut Transaction,
    tenant: TenantId,
    (relation, group): (Relation, GroupId),
    id: Uuid,
    at: Timestamp,
) -> Result<Option<Kind>> {
    // The kinds are named so that the key serves the statement.
    let statement = match relation {
        Relation::Members => sql!(
            "DELETE FROM group_member WHERE tenant_id = $1 AND group_id = $2
             AND object_kind IN ('Group', 'ServicePrincipal', 'User') AND object_id = $3 RETURNING object_kind"
        ),
        Relation::Owners => sql!(
            "DELETE FROM group_owner WHERE tenant_id = $1 AND group_id = $2
             AND object_kind IN ('Group', 'ServicePrincipal', 'User') AND object_id = $3 RETURNING object_kind"
        ),
    };
    let found: Option<(Kind,)> = tx.query(statement).bind(tenant).bind(group).bind(id).fetch_optional().await?;
    let Some((kind,)) = found else { return Ok(None) };
    changes::note(tx, tenant, at, change(relation, group, (kind, id), false)).await?;
    Ok(Some(kind))
}

/// Owners are part of the group as programs follow it, without an entry of their own.
const fn change(relation: Relation, group: GroupId, object: (Kind, Uuid), is_added: bool) -> Change {
    match relation {
        Relation::Members => Change::member(group.0, object, is_added),
        Relation::Owners => Change::set(Kind::Group, group.0),
    }
}

/// Whether an object hangs directly on a group.
pub async fn is_linked(
    tx: &mut Transaction,
    tenant: TenantId,
    relation: Relation,
    group: GroupId,
    object: PrincipalId,
) -> Result<bool> {
    let statement = match relation {
        Relation::Members => {
            sql!("SELECT object_kind FROM group_member WHERE tenant_id = $1 AND object_id = $2 AND group_id = $3")
        }
        Relation::Owners => {
            sql!("SELECT object_kind FROM group_owner WHERE tenant_id = $1 AND object_id = $2 AND group_id = $3")
        }
    };
    let found: Option<(Kind,)> = tx.query(statement).bind(tenant).bind(object).bind(group).fetch_optional().await?;
    Ok(found.is_some())
}

/// How many owners a group has, those included that are deleted at the moment.
pub async fn count_owners(tx: &mut Transaction, tenant: TenantId, group: GroupId) -> Result<i64> {
    tx.query(sql!("SELECT COUNT(*) FROM group_owner WHERE tenant_id = $1 AND group_id = $2"))
        .bind(tenant)
        .bind(group)
        .fetch_value()
        .await
}

/// Takes a purged object off groups, at most `limit` that it belongs to and as many that it answers for; how many edges those were.
pub async fn forget_object(
    tx: &mut Transaction,
    tenant: TenantId,
    object: PrincipalId,
    limit: i64,
    at: Timestamp,
) -> Result<u64> {
    let statements = [
        (
            Relation::Members,
            sql!(
                "DELETE FROM group_member WHERE tenant_id = $1 AND object_id = $2 AND group_id IN
                     (SELECT m.group_id FROM group_member m WHERE m.tenant_id = $1 AND m.object_id = $2 LIMIT $3)
                 RETURNING group_id, object_kind"
            ),
        ),
        (
            Relation::Owners,
            sql!(
                "DELETE FROM group_owner WHERE tenant_id = $1 AND object_id = $2 AND group_id IN
                     (SELECT m.group_id FROM group_owner m WHERE m.tenant_id = $1 AND m.object_id = $2 LIMIT $3)
                 RETURNING group_id, object_kind"
            ),
        ),
    ];
    let mut edges = 0;
    for (relation, statement) in statements {
        let groups: Vec<(GroupId, Kind)> =
            tx.query(statement).bind(tenant).bind(object).bind(limit).fetch_all().await?;
        edges += u64::try_from(groups.len()).unwrap_or(u64::MAX);
        for (group, kind) in groups {
            changes::note(tx, tenant, at, change(relation, group, (kind, object.0), false)).await?;
        }
    }
    Ok(edges)
}
