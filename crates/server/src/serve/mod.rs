//! Listening: sockets, TLS, limits on what a connection may do, health and metrics, and the orderly end.
//!
//! What is answered is decided elsewhere (`router`); this room decides how long it may take and how it is observed.

mod error;
mod key_watch;
mod listener;
mod measures;
mod observe;
mod operations;
mod stop;
#[cfg(test)]
mod tests;
pub mod tls;

pub use error::Error;
pub use listener::Listener;
pub use operations::Operations;
pub use stop::Stop;

use crate::audit::group;
use crate::{Server, bulk_invitations, dispatch, router};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::{Router, middleware};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower_http::timeout::RequestBodyDeadlineLayer;

/// The longest a client may take to send a body, from its first byte to its last.
const BODY: Duration = Duration::from_secs(20);

/// Serves what the settings say until the process is told to stop.
pub async fn run(server: Arc<Server>) -> Result<(), Error> {
    let stop = Stop::on_signals()?;
    let operations = Operations::install(&server)?;
    let mut public = Listener::bind(server.settings.listen)?;
    if let Some(files) = &server.settings.tls {
        public = public.with_tls(tls::watch(files.clone(), stop.clone()).await?);
    }
    let application = application(&server);
    let open = match &server.settings.operations {
        Some(settings) => {
            let private = Listener::bind(settings.listen)?;
            vec![(public, application), (private, operations.routes())]
        }
        None => vec![(public, operations.routes().fallback_service(application))],
    };
    tracing::info!(
        listen = %server.settings.listen,
        address = server.settings.public_address(),
        version = env!("CARGO_PKG_VERSION"),
        "ready"
    );
    until_stopped(&server, open, stop).await
}

/// Everything served at the public address, observed and limited in time.
pub fn application(server: &Arc<Server>) -> Router {
    let router = router::public(Arc::clone(server));
    let files = router.clone().layer(RequestBodyDeadlineLayer::new(observe::FILE));
    router
        .layer(RequestBodyDeadlineLayer::new(BODY))
        .layer(middleware::from_fn_with_state(files, files_apart))
        .layer(middleware::from_fn(observe::observe))
}

/// Lets requests that bring a file past the deadline of forms.
async fn files_apart(State(files): State<Router>, request: Request, next: Next) -> Response {
    if !bulk_invitations::brings_file(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    match files.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
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
    let watching = tokio::spawn(key_watch::watch(Arc::clone(server), stop.clone()));
    let mut outcome = Ok(());
    while let Some(ended) = running.join_next().await {
        if let Ok(Err(error)) = ended {
            outcome = Err(error);
            // One listener without the others is a server that looks alive and is not.
            stop.now();
        }
    }
    if watching.is_finished() {
        outcome = Err(Error::MasterKeyExchanged);
    }
    watching.abort();
    // What the last requests queued stays in the database; the worker only gives back what it holds.
    if working.await.is_err() {
        tracing::error!("the job worker panicked");
    }
    if let Err(failure) = group::flush(server).await {
        tracing::error!(%failure, "the last rows of the sign-in log were lost");
    }
    server.database.close().await;
    tracing::info!("stopped");
    outcome
}
