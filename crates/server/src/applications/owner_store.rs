//! The SQL of who answers for registrations and service principals.

use super::Owned;
use crate::changes::{self, Change, Kind};
use crate::graph::query::{Condition, count_meeting};
use crate::platform::ids::{PrincipalId, TenantId};
use database::{Result, Timestamp, Transaction, sql};
use uuid::Uuid;

/// Stands for an owner who is gone for good, and whom nobody has followed yet.
const NOBODY: Uuid = Uuid::nil();

/// Adds an owner; `false` if they are one already.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantId,
    owned: Owned,
    (kind, id): (Kind, Uuid),
    at: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO app_owner (tenant_id, owned_kind, owned_id, object_kind, object_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(owned.kind)
        .bind(owned.id)
        .bind(kind)
        .bind(id)
        .bind(at)
        .execute()
        .await?;
    if rows == 1 {
        changes::note(tx, tenant, at, Change::set(owned.kind, owned.id)).await?;
    }
    Ok(rows == 1)
}

/// Removes an owner; of which kind they were, if they were one.
pub async fn delete(
    tx: &mut Transaction,
    tenant: TenantId,
    owned: Owned,
    id: Uuid,
    at: Timestamp,
) -> Result<Option<Kind>> {
    let found: Option<(Kind,)> = tx
        .query(sql!(
            "DELETE FROM app_owner WHERE tenant_id = $1 AND owned_kind = $2 AND owned_id = $3 AND object_id = $4
             RETURNING object_kind"
        ))
        .bind(tenant)
        .bind(owned.kind)
        .bind(owned.id)
        .bind(id)
        .fetch_optional()
        .await?;
    let Some((kind,)) = found else { return Ok(None) };
    changes::note(tx, tenant, at, Change::set(owned.kind, owned.id)).await?;
    Ok(Some(kind))
}

/// The owners, by kind and id. Deleted ones are not listed.
pub async fn list(tx: &mut Transaction, tenant: TenantId, owned: Owned) -> Result<Vec<(Kind, Uuid)>> {
    tx.query(sql!(
        "SELECT o.object_kind, o.object_id FROM app_owner o
         LEFT JOIN user_account u ON u.tenant_id = o.tenant_id AND u.id = o.object_id AND u.deleted_at IS NULL
         LEFT JOIN service_principal s ON s.tenant_id = o.tenant_id AND s.id = o.object_id AND s.deleted_at IS NULL
         LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
         WHERE o.tenant_id = $1 AND o.owned_kind = $2 AND o.owned_id = $3 AND a.deleted_at IS NULL
           AND (u.id IS NOT NULL OR s.id IS NOT NULL)
         ORDER BY o.object_kind, o.object_id"
    ))
    .bind(tenant)
    .bind(owned.kind)
    .bind(owned.id)
    .fetch_all()
    .await
}

/// How many owners there are, those included that are deleted at the moment.
pub async fn count(tx: &mut Transaction, tenant: TenantId, owned: Owned) -> Result<i64> {
    tx.query(sql!("SELECT COUNT(*) FROM app_owner WHERE tenant_id = $1 AND owned_kind = $2 AND owned_id = $3"))
        .bind(tenant)
        .bind(owned.kind)
        .bind(owned.id)
        .fetch_value()
        .await
}

/// Whether somebody is an owner.
pub async fn is_owner(tx: &mut Transaction, tenant: TenantId, owned: Owned, object: PrincipalId) -> Result<bool> {
    let found: Option<(Kind,)> = tx
        .query(sql!(
            "SELECT object_kind FROM app_owner
             WHERE tenant_id = $1 AND owned_kind = $2 AND owned_id = $3 AND object_id = $4"
        ))
        .bind(tenant)
        .bind(owned.kind)
        .bind(owned.id)
        .bind(object)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

macro_rules! owned {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM app_owner o
              LEFT JOIN service_principal s ON s.tenant_id = o.tenant_id AND s.id = o.owned_id AND s.deleted_at IS NULL
              LEFT JOIN application a ON a.tenant_id = o.tenant_id AND a.deleted_at IS NULL
                  AND (a.id = o.owned_id OR a.app_id = s.app_id)
              WHERE o.tenant_id = $1 AND o.object_id = $2 AND (a.id IS NOT NULL OR s.home_tenant_id IS NOT NULL)"
        )
    };
}

/// What somebody owns, by kind and id, at most `limit`: of one kind or of both, behind a place. What is deleted is not listed; of an
/// app of another tenant the service principal is.
pub async fn list_owned(
    tx: &mut Transaction,
    tenant: TenantId,
    object: PrincipalId,
    (kind, after): (Option<Kind>, Option<(Kind, Uuid)>),
    limit: u32,
) -> Result<Vec<(Kind, Uuid)>> {
    let mut query = tx.query(sql!(owned!("o.owned_kind, o.owned_id"))).bind(tenant).bind(object);
    if let Some(kind) = kind {
        query.push(" AND o.owned_kind = ").value(kind);
    }
    if let Some((kind, id)) = after {
        query.push(" AND (o.owned_kind, o.owned_id) > (").value(kind).push(", ").value(id).push(")");
    }
    query.push(" ORDER BY o.owned_kind, o.owned_id LIMIT ").value(i64::from(limit));
    query.fetch_all().await
}

/// How much of a kind somebody owns; of both without one.
pub async fn count_owned(
    tx: &mut Transaction,
    tenant: TenantId,
    object: PrincipalId,
    kind: Option<Kind>,
) -> Result<i64> {
    let mut query = tx.query(sql!(owned!("COUNT(*)"))).bind(tenant).bind(object);
    if let Some(kind) = kind {
        query.push(" AND o.owned_kind = ").value(kind);
    }
    query.fetch_value().await
}

/// How many of these objects of one kind somebody owns.
pub async fn count_owned_among(
    tx: &mut Transaction,
    tenant: TenantId,
    object: PrincipalId,
    kind: Kind,
    owned: &[Uuid],
) -> Result<i64> {
    if owned.is_empty() {
        return Ok(0);
    }
    let query = tx
        .query(sql!(
            "SELECT COUNT(*) FROM app_owner o WHERE o.tenant_id = $1 AND o.object_id = $2 AND o.owned_kind = $3"
        ))
        .bind(tenant)
        .bind(object)
        .bind(kind);
    count_meeting(Some(&Condition::one_of("o.owned_id", owned.iter().copied())), query).await
}

/// Somebody answers for it again: what stood for whoever is gone for good goes.
pub async fn forget_gone(tx: &mut Transaction, tenant: TenantId, owned: Owned) -> Result<()> {
    tx.query(sql!(
        "DELETE FROM app_owner WHERE tenant_id = $1 AND owned_kind = $2 AND owned_id = $3 AND object_id = $4"
    ))
    .bind(tenant)
    .bind(owned.kind)
    .bind(owned.id)
    .bind(NOBODY)
    .execute()
    .await?;
    Ok(())
}

/// Removes the owners of something that is purged.
pub async fn forget_owned(tx: &mut Transaction, tenant: TenantId, owned: Owned) -> Result<()> {
    tx.query(sql!("DELETE FROM app_owner WHERE tenant_id = $1 AND owned_kind = $2 AND owned_id = $3"))
        .bind(tenant)
        .bind(owned.kind)
        .bind(owned.id)
        .execute()
        .await?;
    Ok(())
}

/// Removes somebody who is purged from everything they owned. Where nobody else is left, a row without their id stays, so that
/// it is still known that somebody is missing there.
pub async fn forget_object(tx: &mut Transaction, tenant: TenantId, object: PrincipalId) -> Result<()> {
    tx.query(sql!(
        "UPDATE app_owner SET object_id = $3 WHERE tenant_id = $1 AND object_id = $2 AND NOT EXISTS
             (SELECT 1 FROM app_owner o WHERE o.tenant_id = $1 AND o.owned_kind = app_owner.owned_kind
                AND o.owned_id = app_owner.owned_id AND o.object_id <> $2)"
    ))
    .bind(tenant)
    .bind(object)
    .bind(NOBODY)
    .execute()
    .await?;
    tx.query(sql!("DELETE FROM app_owner WHERE tenant_id = $1 AND object_id = $2"))
        .bind(tenant)
        .bind(object)
        .execute()
        .await?;
    Ok(())
}
