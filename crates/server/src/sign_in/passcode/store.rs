//! The SQL of passcodes.

use super::{Passcode, WRONG_CHECKS};
use crate::config::Retention;
use crate::platform::ids::{ContinuationId, PasscodeId, TenantId, UserId};
use crate::users::ExternalUserState;
use database::{Result, Timestamp, Transaction, sql, sql_across};

/// Adds a passcode; `false` if the continuation has an open one already.
pub async fn insert(tx: &mut Transaction, passcode: &Passcode) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO passcode (tenant_id, id, continuation_id, address_folded, user_id, created_at, expires_at,
                                   wrong_checks)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT DO NOTHING"
        ))
        .bind(passcode.tenant_id)
        .bind(passcode.id)
        .bind(passcode.continuation_id)
        .bind(passcode.address_folded.clone())
        .bind(passcode.user_id)
        .bind(passcode.created_at)
        .bind(passcode.expires_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The passcode a continuation has: the one that is not closed, or else the last one that was.
pub async fn find_current(
    tx: &mut Transaction,
    tenant: TenantId,
    continuation: ContinuationId,
) -> Result<Option<Passcode>> {
    tx.query(sql!(
        "SELECT tenant_id, id, continuation_id, address_folded, user_id, created_at, expires_at, wrong_checks, closed_at
         FROM passcode WHERE tenant_id = $1 AND continuation_id = $2
         ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, closed_at DESC, id LIMIT 1"
    ))
    .bind(tenant)
    .bind(continuation)
    .fetch_optional()
    .await
}

/// Takes one of the checks a passcode has, before anything is compared; how many are taken now, or `None` if it has
/// none left, is closed, or its time is over. One statement, so that a burst of checks gets no more than there are.
pub async fn take_check(tx: &mut Transaction, tenant: TenantId, id: PasscodeId, now: Timestamp) -> Result<Option<i64>> {
    let row: Option<(i64,)> = tx
        .query(sql!(
            "UPDATE passcode SET wrong_checks = wrong_checks + 1
             WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL AND wrong_checks < $3 AND expires_at > $4
             RETURNING wrong_checks"
        ))
        .bind(tenant)
        .bind(id)
        .bind(WRONG_CHECKS)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(row.map(|(checks,)| checks))
}

/// Closes every open passcode of a mailbox: one success ends them all.
pub async fn close_mailbox(
    tx: &mut Transaction,
    tenant: TenantId,
    address_folded: &str,
    now: Timestamp,
) -> Result<u64> {
    tx.query(sql!(
        "UPDATE passcode SET closed_at = $3 WHERE tenant_id = $1 AND address_folded = $2 AND closed_at IS NULL"
    ))
    .bind(tenant)
    .bind(address_folded.to_owned())
    .bind(now)
    .execute()
    .await
}

/// Closes what no longer counts, or proves another mailbox, so that a new passcode can take its place.
pub async fn close_ended(
    tx: &mut Transaction,
    tenant: TenantId,
    continuation: ContinuationId,
    address_folded: &str,
    now: Timestamp,
) -> Result<u64> {
    tx.query(sql!(
        "UPDATE passcode SET closed_at = $4
         WHERE tenant_id = $1 AND continuation_id = $2 AND closed_at IS NULL
           AND (expires_at <= $4 OR wrong_checks >= $5 OR address_folded <> $3)"
    ))
    .bind(tenant)
    .bind(continuation)
    .bind(address_folded.to_owned())
    .bind(now)
    .bind(WRONG_CHECKS)
    .execute()
    .await
}

/// Removes a batch of those that lapsed before this instant.
pub async fn purge(tx: &mut Transaction, before: Timestamp) -> Result<u64> {
    tx.query(sql_across!(
        "old passcodes of every tenant are purged",
        "DELETE FROM passcode WHERE (tenant_id, id) IN
             (SELECT p.tenant_id, p.id FROM passcode p WHERE p.expires_at < $1 LIMIT $2)"
    ))
    .bind(before)
    .bind(Retention::AT_ONCE)
    .execute()
    .await
}

/// Removes the codes of a user. They are few, because they lapse, so that no index is kept for it.
pub async fn delete_of_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    tx.query(sql!("DELETE FROM passcode WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(user)
        .execute()
        .await?;
    Ok(())
}

/// The guest who has yet to accept an invitation to this folded address, and the address as it was invited. Only the
/// newest open invitation of a guest counts; its time may be over, which its page tells. The order is an expression, because
/// SQLite would read the invitations of the tenant by their age to have it sorted.
pub async fn find_invited(tx: &mut Transaction, tenant: TenantId, folded: &str) -> Result<Option<(UserId, String)>> {
    tx.query(sql!(
        "SELECT i.user_id, i.address FROM invitation i
         JOIN user_account u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
         WHERE i.tenant_id = $1 AND lower(i.address) = $2 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
           AND u.deleted_at IS NULL AND u.external_user_state = $3
           AND NOT EXISTS (SELECT 1 FROM invitation n
                           WHERE n.tenant_id = i.tenant_id AND n.user_id = i.user_id AND n.created_at > i.created_at
                             AND n.accepted_at IS NULL AND n.revoked_at IS NULL)
         ORDER BY i.created_at + 0 DESC, i.id DESC LIMIT 1"
    ))
    .bind(tenant)
    .bind(folded.to_owned())
    .bind(ExternalUserState::PendingAcceptance)
    .fetch_optional()
    .await
}
