//! How much waits in the queue, for the operator's metrics.

use super::{Lane, State};
use database::{Result, Timestamp, Transaction, sql_across};

/// The jobs of one lane in one state, of all tenants.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Depth {
    /// The state.
    pub state: State,
    /// The lane.
    pub lane: Lane,
    /// How many there are.
    pub jobs: i64,
    /// When the first of them was or is due; one that failed is due when its pause is over.
    pub earliest: Timestamp,
    /// Since when the oldest of them has been owed, however often it was tried.
    pub owed: Timestamp,
}

/// What is in the queue; what has no jobs is not listed. Reads every job of the server, so it is not for whoever comes along.
pub async fn list(tx: &mut Transaction) -> Result<Vec<Depth>> {
    tx.query(sql_across!(
        "an operator watches the queue of the whole server",
        "SELECT state, lane, COUNT(*) AS jobs, MIN(run_at) AS earliest, MIN(due_at) AS owed FROM job GROUP BY state, lane"
    ))
    .fetch_all()
    .await
}
