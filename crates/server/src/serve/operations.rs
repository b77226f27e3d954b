//! What an operator's machines ask: is the process alive, may it be sent requests, what does it measure.

use crate::config::Settings;
use crate::jobs::depth::Depth;
use crate::jobs::{Lane, State as JobState};
use crate::platform::{Timestamp, measures};
use crate::{MIGRATIONS, Server, jobs};
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use database::migration;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long the database may take to prove itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// For how long what was looked up in the database is told again: the queue of the whole server is counted row by row.
const FRESH: Duration = Duration::from_secs(5);

/// What a proxy says of a request that it hands on (RFC 7239, RFC 9110 section 7.6.3, and what was usual before).
const FORWARDING: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Health and metrics.
#[derive(Clone)]
pub struct Operations {
    server: Arc<Server>,
    /// When the database was last looked into, and whether it answered.
    looked: Arc<Mutex<Option<(Timestamp, bool)>>>,
}

impl Operations {
    /// Those of a server.
    pub fn new(server: &Arc<Server>) -> Self {
        Self { server: Arc::clone(server), looked: Arc::default() }
    }

    /// `/healthz`, `/readyz` and `/metrics`, whatever the Host, for a listener that only monitoring reaches.
    pub fn routes(self) -> Router {
        Self::health().route("/metrics", get(metrics)).with_state(self)
    }

    /// The same for a listener that everybody reaches: `/metrics` is for this machine alone.
    pub fn public_routes(self) -> Router {
        Self::health().route("/metrics", get(metrics_for_this_machine)).with_state(self)
    }

    fn health() -> Router<Self> {
        Router::new().route("/healthz", get(async || "alive\n")).route("/readyz", get(ready))
    }

    async fn is_ready(&self) -> Result<(), String> {
        let check = migration::check(&self.server.database, MIGRATIONS);
        match tokio::time::timeout(PATIENCE, check).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the database does not answer".to_owned()),
        }
    }

    /// Whether the database answers. It is looked into at most once in [`FRESH`], however many ask.
    async fn is_available(&self) -> bool {
        let mut looked = self.looked.lock().await;
        let now = self.server.clock.now();
        if let Some((at, is_available)) = *looked
            && at <= now
            && now.since(at) < FRESH
        {
            return is_available;
        }
        let is_available = tokio::time::timeout(PATIENCE, self.look()).await.is_ok_and(|outcome| outcome.is_ok());
        *looked = Some((now, is_available));
        is_available
    }

    /// What is not counted but looked up when somebody asks.
    async fn look(&self) -> database::Result<()> {
        let now = self.server.clock.now();
        let mut tx = self.server.read().await?;
        let depths = jobs::depth::list(&mut tx).await?;
        let since = |first: Option<Timestamp>| first.map_or(0.0, |first| now.since(first).as_secs_f64());
        for state in JobState::ALL {
            let of_state = || depths.iter().filter(|depth| depth.state == *state);
            let jobs = of_state().map(|depth| depth.jobs).sum();
            let first = of_state().map(|depth| depth.earliest).min();
            self.server.measures.queued(state.as_str(), jobs, since(first));
        }
        for lane in Lane::MAILS {
            // What was given up is owed no more.
            let is_owed = |depth: &&Depth| depth.lane == lane && depth.state != JobState::Failed;
            let first = depths.iter().filter(is_owed).map(|depth| depth.owed).min();
            self.server.measures.owed(lane.as_str(), since(first));
        }
        Ok(())
    }
}

async fn ready(State(operations): State<Operations>) -> Response {
    match operations.is_ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => {
            tracing::warn!(%reason, "not ready");
            // The reason stays in the log: on the public listener anybody reads this answer.
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], "not ready\n").into_response()
        }
    }
}

/// What is measured tells how much is done here, for how many and with what success, which is nobody's business outside.
async fn metrics_for_this_machine(State(operations): State<Operations>, request: Request) -> Response {
    if is_from_here(&operations.server.settings, &request) {
        return metrics(State(operations)).await;
    }
    let body = "Only this machine is told the measurements here. [operations] gives them a listener of their own.\n";
    (StatusCode::FORBIDDEN, body).into_response()
}

/// Whether a request comes from this machine and from nowhere else: its peer is a loopback address, and no proxy on this machine
/// hands it on. One that says nothing of itself still leaves the name of the public host in it.
pub(super) fn is_from_here(settings: &Settings, request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_near = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    let headers = request.headers();
    let is_handed_on = FORWARDING.iter().any(|name| headers.contains_key(*name));
    let is_public = |authority: &Authority| authority.host().eq_ignore_ascii_case(settings.host());
    let mut named = headers.get_all(header::HOST).iter().filter_map(|host| Authority::try_from(host.as_bytes()).ok());
    let names_public = request.uri().authority().is_some_and(is_public) || named.any(|host| is_public(&host));
    is_near && !is_handed_on && (settings.is_loopback() || !names_public)
}

async fn metrics(State(operations): State<Operations>) -> Response {
    let Server { measures, database, .. } = &*operations.server;
    measures.database(operations.is_available().await);
    measures.sums(&database.statistics(), database.commits());
    match measures.page() {
        Ok(page) => ([(header::CONTENT_TYPE, measures::CONTENT_TYPE)], page).into_response(),
        Err(std::fmt::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
