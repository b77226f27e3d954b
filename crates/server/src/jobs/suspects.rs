//! Jobs of an organisation that may have killed the processes that tried them, counted for its portal.

use super::deaths::APART;
use super::worker::CUT_OFF;
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Suspects {
    /// Those that wait or run apart from each other.
    pub apart: i64,
    /// Those that were given up for that reason.
    pub given_up: i64,
}

impl Suspects {
    /// All of them.
    pub const fn all(self) -> i64 {
        self.apart + self.given_up
    }
}

/// Counts them: at most `most` that wait and as many that run, and those among the oldest `most` that were given up.
pub async fn count(tx: &mut Transaction, tenant: TenantId, most: i64) -> Result<Suspects> {
    Ok(Suspects { apart: count_apart(tx, tenant, most).await?, given_up: count_given_up(tx, tenant, most).await? })
}

// It stands in the text below, as in that of the index.
const _: () = assert!(APART == 2);

/// Their order leads to the index of the few of which this is true; without it all jobs of the organisation would be looked at.
async fn count_apart(tx: &mut Transaction, tenant: TenantId, most: i64) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (
             SELECT * FROM (SELECT w.id FROM job w
                            WHERE w.tenant_id = $1 AND w.state = 'waiting' AND w.deaths >= 2
                            ORDER BY w.run_at, w.id LIMIT $2) waiting
             UNION ALL
             SELECT * FROM (SELECT r.id FROM job r
                            WHERE r.tenant_id = $1 AND r.state = 'running' AND r.deaths >= 2
                            ORDER BY r.run_at, r.id LIMIT $2) running) counted"
    ))
    .bind(tenant)
    .bind(most)
    .fetch_value()
    .await
}

/// A job that was given up has no deaths behind it any more; its reason says it.
async fn count_given_up(tx: &mut Transaction, tenant: TenantId, most: i64) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT j.last_error FROM job j
         WHERE j.tenant_id = $1 AND j.state = 'failed' ORDER BY j.id LIMIT $2) oldest
         WHERE oldest.last_error = $3"
    ))
    .bind(tenant)
    .bind(most)
    .bind(CUT_OFF.to_owned())
    .fetch_value()
    .await
}
