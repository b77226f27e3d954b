//! How much waits in the queue, for the operator's metrics.

use super::State;
use database::{Result, Timestamp, Transaction, sql_across};

/// The jobs in one state, of all tenants.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Depth {
    /// The state.
    pub state: State,
    /// How many there are.
    pub jobs: i64,
    /// When the first of them was or is due.
    pub earliest: Timestamp,
}

/// What is in the queue; a state without jobs is not listed. Reads every job of the server, so it is not for whoever comes along.
pub async fn list(tx: &mut Transaction) -> Result<Vec<Depth>> {
    tx.query(sql_across!(
        "an operator watches the queue of the whole server",
        "SELECT state, COUNT(*) AS jobs, MIN(run_at) AS earliest FROM job GROUP BY state"
    ))
    .fetch_all()
    .await
}
