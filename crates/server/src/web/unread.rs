//! What nobody reads of a body: it is received and forgotten, so that the answer arrives.
//!
//! A refusal is often known before the body is whole. When its connection is then closed with bytes in it that nobody took,
//! the system resets it, and a client, or the proxy in front, that is still sending reports a broken connection instead of
//! the refusal (RFC 9112 section 9.6).
//!
//! A client that waits to be told that it may send (`Expect: 100-continue`) is not told so for this: hyper tells it when the body
//! is first asked for, so a body of which nothing was asked for is left alone, and the connection ends with the answer. Whether
//! such a client sends without having waited cannot be seen before: then its connection may break as above.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{HeaderMap, header};
use futures_util::{Stream, StreamExt as _};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;

/// The most bytes that are received for nothing: a picture or list that somebody chose by mistake.
const MOST: usize = 16 * 1024 * 1024;
/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same body; what is left of it when it is given up is received, up to a limit: unless the client waits to send it
/// ([`waits`]), and nothing of it was asked for.
pub fn received(body: Body, waits: bool) -> Body {
    Body::from_stream(Received { rest: Some(body.into_data_stream()), waits })
}

/// Whether a client wants to be told before it sends its body (RFC 9110 section 10.1.1).
pub fn waits(headers: &HeaderMap) -> bool {
    headers.get(header::EXPECT).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

struct Received {
    /// `None` when it has come to its end.
    rest: Option<BodyDataStream>,
    /// Whether the client still waits to be told that it may send.
    waits: bool,
}

impl Stream for Received {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.waits = false;
        let Some(rest) = self.rest.as_mut() else { return Poll::Ready(None) };
        let polled = rest.poll_next_unpin(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.rest = None;
        }
        polled
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if !self.waits
            && let (Some(rest), Ok(runtime)) = (self.rest.take(), Handle::try_current())
        {
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use futures_util::stream;
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A body of three parts, and how many of them were taken.
    fn body() -> (Body, Arc<AtomicUsize>) {
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&taken);
        let parts = stream::iter(0..3).map(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, io::Error>(Bytes::from_static(b"a part"))
        });
        (Body::from_stream(parts), taken)
    }

    /// How many parts are taken of a body that is given up after so many.
    async fn taken(waits: bool, read: usize) -> usize {
        let (body, taken) = body();
        let mut body = received(body, waits).into_data_stream();
        for _ in 0..read {
            body.next().await.expect("a part").expect("a part");
        }
        drop(body);
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        taken.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn what_is_given_up_is_received_unless_its_client_waits_to_send_it() {
        assert_eq!(taken(false, 0).await, 3);
        assert_eq!(taken(false, 1).await, 3);
        assert_eq!(taken(true, 0).await, 0, "it was not told to send");
        assert_eq!(taken(true, 1).await, 3, "it was told to send, and sends");
    }

    #[test]
    fn a_client_says_that_it_waits() {
        let told = |value| HeaderMap::from_iter([(header::EXPECT, HeaderValue::from_static(value))]);
        assert!(waits(&told("100-Continue")));
        assert!(!waits(&told("200-ok")) && !waits(&HeaderMap::new()));
    }
}
