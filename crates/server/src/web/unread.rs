//! What nobody reads of a body: it is received and forgotten, so that the answer arrives.
//!
//! A refusal is often known before the body is whole. When its connection is then closed with bytes in it that nobody took,
//! the system resets it, and a client, or the proxy in front, that is still sending reports a broken connection instead of
//! the refusal (RFC 9112 section 9.6).

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::{Stream, StreamExt as _};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;

/// The most bytes that are received for nothing: a picture or list that somebody chose by mistake.
const MOST: usize = 16 * 1024 * 1024;
/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same body; what is left of it when it is given up is received, up to a limit.
pub fn received(body: Body) -> Body {
    Body::from_stream(Received(Some(body.into_data_stream())))
}

/// `None` when it has come to its end.
struct Received(Option<BodyDataStream>);

impl Stream for Received {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(rest) = self.0.as_mut() else { return Poll::Ready(None) };
        let polled = rest.poll_next_unpin(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        polled
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if let (Some(rest), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(tokio::time::timeout(PATIENCE, forget(rest)));
        }
    }
}

async fn forget(mut rest: BodyDataStream) {
    let mut left = MOST;
    while let Some(Ok(bytes)) = rest.next().await {
        let Some(after) = left.checked_sub(bytes.len()) else { break };
        left = after;
    }
}
