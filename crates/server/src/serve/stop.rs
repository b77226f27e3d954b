//! The request to stop, from a signal or from within.

use std::io;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Tells everybody that the process shall end. Clones share it.
#[derive(Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// A stop that comes only by [`Stop::now`].
    pub fn never() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// A stop at SIGTERM or SIGINT.
    pub fn on_signals() -> io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = Self::never();
        let told = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("stopping: requests in flight are finished");
            told.now();
        });
        Ok(stop)
    }

    /// Stops everything.
    pub fn now(&self) {
        self.0.send_replace(true);
    }

    /// Returns once the stop was asked for.
    pub async fn asked(&self) {
        // The sender lives as long as this value, so the wait ends only with the stop.
        let _ = self.0.subscribe().wait_for(|stopped| *stopped).await;
    }
}
