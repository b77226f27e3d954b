//! The SQL of a user's page.

use crate::platform::Timestamp;
use crate::platform::ids::{TenantId, UserId};
use database::{Result, Transaction, sql};

/// In how many browsers somebody is signed in.
pub(super) async fn count_sessions(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM session s
         JOIN user_account u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
         WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
           AND s.authenticated_at >= u.sessions_valid_from"
    ))
    .bind(tenant)
    .bind(user)
    .bind(now)
    .fetch_value()
    .await
}
