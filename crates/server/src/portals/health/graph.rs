//! `/vestibule/v1/health`.

use super::operations::{self, Health};
use crate::Server;
use crate::graph::{Caller, Error, resource};
use crate::platform::clock::rfc3339;
use axum::Router;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

pub(super) const PATH: &str = "/vestibule/v1/health";

/// The route of the API.
pub fn routes() -> Router<Arc<Server>> {
    Router::new().route(PATH, get(show))
}

async fn show(Shared(server): Shared<Arc<Server>>, caller: Caller) -> Result<Response, Error> {
    let health = operations::look(&server, &caller).await?;
    Ok(resource::entity(&server, StatusCode::OK, "health", wire(&health)))
}

fn wire(health: &Health) -> Map<String, Value> {
    let keys = health.keys.iter().map(|key| {
        json!({
            "keyId": key.id,
            "algorithm": key.algorithm,
            "createdDateTime": rfc3339(key.created_at),
            "signsFromDateTime": rfc3339(key.active_from),
            "publishedUntilDateTime": key.published_until.map(rfc3339),
        })
    });
    let object = json!({
        "dateTime": rfc3339(health.now),
        "version": env!("CARGO_PKG_VERSION"),
        "startedDateTime": rfc3339(health.started_at),
        "database": {
            "standing": health.database().as_str(),
            "readMilliseconds": milliseconds(health.read),
            "writeMilliseconds": health.write.map(milliseconds),
        },
        "queue": {
            "standing": health.queue().as_str(),
            "waiting": health.waiting,
            "running": health.running,
            "failed": health.failed,
            "suspects": health.suspects.apart,
            "failedSuspects": health.suspects.given_up,
            "earliestDateTime": health.earliest.map(rfc3339),
        },
        "mail": {
            "standing": health.mail().as_str(),
            "lastHandedOverDateTime": health.handed_over_at.map(rfc3339),
            "lastFailureDateTime": health.failure.as_ref().map(|failure| rfc3339(failure.at())),
            "lastError": health.failure.as_ref().map(|failure| failure.reason.as_str()),
            "owedSinceDateTime": health.owed_since.map(rfc3339),
            "tooLate": health.too_late.mails,
            "lastTooLateDateTime": health.too_late.newest.map(rfc3339),
        },
        "signingKeys": { "standing": health.signing().as_str(), "keys": keys.collect::<Vec<_>>() },
    });
    match object {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// With three decimals.
fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
