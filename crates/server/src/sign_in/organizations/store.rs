//! The SQL of the organisations of a person.

use super::Organization;
use crate::platform::ids::TenantId;
use crate::users::{ExternalUserState, Identity};
use database::{Result, Transaction, sql_across};

/// Organisations in which this identity from elsewhere is somebody who has accepted and is neither blocked nor deleted, in the
/// order of their ids, behind one of them. An organisation stands there once for each of its users who has the identity. The type
/// of the identity is a literal, because only so SQLite sees that the index holds what is sought.
pub async fn list(
    tx: &mut Transaction,
    identity: &Identity,
    after: Option<TenantId>,
    limit: i64,
) -> Result<Vec<Organization>> {
    let folded = identity.issuer_assigned_id.as_deref().map(str::to_ascii_lowercase);
    tx.query(sql_across!(
        "somebody who has proved an identity sees every organisation that knows it",
        "SELECT t.id, t.name, t.initial_domain, t.default_domain, u.user_type = 'Guest' AS is_guest FROM user_identity i
         JOIN user_account u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
         JOIN tenant t ON t.id = i.tenant_id
         WHERE i.sign_in_type = 'federated' AND i.issuer = $1 AND i.issuer_assigned_id_folded = $2 AND i.tenant_id > $3
           AND u.external_user_state = $4 AND u.account_enabled AND u.deleted_at IS NULL
         ORDER BY i.tenant_id LIMIT $5"
    ))
    .bind(identity.issuer.clone())
    .bind(folded)
    .bind(after.unwrap_or(TenantId(uuid::Uuid::nil())))
    .bind(ExternalUserState::Accepted)
    .bind(limit)
    .fetch_all()
    .await
}
