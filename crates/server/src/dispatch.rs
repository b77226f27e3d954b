//! Every kind of job, one line each, and the worker that runs them.

use crate::Server;
use crate::jobs::{self, Job, Kind, Outcome};
use crate::outbox;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Runs one job.
pub fn perform(server: Arc<Server>, job: Job) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        match job.kind {
            Kind::SendMail => outbox::deliver(&server, &job).await,
        }
    })
}

/// Works off the queue until `stop` resolves; see [`jobs::run`].
pub async fn work(server: Arc<Server>, stop: impl Future<Output = ()>) {
    jobs::run(server, perform, stop).await;
}
