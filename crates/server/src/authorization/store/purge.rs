//! What nobody can use any more.

use crate::config::Retention;
use crate::graph::query::{Condition, write_condition};
use crate::platform::Timestamp;
use crate::platform::ids::{GrantId, TenantId, UserId};
use database::{Result, Transaction, sql, sql_across};
use std::collections::{BTreeMap, BTreeSet};

/// Removes codes, refresh tokens and statements of apps that ended before this instant, a batch of each, and the grants of which
/// nothing is left; how many rows that were.
pub async fn before(tx: &mut Transaction, instant: Timestamp) -> Result<u64> {
    let mut grants: BTreeMap<TenantId, BTreeSet<GrantId>> = BTreeMap::new();
    let mut rows = tx
        .query(sql_across!(
            "old statements of apps of every tenant are purged",
            "DELETE FROM presented_assertion WHERE (tenant_id, assertion_hash) IN
                 (SELECT a.tenant_id, a.assertion_hash FROM presented_assertion a WHERE a.expires_at < $1 LIMIT $2)"
        ))
        .bind(instant)
        .bind(Retention::AT_ONCE)
        .execute()
        .await?;
    for statement in [
        sql_across!(
            "old codes of every tenant are purged",
            "DELETE FROM authorization_code WHERE (tenant_id, secret_hash) IN
                 (SELECT c.tenant_id, c.secret_hash FROM authorization_code c WHERE c.expires_at < $1 LIMIT $2)
             RETURNING tenant_id, grant_id"
        ),
        sql_across!(
            "old refresh tokens of every tenant are purged",
            "DELETE FROM refresh_token WHERE (tenant_id, secret_hash) IN
                 (SELECT r.tenant_id, r.secret_hash FROM refresh_token r WHERE r.expires_at < $1 LIMIT $2)
             RETURNING tenant_id, grant_id"
        ),
    ] {
        let gone: Vec<(TenantId, GrantId)> =
            tx.query(statement).bind(instant).bind(Retention::AT_ONCE).fetch_all().await?;
        rows += u64::try_from(gone.len()).unwrap_or(u64::MAX);
        for (tenant, grant) in gone {
            grants.entry(tenant).or_default().insert(grant);
        }
    }
    for (tenant, grants) in grants {
        rows += bare(tx, tenant, grants).await?;
    }
    Ok(rows)
}

/// Removes those of these grants on which nothing hangs any more. Their rows are held first: two processes that each remove one of
/// the last two tokens of a grant would both leave it for the other's.
async fn bare(tx: &mut Transaction, tenant: TenantId, grants: BTreeSet<GrantId>) -> Result<u64> {
    let these = Condition::one_of("id", grants.into_iter().map(|grant| grant.0));
    let mut hold = tx.query(sql!("UPDATE token_grant SET created_at = created_at WHERE tenant_id = $1")).bind(tenant);
    write_condition(Some(&these), &mut hold);
    hold.execute().await?;
    let mut remove = tx
        .query(sql!(
            "DELETE FROM token_grant WHERE tenant_id = $1
             AND NOT EXISTS (SELECT 1 FROM authorization_code c
                             WHERE c.tenant_id = token_grant.tenant_id AND c.grant_id = token_grant.id)
             AND NOT EXISTS (SELECT 1 FROM refresh_token r
                             WHERE r.tenant_id = token_grant.tenant_id AND r.grant_id = token_grant.id)"
        ))
        .bind(tenant);
    write_condition(Some(&these), &mut remove);
    remove.execute().await
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
