//! What is known of a request when its server may die at any moment.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Outcome;

/// How long somebody tries again before they give up; longer than a start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

const PAUSE: Duration = Duration::from_millis(30);

/// What came of a request.
#[derive(Debug)]
pub enum Told<T> {
    /// An answer.
    Answer(T),
    /// The connection died: it was done, or it was not.
    Unknown,
    /// There was no connection to send it on: it was certainly not done.
    NotSent,
}

/// Tells a dead connection from a failure of the test itself.
pub fn told<T>(outcome: Outcome<T>) -> Outcome<Told<T>> {
    let error = match outcome {
        Ok(answer) => return Ok(Told::Answer(answer)),
        Err(error) => error,
    };
    match error.downcast_ref::<reqwest::Error>() {
        Some(died) if died.is_connect() => Ok(Told::NotSent),
        // A server that says nothing within its own limits is not one that died.
        Some(died) if !died.is_timeout() && !died.is_builder() => Ok(Told::Unknown),
        _ => Err(error),
    }
}

/// Asks until it was sent: what came of it.
pub async fn once_sent<T>(mut ask: impl AsyncFnMut() -> Outcome<T>) -> Outcome<Told<T>> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match told(ask().await)? {
            Told::NotSent if Instant::now() < deadline => sleep(PAUSE).await,
            Told::NotSent => return Err(format!("no server for {PATIENCE:?}").into()),
            told => return Ok(told),
        }
    }
}

/// Asks until there is an answer: for what may be asked twice.
pub async fn answered<T>(mut ask: impl AsyncFnMut() -> Outcome<T>) -> Outcome<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match told(ask().await)? {
            Told::Answer(answer) => return Ok(answer),
            _ if Instant::now() < deadline => sleep(PAUSE).await,
            _ => return Err(format!("no answer for {PATIENCE:?}").into()),
        }
    }
}
