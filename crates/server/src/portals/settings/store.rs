//! The SQL of what a change of the settings would mean.

use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use crate::users::ExternalUserState;
use database::{Result, Transaction, sql};

/// Where waiting invitations go: at most `limit` unanswered ones are read, in the order of the index that holds nothing
/// else. With each address comes whether it still waits: it has not lapsed, and its guest is neither in nor blocked.
pub(super) async fn waiting_addresses(
    tx: &mut Transaction,
    tenant: TenantId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(String, bool)>> {
    tx.query(sql!(
        "SELECT i.address, (i.expires_at IS NULL OR i.expires_at > $2)
                AND u.account_enabled AND u.external_user_state IS NOT NULL AND u.external_user_state = $3 AS waits
         FROM (SELECT tenant_id, user_id, address, expires_at FROM invitation
               WHERE tenant_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL
               ORDER BY lower(address) LIMIT $4) i
         JOIN user_account u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
         WHERE u.tenant_id = $1"
    ))
    .bind(tenant)
    .bind(now)
    .bind(ExternalUserState::PendingAcceptance)
    .bind(limit)
    .fetch_all()
    .await
}
