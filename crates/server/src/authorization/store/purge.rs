//! What nobody can use any more.

use crate::platform::Timestamp;
use database::{Result, Transaction, sql_across};

/// Removes codes and refresh tokens that ended before this instant, and the grants that nothing is left of; how many rows
/// that were.
pub async fn before(tx: &mut Transaction, instant: Timestamp) -> Result<u64> {
    let mut rows = 0;
    for statement in [
        sql_across!("old codes of every tenant are purged", "DELETE FROM authorization_code WHERE expires_at < $1"),
        sql_across!("old refresh tokens of every tenant are purged", "DELETE FROM refresh_token WHERE expires_at < $1"),
        sql_across!(
            "grants of every tenant that nothing is left of are purged",
            "DELETE FROM token_grant WHERE created_at < $1
             AND NOT EXISTS (SELECT 1 FROM authorization_code c
                             WHERE c.tenant_id = token_grant.tenant_id AND c.grant_id = token_grant.id)
             AND NOT EXISTS (SELECT 1 FROM refresh_token r
                             WHERE r.tenant_id = token_grant.tenant_id AND r.grant_id = token_grant.id)"
        ),
    ] {
        rows += tx.query(statement).bind(instant).execute().await?;
    }
    Ok(rows)
}
