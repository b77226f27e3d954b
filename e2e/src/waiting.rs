//! Waiting for something that happens elsewhere: asked again and again until a deadline.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Outcome;

const PAUSE: Duration = Duration::from_millis(100);

/// Asks `attempt` every 100 ms until it answers, at most for `limit`; `what` names it in the error.
pub async fn until<T>(what: &str, limit: Duration, mut attempt: impl AsyncFnMut() -> Outcome<Option<T>>) -> Outcome<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = attempt().await? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(format!("waited {limit:?} in vain for {what}").into());
        }
        sleep(PAUSE).await;
    }
}
