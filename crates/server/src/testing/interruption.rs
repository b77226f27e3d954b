//! Requests that are cut off at any moment: what they write is written whole or not at all.

use super::TestServer;
use crate::Server;
use crate::platform::ids::TenantId;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use database::sql;
use std::future::{Future as _, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tower::ServiceExt as _;

/// How many times a request is cut off.
const ROUNDS: u32 = 24;

/// Rows of a tenant that an operation adds or changes.
pub type Rows = [i64; 12];

/// Routes without the layer that protects them from clients that hang up, and a request to them: when it is dropped, the
/// handler stops wherever it stands.
pub struct Attempt {
    routes: Router,
    request: Request<Body>,
}

impl Attempt {
    /// An attempt at these routes of a server.
    pub fn new(server: &TestServer, routes: Router<Arc<Server>>, request: Request<Body>) -> Self {
        Self { routes: routes.with_state(Arc::clone(server)), request }
    }

    /// Polls it so often, then drops it; how often it was polled if it came to its end before.
    ///
    /// Polls rather than time: between two of them the request waits for the database, so each is another place to stop at,
    /// however fast the machine is.
    async fn run(self, polls: u32) -> Option<u32> {
        let mut request = Box::pin(self.routes.oneshot(self.request));
        let mut polled = 0;
        let end = poll_fn(|context| {
            if polled == polls {
                return Poll::Ready(None);
            }
            polled += 1;
            request.as_mut().poll(context).map(|_| Some(polled))
        })
        .await;
        drop(request);
        // A commit that was under way may still become visible.
        tokio::time::sleep(Duration::from_millis(20)).await;
        end
    }
}

/// Makes an attempt to its end, which shows what it writes and how often it waits, and then cuts it off at waits spread over
/// all of these. After each, all of it is written or nothing. `afterwards` is told the number of the round and whether it was
/// written.
pub async fn cut_off_anywhere(
    server: &TestServer,
    tenant: TenantId,
    attempt: impl AsyncFn(u32) -> Attempt,
    afterwards: impl AsyncFn(u32, bool),
) {
    let (whole, polls) = {
        let attempt = attempt(0).await;
        let before = rows(server, tenant).await;
        let polls = attempt.run(u32::MAX).await.expect("nobody cuts it off");
        (difference(before, rows(server, tenant).await), polls)
    };
    assert_ne!(whole, Rows::default(), "the attempt writes something");
    afterwards(0, true).await;
    let mut cut = 0;
    for round in 1..=ROUNDS {
        let attempt = attempt(round).await;
        let before = rows(server, tenant).await;
        let is_finished = attempt.run(1 + polls * (round - 1) / ROUNDS).await.is_some();
        let written = difference(before, rows(server, tenant).await);
        assert!(written == whole || written == Rows::default() && !is_finished, "{written:?} of {whole:?}");
        cut += u32::from(written != whole);
        afterwards(round, written == whole).await;
    }
    assert!(cut > 0, "one of them was cut off");
}

fn difference(before: Rows, after: Rows) -> Rows {
    std::array::from_fn(|at| after[at] - before[at])
}

/// The rows of the sign-in log that are written together with others, those of programs and refreshed tokens, are left out.
async fn rows(server: &TestServer, tenant: TenantId) -> Rows {
    let counts = [
        sql!("SELECT COUNT(*) FROM user_account WHERE tenant_id = $1"),
        sql!("SELECT COUNT(*) FROM invitation WHERE tenant_id = $1"),
        sql!("SELECT COUNT(*) FROM invitation WHERE tenant_id = $1 AND revoked_at IS NOT NULL"),
        sql!("SELECT COUNT(*) FROM dead_ticket WHERE tenant_id = $1"),
        sql!("SELECT COUNT(*) FROM mail WHERE tenant_id = $1"),
        sql!("SELECT COUNT(*) FROM session WHERE tenant_id = $1"),
        sql!("SELECT COUNT(*) FROM known_browser WHERE tenant_id = $1"),
        sql!("SELECT COUNT(*) FROM directory_audit WHERE tenant_id = $1"),
        sql!("SELECT COUNT(*) FROM sign_in WHERE tenant_id = $1 AND is_interactive"),
        sql!("SELECT COUNT(*) FROM authorization_code WHERE tenant_id = $1 AND used_at IS NOT NULL"),
        sql!("SELECT COUNT(*) FROM refresh_token WHERE tenant_id = $1"),
        sql!("SELECT COUNT(*) FROM refresh_token WHERE tenant_id = $1 AND replaced_at IS NOT NULL"),
    ];
    let mut tx = server.read().await.expect("a connection");
    let mut rows = Rows::default();
    for (row, count) in rows.iter_mut().zip(counts) {
        (*row,) = tx.query(count).bind(tenant).fetch_one().await.expect("a count");
    }
    rows
}
