//! The lease of a running job: short, so that little waits for a process that died, and renewed while the attempt runs.

use super::{Job, store};
use crate::Server;
use database::Result;
use std::time::Duration;
use uuid::Uuid;

/// How long a lease lasts and how often it is renewed.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    /// From the claim, or from the last renewal. After that the job is due again for everybody.
    pub length: Duration,
    /// Between two renewals, and how long one may take.
    pub renewal: Duration,
}

/// The leases of the worker. An attempt is dropped at the latest 16 seconds after its last renewal, four before somebody
/// else may begin: clocks of processes that share a database may differ by that much.
pub const LEASE: Lease = Lease { length: Duration::from_secs(20), renewal: Duration::from_secs(4) };

/// Renews the lease again and again. Returns when it was lost: it passed to somebody else, or two renewals in a row failed.
pub async fn lost(server: &Server, owner: Uuid, job: &Job, lease: Lease) {
    let mut missed = 0;
    while missed < 2 {
        tokio::time::sleep(lease.renewal).await;
        match tokio::time::timeout(lease.renewal, renew(server, owner, job, lease)).await {
            Ok(Ok(true)) => missed = 0,
            Ok(Ok(false)) => return,
            Ok(Err(error)) => {
                tracing::warn!(job = %job.id, %error, "the lease of a job cannot be renewed");
                missed += 1;
            }
            Err(_) => missed += 1,
        }
    }
}

async fn renew(server: &Server, owner: Uuid, job: &Job, lease: Lease) -> Result<bool> {
    let mut tx = server.write().await?;
    let renewed = store::renew(&mut tx, job, owner, server.clock.now().plus(lease.length)).await?;
    tx.commit().await?;
    Ok(renewed)
}
