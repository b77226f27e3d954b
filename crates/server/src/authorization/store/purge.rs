//! What nobody can use any more.

use crate::config::Retention;
use crate::platform::Timestamp;
use crate::platform::ids::{TenantId, UserId};
use database::{Result, Transaction, sql, sql_across};

/// Removes codes, refresh tokens and statements of apps that ended before this instant, and the grants that nothing is left of,
/// a batch of each; how many rows that were.
pub async fn before(tx: &mut Transaction, instant: Timestamp) -> Result<u64> {
    let mut rows = 0;
    for statement in [
        sql_across!("old codes of every tenant are purged", "DELETE FROM authorization_code WHERE (tenant_id, secret_hash) IN
                 (SELECT c.tenant_id, c.secret_hash FROM authorization_code c WHERE c.expires_at < $1 LIMIT $2)"),
        sql_across!("old refresh tokens of every tenant are purged", "DELETE FROM refresh_token WHERE (tenant_id, secret_hash) IN
                 (SELECT r.tenant_id, r.secret_hash FROM refresh_token r WHERE r.expires_at < $1 LIMIT $2)"),
        sql_across!("old statements of apps of every tenant are purged", "DELETE FROM presented_assertion WHERE (tenant_id, assertion_hash) IN
                 (SELECT a.tenant_id, a.assertion_hash FROM presented_assertion a WHERE a.expires_at < $1 LIMIT $2)"),
        sql_across!(
            "grants of every tenant that nothing is left of are purged",
            "DELETE FROM token_grant WHERE (tenant_id, id) IN
                 (SELECT g.tenant_id, g.id FROM token_grant g WHERE g.created_at < $1
                  AND NOT EXISTS (SELECT 1 FROM authorization_code c WHERE c.tenant_id = g.tenant_id AND c.grant_id = g.id)
                  AND NOT EXISTS (SELECT 1 FROM refresh_token r WHERE r.tenant_id = g.tenant_id AND r.grant_id = g.id)
                  LIMIT $2)"
        ),
    ] {
        rows += tx.query(statement).bind(instant).bind(Retention::AT_ONCE).execute().await?;
    }
    Ok(rows)
}

/// Removes the grants of a user with everything that follows from them.
pub async fn of_user(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<()> {
    for statement in [
        sql!(
            "DELETE FROM authorization_code WHERE tenant_id = $1 AND grant_id IN
                 (SELECT g.id FROM token_grant g WHERE g.tenant_id = $1 AND g.user_id = $2)"
        ),
        sql!(
            "DELETE FROM refresh_token WHERE tenant_id = $1 AND grant_id IN
                 (SELECT g.id FROM token_grant g WHERE g.tenant_id = $1 AND g.user_id = $2)"
        ),
        sql!("DELETE FROM token_grant WHERE tenant_id = $1 AND user_id = $2"),
    ] {
        tx.query(statement).bind(tenant).bind(user).execute().await?;
    }
    Ok(())
}
