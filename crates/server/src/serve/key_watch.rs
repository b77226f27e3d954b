//! A server whose master key was exchanged stops: what it sealed from then on, nobody could open.

use super::Stop;
use crate::Server;
use crate::platform::master_key_proof::{self, ProofError};
use std::sync::Arc;
use std::time::Duration;

/// How often the proof is looked at.
const INTERVAL: Duration = Duration::from_secs(2);

/// Returns when the key of this process is no longer the one of the database, after asking everything to stop.
pub(super) async fn watch(server: Arc<Server>, stop: Stop) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if is_exchanged(&server).await {
            tracing::error!(
                "the master key of the database was exchanged: this server stops; start it with the new key"
            );
            stop.now();
            return;
        }
    }
}

/// Whether the database is certainly sealed with another key. A database that is away says nothing.
pub(super) async fn is_exchanged(server: &Server) -> bool {
    let Ok(mut tx) = server.read().await else { return false };
    matches!(master_key_proof::open(&mut tx, &server.master_key).await, Err(ProofError::MasterKey(_)))
}
