//! The logs end: rows older than the operator keeps them are removed, a few at a time.

use super::store;
use crate::Server;
use crate::config::Retention;
use database::Result;

/// Removes what is older than it is to be kept; how many rows that were.
pub async fn purge(server: &Server) -> Result<u64> {
    Ok(sign_ins(server).await? + reads(server).await? + changes(server).await?)
}

async fn sign_ins(server: &Server) -> Result<u64> {
    let before = server.clock.now().minus(server.settings.retention.sign_ins());
    let mut rows = 0;
    loop {
        let mut tx = server.write().await?;
        let removed = store::purge_sign_ins(&mut tx, before, Retention::AT_ONCE).await?;
        tx.commit().await?;
        rows += removed;
        if !Retention::may_have_left(removed) {
            return Ok(rows);
        }
    }
}

/// What guests read is kept as long as how they came in.
async fn reads(server: &Server) -> Result<u64> {
    let before = server.clock.now().minus(server.settings.retention.sign_ins());
    let mut rows = 0;
    loop {
        let mut tx = server.write().await?;
        let removed = store::purge_reads(&mut tx, before, Retention::AT_ONCE).await?;
        tx.commit().await?;
        rows += removed;
        if !Retention::may_have_left(removed) {
            return Ok(rows);
        }
    }
}

async fn changes(server: &Server) -> Result<u64> {
    let before = server.clock.now().minus(server.settings.retention.audit());
    let mut rows = 0;
    loop {
        let mut tx = server.write().await?;
        let removed = store::purge_changes(&mut tx, before, Retention::AT_ONCE).await?;
        tx.commit().await?;
        rows += removed;
        if !Retention::may_have_left(removed) {
            return Ok(rows);
        }
    }
}
