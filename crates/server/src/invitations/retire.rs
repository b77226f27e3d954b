//! The end of every invitation a user has had.

use crate::platform::ids::{TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql};

/// Withdraws every invitation of a user, those that were accepted too, and kills every link: the user proves themselves anew,
/// and nothing of before may stand for it.
pub(super) async fn retire_all(tx: &mut Transaction, tenant: TenantId, user: UserId, at: Timestamp) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO dead_ticket (tenant_id, ticket_hash, invitation_id, created_at)
         SELECT i.tenant_id, i.ticket_hash, i.id, $3 FROM invitation i
         WHERE i.tenant_id = $1 AND i.user_id = $2 AND LENGTH(i.ticket_hash) > 0"
    ))
    .bind(tenant)
    .bind(user)
    .bind(at)
    .execute()
    .await?;
    tx.query(sql!(
        "UPDATE invitation SET ticket_hash = NULL, revoked_at = COALESCE(revoked_at, $3), version = version + 1
         WHERE tenant_id = $1 AND user_id = $2"
    ))
    .bind(tenant)
    .bind(user)
    .bind(at)
    .execute()
    .await?;
    Ok(())
}
