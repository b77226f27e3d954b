//! How users sign in.

use crate::graph::query::{Condition, write_condition};
use crate::platform::ids::{TenantId, UserId};
use crate::users::{Identity, SignInType};
use database::{Result, Transaction, sql};
use std::collections::HashMap;

/// Whose identity this is, with the identity as it is stored. The address is compared in its folded form.
pub async fn find_by_identity(
    tx: &mut Transaction,
    tenant: TenantId,
    issuer: &str,
    folded: &str,
) -> Result<Option<(UserId, String)>> {
    tx.query(sql!(
        "SELECT i.user_id, i.issuer_assigned_id FROM user_identity i
         JOIN user_account u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
         WHERE i.tenant_id = $1 AND i.issuer = $2 AND i.issuer_assigned_id_folded = $3 AND u.deleted_at IS NULL
         ORDER BY u.created_at, u.id LIMIT 1"
    ))
    .bind(tenant)
    .bind(issuer.to_owned())
    .bind(folded.to_owned())
    .fetch_optional()
    .await
}

/// Adds or replaces an identity.
pub async fn insert_identity(tx: &mut Transaction, tenant: TenantId, user: UserId, identity: &Identity) -> Result<()> {
    let identity = identity.clone();
    tx.query(sql!(
        "INSERT INTO user_identity (tenant_id, user_id, sign_in_type, issuer, issuer_assigned_id, issuer_assigned_id_folded)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, user_id, sign_in_type, issuer)
         DO UPDATE SET issuer_assigned_id = excluded.issuer_assigned_id,
                       issuer_assigned_id_folded = excluded.issuer_assigned_id_folded"
    ))
    .bind(tenant)
    .bind(user)
    .bind(identity.sign_in_type)
    .bind(identity.issuer)
    .bind(identity.issuer_assigned_id.clone())
    .bind(identity.issuer_assigned_id.map(|id| id.to_ascii_lowercase()))
    .execute()
    .await?;
    Ok(())
}

/// Removes the identities of a user that come from elsewhere.
pub async fn delete_external_identities(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    tx.query(sql!("DELETE FROM user_identity WHERE tenant_id = $1 AND user_id = $2 AND sign_in_type = $3"))
        .bind(tenant)
        .bind(user)
        .bind(SignInType::Federated)
        .execute()
        .await?;
    Ok(())
}

/// The identities of a user, the name in this tenant first.
pub async fn list_identities(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Vec<Identity>> {
    tx.query(sql!(
        "SELECT sign_in_type, issuer, issuer_assigned_id FROM user_identity
         WHERE tenant_id = $1 AND user_id = $2 ORDER BY sign_in_type DESC, issuer"
    ))
    .bind(tenant)
    .bind(user)
    .fetch_all()
    .await
}

#[derive(sqlx::FromRow)]
struct OwnedIdentity {
    user_id: UserId,
    #[sqlx(flatten)]
    identity: Identity,
}

/// The identities of several users, each one's name in this tenant first.
pub async fn list_identities_of(
    tx: &mut Transaction,
    tenant: TenantId,
    users: &[UserId],
) -> Result<HashMap<UserId, Vec<Identity>>> {
    let mut identities: HashMap<UserId, Vec<Identity>> = HashMap::new();
    if users.is_empty() {
        return Ok(identities);
    }
    let mut query = tx
        .query(sql!(
            "SELECT i.user_id, i.sign_in_type, i.issuer, i.issuer_assigned_id FROM user_identity i WHERE i.tenant_id = $1"
        ))
        .bind(tenant);
    write_condition(Some(&Condition::one_of("i.user_id", users.iter().map(|user| user.0))), &mut query);
    query.push(" ORDER BY i.user_id, i.sign_in_type DESC, i.issuer");
    for row in query.fetch_all::<OwnedIdentity>().await? {
        identities.entry(row.user_id).or_default().push(row.identity);
    }
    Ok(identities)
}
