//! Waiting for something that happens elsewhere: asked again and again until a deadline.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Outcome;

/// The pause after the first attempt; each one is twice as long as the one before.
const SHORTEST: Duration = Duration::from_millis(10);

const LONGEST: Duration = Duration::from_millis(100);

/// Asks `attempt` until it answers, at most for `limit`: soon again at first, because most comes soon, then every 100 ms.
/// `what` names it in the error.
pub async fn until<T>(what: &str, limit: Duration, mut attempt: impl AsyncFnMut() -> Outcome<Option<T>>) -> Outcome<T> {
    let (deadline, mut pause) = (Instant::now() + limit, SHORTEST);
    loop {
        if let Some(found) = attempt().await? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(format!("waited {limit:?} in vain for {what}").into());
        }
        sleep(pause).await;
        pause = LONGEST.min(pause * 2);
    }
}
