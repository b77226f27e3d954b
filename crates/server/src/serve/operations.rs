//! What an operator's machines ask: is the process alive, may it be sent requests, what does it measure.

use super::{Error, measures};
use crate::{MIGRATIONS, Server, jobs};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use database::{Statistics, migration};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::Arc;
use std::time::Duration;

/// How long the database may take to prove itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// Upper bounds in seconds for the durations of requests.
const DURATIONS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Health and metrics.
#[derive(Clone)]
pub struct Operations {
    server: Arc<Server>,
    metrics: PrometheusHandle,
}

impl Operations {
    /// Begins to collect metrics for the process; possible once.
    pub fn install(server: &Arc<Server>) -> Result<Self, Error> {
        let failed = |error: metrics_exporter_prometheus::BuildError| Error::Metrics(error.to_string());
        let builder = PrometheusBuilder::new().set_buckets(&DURATIONS).map_err(failed)?;
        let metrics = builder.install_recorder().map_err(failed)?;
        measures::describe();
        Ok(Self::new(server, metrics))
    }

    pub(super) fn new(server: &Arc<Server>, metrics: PrometheusHandle) -> Self {
        Self { server: Arc::clone(server), metrics }
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

    /// Sums that are kept elsewhere.
    fn copy_sums(&self) {
        let Statistics { waits, writes } = self.server.database.statistics();
        metrics::counter!("vestibule_database_waits_total").absolute(waits.count);
        metrics::gauge!("vestibule_database_wait_seconds_total").set(waits.time.as_secs_f64());
        metrics::counter!("vestibule_database_writes_total").absolute(writes.count);
        metrics::gauge!("vestibule_database_write_seconds_total").set(writes.time.as_secs_f64());
        if let Some(commits) = self.server.database.commits() {
            metrics::counter!("vestibule_database_commits_total").absolute(commits);
        }
    }

    /// What is not counted but looked up when somebody asks.
    async fn look(&self) -> database::Result<()> {
        let now = self.server.clock.now().microseconds();
        let mut tx = self.server.read().await?;
        for queue in jobs::depth::list(&mut tx).await? {
            let state = queue.state.as_str();
            metrics::gauge!("vestibule_jobs", "state" => state).set(precise(queue.jobs));
            let waiting = now.saturating_sub(queue.earliest.microseconds()).max(0);
            metrics::gauge!("vestibule_jobs_overdue_seconds", "state" => state).set(precise(waiting) / 1e6);
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
    let available = tokio::time::timeout(PATIENCE, operations.look()).await.is_ok_and(|looked| looked.is_ok());
    metrics::gauge!("vestibule_database_available").set(if available { 1.0 } else { 0.0 });
    operations.copy_sums();
    operations.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], operations.metrics.render()).into_response()
}

/// Gauges are floating point numbers; counts beyond 2^53 do not occur.
#[expect(clippy::cast_precision_loss, reason = "counts and microseconds stay far below 2^53")]
fn precise(number: i64) -> f64 {
    number as f64
}
