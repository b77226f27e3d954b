//! What an operator's machines ask: is the process alive, may it be sent requests, what does it measure.

use crate::jobs::depth::Depth;
use crate::jobs::{Lane, State as JobState};
use crate::platform::measures;
use crate::{MIGRATIONS, Server, jobs};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use database::{Timestamp, migration};
use std::sync::Arc;
use std::time::Duration;

/// How long the database may take to prove itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// Health and metrics.
#[derive(Clone)]
pub struct Operations {
    server: Arc<Server>,
}

impl Operations {
    /// Those of a server.
    pub fn new(server: &Arc<Server>) -> Self {
        Self { server: Arc::clone(server) }
    }

    /// `/healthz`, `/readyz` and `/metrics`, whatever the Host.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/healthz", get(async || "alive\n"))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .with_state(self)
    }

    async fn is_ready(&self) -> Result<(), String> {
        let check = migration::check(&self.server.database, MIGRATIONS);
        match tokio::time::timeout(PATIENCE, check).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the database does not answer".to_owned()),
        }
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

async fn metrics(State(operations): State<Operations>) -> Response {
    let Server { measures, database, .. } = &*operations.server;
    let available = tokio::time::timeout(PATIENCE, operations.look()).await.is_ok_and(|looked| looked.is_ok());
    measures.database(available);
    measures.sums(&database.statistics(), database.commits());
    match measures.page() {
        Ok(page) => ([(header::CONTENT_TYPE, measures::CONTENT_TYPE)], page).into_response(),
        Err(std::fmt::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
