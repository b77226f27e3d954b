//! Changes are kept a little longer than a link to the next ones is good for.

use super::{Kind, store};
use crate::Server;
use crate::config::Retention;
use crate::platform::ids::TenantId;
use database::{Result, Timestamp};
use std::time::Duration;

/// How long a change is kept. A delta link is good for seven days (Graph: delta query, token duration for directory
/// objects); one more passes before those it leads to are gone.
pub const KEPT: Duration = Duration::from_hours(8 * 24);

/// Removes what is older than it is kept; how many rows that were.
pub async fn purge(server: &Server) -> Result<u64> {
    let before = server.clock.now().minus(KEPT);
    let tenants = store::list_tenants(&mut server.read().await?).await?;
    let mut rows = 0;
    for tenant in tenants {
        for kind in Kind::ALL {
            rows += purge_kind(server, tenant, *kind, before).await?;
        }
    }
    Ok(rows)
}

async fn purge_kind(server: &Server, tenant: TenantId, kind: Kind, before: Timestamp) -> Result<u64> {
    let oldest = store::oldest(&mut server.read().await?, tenant, kind).await?;
    if oldest.is_none_or(|at| at >= before) {
        return Ok(0);
    }
    let mut rows = 0;
    loop {
        let mut tx = server.write().await?;
        let numbers = store::delete_oldest(&mut tx, tenant, kind, before, Retention::AT_ONCE).await?;
        if let Some(last) = numbers.iter().max() {
            store::raise_from(&mut tx, tenant, *last).await?;
        }
        tx.commit().await?;
        let removed = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
        rows += removed;
        if !Retention::may_have_left(removed) {
            return Ok(rows);
        }
    }
}
