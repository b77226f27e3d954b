//! Listening: sockets, TLS, limits on what a connection may do, health and metrics, and the orderly end.
//!
//! What is answered is decided elsewhere (`router`, `entrance`).

#[cfg(feature = "acme")]
pub mod acme;
mod error;
mod listener;
mod operations;
mod stop;
#[cfg(test)]
mod tests;
pub mod tls;
mod watch;

pub use error::Error;
pub use listener::Listener;
pub use operations::Operations;
pub use stop::Stop;

use crate::audit::{group, reads};
use crate::config::Tls;
use crate::{Server, dispatch, router};
use axum::Router;
use std::io;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Serves what the settings say until the process is told to stop.
pub async fn run(server: Arc<Server>) -> Result<(), Error> {
    let stop = Stop::on_signals()?;
    let operations = Operations::new(&server);
    let mut public = Listener::bind(server.settings.listen)?;
    match &server.settings.tls {
        None => {}
        Some(Tls::Files(files)) => public = public.with_tls(tls::watch(&server, files.clone(), stop.clone()).await?),
        #[cfg(feature = "acme")]
        Some(Tls::Acme(settings)) => public = public.with_acme(acme::start(&server, settings, stop.clone()).await?),
        #[cfg(not(feature = "acme"))]
        Some(Tls::Acme(_)) => return Err(Error::Acme("this program was built without it".to_owned())),
    }
    let application = router::public(Arc::clone(&server));
    let open = match &server.settings.operations {
        Some(settings) => {
            let private = Listener::bind(settings.listen)?;
            vec![(public, application), (private, operations.routes())]
        }
        None => vec![(public, operations.public_routes().merge(application))],
    };
    tracing::info!(
        listen = %server.settings.listen,
        address = server.settings.public_address(),
        version = env!("CARGO_PKG_VERSION"),
        "ready"
    );
    until_stopped(&server, open, stop).await
}

/// Runs the listeners and the job worker until `stop`; then no connection is accepted any more, requests in flight
/// are finished, and jobs in hand go back into the queue.
pub async fn until_stopped(server: &Arc<Server>, open: Vec<(Listener, Router)>, stop: Stop) -> Result<(), Error> {
    let mut running = JoinSet::new();
    for (listener, router) in open {
        running.spawn(listener.serve(router, stop.clone()));
    }
    let told = stop.clone();
    let working = tokio::spawn(dispatch::work(Arc::clone(server), async move { told.asked().await }));
    let watching = tokio::spawn(watch::watch(Arc::clone(server), stop.clone()));
    let mut outcome = Ok(());
    while let Some(ended) = running.join_next().await {
        // Why it panicked stands in the log.
        let ended = ended.unwrap_or_else(|_| Err(io::Error::other("a listener panicked").into()));
        if let Err(error) = ended {
            outcome = Err(error);
            // One listener without the others is a server that looks alive and is not.
            stop.now();
        }
    }
    // One that has ended already has a reason to tell, and is not changed by this. Otherwise it was aborted here, or it panicked, which
    // stands in the log.
    watching.abort();
    if let Ok(reason) = watching.await {
        outcome = Err(reason);
    }
    // What the last requests queued stays in the database; the worker only gives back what it holds.
    if working.await.is_err() {
        tracing::error!("the job worker panicked");
    }
    if let Err(failure) = group::flush(server).await {
        tracing::error!(%failure, "the last rows of the sign-in log were lost");
    }
    if let Err(failure) = reads::flush(server).await {
        tracing::error!(%failure, "the last reads by guests were not written down");
    }
    server.database.close().await;
    tracing::info!("stopped");
    outcome
}
