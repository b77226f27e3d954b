//! The SQL of policies, and of what they are given to.

use super::TokenLifetimePolicy;
use super::operations::Object;
use crate::changes::Kind;
use crate::graph::query::{Condition, write_condition};
use crate::platform::ids::{TenantId, TokenLifetimePolicyId};
use database::{Result, Transaction, sql};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "p.tenant_id, p.id, p.display_name, p.description, p.definition, p.lifetime_seconds, p.is_default, p.version"
    };
}

macro_rules! select {
    ($from:literal) => {
        concat!("SELECT ", columns!(), " FROM ", $from)
    };
}

/// The columns of [`super::Lifetimes`], for a statement about service principals `s` and their registrations `a` in the tenant: whoever
/// reads an app reads this along, so that no token costs a statement of its own.
macro_rules! lifetimes {
    () => {
        "COALESCE(
             (SELECT p.lifetime_seconds FROM token_lifetime_assignment x
              JOIN token_lifetime_policy p ON p.tenant_id = x.tenant_id AND p.id = x.policy_id
              WHERE x.tenant_id = $1 AND x.object_kind = 'ServicePrincipal' AND x.object_id = s.id),
             (SELECT p.lifetime_seconds FROM token_lifetime_assignment x
              JOIN token_lifetime_policy p ON p.tenant_id = x.tenant_id AND p.id = x.policy_id
              WHERE x.tenant_id = $1 AND x.object_kind = 'Application' AND x.object_id = a.id)) AS own_lifetime,
         (SELECT p.lifetime_seconds FROM token_lifetime_policy p
          WHERE p.tenant_id = $1 AND p.is_default) AS default_lifetime"
    };
}
pub(crate) use lifetimes;

/// Adds a policy.
pub async fn insert(tx: &mut Transaction, policy: &TokenLifetimePolicy) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO token_lifetime_policy
             (tenant_id, id, display_name, description, definition, lifetime_seconds, is_default, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1)"
    ))
    .bind(policy.tenant_id)
    .bind(policy.id)
    .bind(policy.display_name.clone())
    .bind(policy.description.clone())
    .bind(policy.definition.clone())
    .bind(policy.lifetime_seconds)
    .bind(policy.is_default)
    .execute()
    .await?;
    Ok(())
}

/// Replaces a policy if nobody changed it since it was read; `false` otherwise.
pub async fn update(tx: &mut Transaction, policy: &TokenLifetimePolicy) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE token_lifetime_policy
             SET display_name = $4, description = $5, definition = $6, lifetime_seconds = $7, is_default = $8,
                 version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $3"
        ))
        .bind(policy.tenant_id)
        .bind(policy.id)
        .bind(policy.version)
        .bind(policy.display_name.clone())
        .bind(policy.description.clone())
        .bind(policy.definition.clone())
        .bind(policy.lifetime_seconds)
        .bind(policy.is_default)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Holds the row of a policy until the end of the transaction, so that it is not given to anything while it is removed. `false` if
/// there is none.
pub async fn lock(tx: &mut Transaction, tenant: TenantId, id: TokenLifetimePolicyId) -> Result<bool> {
    let rows = tx
        .query(sql!("UPDATE token_lifetime_policy SET version = version WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes a policy that nothing has.
pub async fn delete(tx: &mut Transaction, tenant: TenantId, id: TokenLifetimePolicyId) -> Result<()> {
    tx.query(sql!("DELETE FROM token_lifetime_policy WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// The policies of an organisation, by id: the first that was made first.
pub async fn list(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<TokenLifetimePolicy>> {
    tx.query(sql!(concat!(select!("token_lifetime_policy p"), " WHERE p.tenant_id = $1 ORDER BY p.id")))
        .bind(tenant)
        .fetch_all()
        .await
}

/// The policy with this id.
pub async fn find(
    tx: &mut Transaction,
    tenant: TenantId,
    id: TokenLifetimePolicyId,
) -> Result<Option<TokenLifetimePolicy>> {
    tx.query(sql!(concat!(select!("token_lifetime_policy p"), " WHERE p.tenant_id = $1 AND p.id = $2")))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await
}

/// The policy that an object has itself.
pub async fn find_held(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, object): Object,
) -> Result<Option<TokenLifetimePolicy>> {
    tx.query(sql!(concat!(
        select!(
            "token_lifetime_assignment x
             JOIN token_lifetime_policy p ON p.tenant_id = x.tenant_id AND p.id = x.policy_id"
        ),
        " WHERE x.tenant_id = $1 AND x.object_kind = $2 AND x.object_id = $3"
    )))
    .bind(tenant)
    .bind(kind)
    .bind(object)
    .fetch_optional()
    .await
}

/// A policy with the object that has it.
#[derive(sqlx::FromRow)]
struct Held {
    object_id: Uuid,
    #[sqlx(flatten)]
    policy: TokenLifetimePolicy,
}

/// The policies that several objects of one kind have themselves, one at most each, in no order.
pub async fn list_held(
    tx: &mut Transaction,
    tenant: TenantId,
    kind: Kind,
    objects: &[Uuid],
) -> Result<Vec<(Uuid, TokenLifetimePolicy)>> {
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query(sql!(concat!(
            "SELECT x.object_id, ",
            columns!(),
            " FROM token_lifetime_assignment x
              JOIN token_lifetime_policy p ON p.tenant_id = x.tenant_id AND p.id = x.policy_id
              WHERE x.tenant_id = $1 AND x.object_kind = $2"
        )))
        .bind(tenant)
        .bind(kind);
    write_condition(Some(&Condition::one_of("x.object_id", objects.iter().copied())), &mut query);
    let found: Vec<Held> = query.fetch_all().await?;
    Ok(found.into_iter().map(|held| (held.object_id, held.policy)).collect())
}

/// Gives a policy to an object; `false` if that has one.
pub async fn give(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, object): Object,
    policy: TokenLifetimePolicyId,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO token_lifetime_assignment (tenant_id, object_kind, object_id, policy_id)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(object)
        .bind(policy)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a policy from an object; `false` if that does not have it.
pub async fn take(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, object): Object,
    policy: TokenLifetimePolicyId,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "DELETE FROM token_lifetime_assignment
             WHERE tenant_id = $1 AND object_kind = $2 AND object_id = $3 AND policy_id = $4"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(object)
        .bind(policy)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a policy from everything that has it.
pub async fn take_from_all(tx: &mut Transaction, tenant: TenantId, policy: TokenLifetimePolicyId) -> Result<()> {
    tx.query(sql!("DELETE FROM token_lifetime_assignment WHERE tenant_id = $1 AND policy_id = $2"))
        .bind(tenant)
        .bind(policy)
        .execute()
        .await?;
    Ok(())
}

/// An object is gone for good, and has no policy any more.
pub async fn forget_object(tx: &mut Transaction, tenant: TenantId, (kind, object): Object) -> Result<()> {
    tx.query(sql!(
        "DELETE FROM token_lifetime_assignment WHERE tenant_id = $1 AND object_kind = $2 AND object_id = $3"
    ))
    .bind(tenant)
    .bind(kind)
    .bind(object)
    .execute()
    .await?;
    Ok(())
}

macro_rules! holders {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM token_lifetime_assignment x
              WHERE x.tenant_id = $1 AND x.policy_id = $2 AND (
                  (x.object_kind = 'Application' AND EXISTS (
                      SELECT 1 FROM application a
                      WHERE a.tenant_id = $1 AND a.id = x.object_id AND a.deleted_at IS NULL))
                  OR (x.object_kind = 'ServicePrincipal' AND EXISTS (
                      SELECT 1 FROM service_principal s
                      LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
                      WHERE s.tenant_id = $1 AND s.id = x.object_id AND s.deleted_at IS NULL AND a.deleted_at IS NULL)))"
        )
    };
}

/// What has a policy, by kind and id, behind a place, at most `limit`. What is deleted is not listed, and that stands in the tables of
/// the objects, whose features stand above this one.
pub async fn list_holders(
    tx: &mut Transaction,
    tenant: TenantId,
    policy: TokenLifetimePolicyId,
    (after, limit): (Option<Object>, u32),
) -> Result<Vec<(Kind, Uuid)>> {
    let mut query = tx.query(sql!(holders!("x.object_kind, x.object_id"))).bind(tenant).bind(policy);
    if let Some((kind, id)) = after {
        query.push(" AND (x.object_kind, x.object_id) > (").value(kind).push(", ").value(id).push(")");
    }
    query.push(" ORDER BY x.object_kind, x.object_id LIMIT ").value(i64::from(limit));
    query.fetch_all().await
}

/// How much has a policy.
pub async fn count_holders(tx: &mut Transaction, tenant: TenantId, policy: TokenLifetimePolicyId) -> Result<i64> {
    tx.query(sql!(holders!("COUNT(*)"))).bind(tenant).bind(policy).fetch_value().await
}
