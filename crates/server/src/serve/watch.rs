//! A server stops when its database is no longer one it may work with: sealed with another master key, nobody could open
//! what it seals from then on; with a newer schema, what it writes is not what the newer programs expect.

use super::{Error, Stop};
use crate::platform::master_key_proof::{self, ProofError};
use crate::{MIGRATIONS, Server};
use database::migration;
use std::sync::Arc;
use std::time::Duration;

/// How often the database is looked at.
const INTERVAL: Duration = Duration::from_secs(2);

/// Returns why this process cannot go on, after asking everything to stop.
pub(super) async fn watch(server: Arc<Server>, stop: Stop) -> Error {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Some(reason) = problem(&server).await {
            tracing::error!(%reason, "this server cannot go on with its database and stops");
            stop.now();
            return reason;
        }
    }
}

/// What certainly keeps this process from going on. A database that is away says nothing.
pub(super) async fn problem(server: &Server) -> Option<Error> {
    if let Err(newer @ database::Error::NewerSchema { .. }) = migration::check(&server.database, MIGRATIONS).await {
        return Some(Error::Migrated(newer));
    }
    let mut tx = server.read().await.ok()?;
    let opened = master_key_proof::open(&mut tx, &server.master_key).await;
    matches!(opened, Err(ProofError::MasterKey(_))).then_some(Error::MasterKeyExchanged)
}
